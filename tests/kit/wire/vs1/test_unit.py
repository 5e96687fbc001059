"""The whole simulated camera in memory: its ports together, the clock in the test's hand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from unitbench.catalogue.vs1 import SERVICES
from unitbench.wire.vs1 import announce
from unitbench.wire.vs1.announce import Announce
from unitbench.wire.vs1.console import BANNER, PROMPT, UNDEFINED
from unitbench.wire.vs1.job import Job
from unitbench.wire.vs1.producer import Delivery
from unitbench.wire.vs1.unit import EVERYBODY, SERIAL, Vs1State, Vs1Unit, jobs

ONE, OTHER = ("udp", "10.0.0.1", 1), ("udp", "10.0.0.2", 2)
REPORT = b"OK0001"


def quiet(**more: Job) -> Vs1State:
    set_ = {port: Job(rate_hz=0) for port in SERIAL}
    return Vs1State("cam-07", jobs=set_ | {int(name[1:]): job for name, job in more.items()})


def came(unit: Vs1Unit, now: float) -> dict[object, bytes]:
    """What goes out at ``now``, by peer, without the announces."""
    unit.tick(now)
    got: dict[object, bytes] = {}
    for out in unit.outgoing(now):
        if out.peer != EVERYBODY:
            got[out.peer] = got.get(out.peer, b"") + out.data
    return got


def ask(unit: Vs1Unit, line: bytes, peer: tuple[str, str, int], now: float) -> bytes:
    unit.receive(line, peer, now, datagram=True)
    return came(unit, now).get(peer, b"")


def announces(unit: Vs1Unit, now: float) -> list[Announce | None]:
    unit.tick(now)
    return [announce.decode(out.data) for out in unit.outgoing(now) if out.peer == EVERYBODY]


def test_control_and_the_announce_of_it() -> None:
    unit = Vs1Unit(quiet())
    unit.begin(0.0)
    assert announces(unit, 0.0) == [Announce("cam-07", "192.168.1.70")]
    assert ask(unit, b"SIMCONTROL TAKE\r\n", ONE, 0.1) == b""
    assert ask(unit, b"SIMLOGIN bench\r\n", ONE, 0.2) == b"SIMOK\r\n"
    assert ask(unit, b"simcontrol take", ONE, 0.3) == b"SIMOK\r\n"
    assert ask(unit, b"SIMLOGIN other\r\n", OTHER, 0.4) == b"SIMOK\r\n"
    assert ask(unit, b"SIMCONTROL TAKE\r\n", OTHER, 0.5) == b"SIMBUSY 10.0.0.1\r\n"
    (seen,) = announces(unit, 1.0)
    assert seen and seen.controlled_by == "10.0.0.1"
    (seen,) = announces(unit, 10.3)
    assert seen and not seen.controlled_by, "10 s without KEEP"
    assert ask(unit, b"SIMCONTROL TAKE\r\n", OTHER, 10.4) == b"SIMOK\r\n"


def test_everything_else_on_the_control_port_is_silence() -> None:
    unit = Vs1Unit(quiet())
    ask(unit, b"SIMLOGIN bench\r\n", ONE, 0.0)
    for line in (b"", b"\r\n", b"HELLO\r\n", b"SIMCONTROL\r\n", b"SIMCONTROL STEAL\r\n", b"SIMLOGIN\r\n"):
        assert ask(unit, line, ONE, 0.0) == b""
    for line in (b"SIMCONTROL TAKE now\r\n", b"SIMLOGIN a b\r\n", bytes(range(256)) * 200):
        assert ask(unit, line, ONE, 0.0) == b""
    assert unit.control.holder == "0.0.0.0"


def test_an_announce_a_second_and_none_made_up_for() -> None:
    unit = Vs1Unit(quiet())
    unit.begin(0.0)
    counts = [len(announces(unit, tenth / 10)) for tenth in range(31)]
    assert sum(counts) == 4
    assert len(announces(unit, 60.05)) == 1
    assert unit.deadline() == 61.0


def test_four_ports_print_four_jobs() -> None:
    unit = Vs1Unit(Vs1State(jobs=jobs("7")))
    unit.begin(0.0)
    for port in SERIAL:
        for client in "ab":
            unit.opened((client, port), port, "10.0.0.1", 0.0)
    got: dict[object, bytes] = {}
    for tenth in range(25):
        for peer, data in came(unit, tenth / 10).items():
            got[peer] = got.get(peer, b"") + data
    assert all(got["a", port] == got["b", port] for port in SERIAL), "every client gets every report"
    assert got["a", 49211].count(b"\r\n") == 2 and got["a", 49212].count(b"\n") == 4
    assert len(got["a", 49213]) == 2 * len(b"PASS0001") and got["a", 49214] == b"L1 \xb5m\r"


def test_a_job_can_be_changed_and_silenced() -> None:
    unit = Vs1Unit(quiet())
    unit.begin(0.0)
    unit.opened("a", 49211, "10.0.0.1", 0.0)
    assert came(unit, 5.0) == {}
    unit.set_job(49211, Job("OK%04d", 10.0, ""), 5.0)
    assert came(unit, 5.1) == {"a": REPORT}
    unit.set_job(49211, Job(rate_hz=0), 5.2)
    assert came(unit, 9.0) == {}


def test_a_lossless_client_stalls_the_inspection_and_is_dropped() -> None:
    unit = Vs1Unit(quiet(p49211=Job("%d" + "x" * 40_000, 10.0, "")))
    unit.begin(0.0)
    unit.opened("slow", 49211, "10.0.0.1", 0.0)
    unit.opened("fast", 49211, "10.0.0.2", 0.0)
    unit.writable("slow", False)
    for tenth in range(20):
        came(unit, tenth / 10)
    assert unit.inspected == 2, "one waits for the client, one for the inspection"
    assert unit.producers[49211].stalled and unit.cuts() == []
    for tenth in range(20, 60):
        came(unit, tenth / 10)
    assert unit.cuts() == ["slow"]
    unit.disconnected("slow", 6.0)
    assert came(unit, 6.5)["fast"].startswith(b"3x") or unit.inspected > 3
    assert unit.announce().counters[2] == 1


def test_a_lossy_client_skips_and_nothing_stalls() -> None:
    state = quiet(p49211=Job("%d" + "x" * 40_000, 10.0, ""))
    state.delivery = Delivery.LOSSY
    unit = Vs1Unit(state)
    unit.begin(0.0)
    unit.opened("slow", 49211, "10.0.0.1", 0.0)
    unit.writable("slow", False)
    for tenth in range(21):
        came(unit, tenth / 10)
    assert unit.inspected == 20
    assert unit.producers[49211].clients["slow"].skipped == 19
    assert "lossy sent 1 skipped 19" in str(unit.dump())


def test_a_lost_heartbeat_cuts_every_connection_of_its_client_and_no_other() -> None:
    unit = Vs1Unit(quiet(p49211=Job("OK%04d", 1.0, "")))
    unit.begin(0.0)
    for number, port in enumerate((49079, 49211, 49049, 23)):
        unit.opened(("mine", number), port, "10.0.0.1", 0.0)
    unit.opened("theirs", 49211, "10.0.0.2", 0.0)
    beat = came(unit, 0.0)["mine", 0]
    unit.receive(beat, ("mine", 0), 0.0, datagram=False)
    for now in (1.0, 2.0, 3.0):
        assert REPORT[:2] in came(unit, now)["mine", 1], "data still flows"
        assert unit.cuts() == []
    came(unit, 4.0)
    assert sorted(map(str, unit.cuts())) == [str(("mine", number)) for number in range(4)]


def test_a_data_connection_may_end_while_the_heartbeat_lives() -> None:
    unit = Vs1Unit(quiet())
    unit.opened("beat", 49079, "10.0.0.1", 0.0)
    unit.opened("data", 49200, "10.0.0.1", 0.0)
    for now in range(3):
        unit.receive(came(unit, float(now))["beat"], "beat", float(now), datagram=False)
    unit.disconnected("data", 3.0)
    for now in range(3, 9):
        unit.receive(came(unit, float(now))["beat"], "beat", float(now), datagram=False)
    assert unit.cuts() == []


def test_held_ports_take_anything_and_say_nothing() -> None:
    unit = Vs1Unit(quiet())
    for port in (49049, 49050, 49059, 49200, 49201, 49202, 49211):
        unit.opened(port, port, "10.0.0.1", 0.0)
        unit.receive(bytes(range(256)) * 10, port, 0.0, datagram=False)
    assert came(unit, 500.0) == {} and unit.cuts() == []
    assert "49059 from 10.0.0.1, discarded 2560" in str(unit.dump())
    unit.disconnected(49059, 501.0)
    assert unit.log[-1].text == "49059: closed, 2560 bytes discarded"


def test_the_console_is_dropped_when_idle() -> None:
    unit = Vs1Unit(quiet())
    unit.opened("c", 23, "10.0.0.1", 0.0)
    assert came(unit, 0.0) == {"c": BANNER}
    unit.receive(b"ls\r\n", "c", 30.0, datagram=False)
    assert came(unit, 30.0) == {"c": UNDEFINED + PROMPT}
    assert unit.deadline() == 90.0
    came(unit, 89.9)
    assert unit.cuts() == []
    came(unit, 90.0)
    assert unit.cuts() == ["c"]


def test_routes_enter_the_dump_and_nothing_is_answered() -> None:
    unit = Vs1Unit(quiet())
    unit.route_update(bytes.fromhex("02020000 00020000 0A010200 FFFFFF00 00000000 00000001"), "10.0.0.9", 0.0)
    unit.route_update(b"nonsense", "10.0.0.9", 0.0)
    assert unit.dump()["routes"] == ["10.1.2.0/24 via 10.0.0.9 metric 2"]
    assert came(unit, 1.0) == {}
    assert [entry.text for entry in unit.log] == ["routes: update", "routes: ignored"]


STREAMS = [service.port for service in SERVICES if service.carrier == "tcp"]
STEPS = st.tuples(
    st.sampled_from(["open", "close", "bytes", "datagram", "route", "full", "room"]),
    st.sampled_from(STREAMS),
    st.one_of(
        st.binary(max_size=40), st.sampled_from([b"HB 00000001\r\n", b"SIMLOGIN a", b"SIMCONTROL TAKE"])
    ),
    st.floats(0, 30),
)


@given(st.lists(STEPS, max_size=40))
def test_any_bytes_at_any_port_in_any_order(steps: list[tuple[str, int, bytes, float]]) -> None:
    unit, now = Vs1Unit(Vs1State(jobs=jobs("1"))), 0.0
    unit.begin(now)
    for what, port, data, wait in steps:
        now += wait
        if what == "open":
            unit.opened(port, port, "10.0.0.1", now)
        elif what == "close":
            unit.disconnected(port, now)
        elif what == "route":
            unit.route_update(data, "10.0.0.9", now)
        elif what in ("full", "room"):
            unit.writable(port, what == "room")
        else:
            unit.receive(data, ONE if what == "datagram" else port, now, datagram=what == "datagram")
        unit.tick(now)
        assert all(out.data for out in unit.outgoing(now))
        for peer in unit.cuts():
            unit.disconnected(peer, now)
        assert (unit.deadline() or 0) <= now + 1.0, "an announce a second"
    assert unit.dump()
