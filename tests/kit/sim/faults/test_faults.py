"""The fault layer without sockets and clocks: what comes out, and when, for what goes in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unitbench.catalogue.faults import FAULTS
from unitbench.catalogue.unit_options import UNIT_OPTIONS
from unitbench.errors import InvalidValue
from unitbench.sim.faults import BABBLED_TO_S, OVERTAKEN_S, PIECE_S, Faults
from unitbench.wire import codec_of

TCP, UDP = ("tcp", 1), ("udp", "127.0.0.1", 4711)
HANDSHAKE, SECUR = b"#\r", b"#SECUR?\r"
OK, ON = b"~01@ OK\r\n", b"~01@SECUR ON\r\n"
ADDRESS = bytes.fromhex("02 00 AE 16 01 00 C0 A8 01 32 FF FF FF 00 C0 A8 01 FF C0 A8 01 01 08 08 08 08 4F 03")
IDENT = b"SID:0001\tOAN:Q.station\tMAA:02:00:00:00:00:31\r"


def unavailable(request: bytes) -> bytes:
    return b"~01@ ERR002\r\n"


def faults(
    protocol: str = "kramer",
    refusal: Callable[[bytes], bytes | None] = unavailable,
    seed: str = "1/k1",
    /,
    **values: object,
) -> Faults:
    made = Faults(codec_of(protocol), refusal, seed)
    made.joined(TCP)
    made.set(values, 0.0)
    return made


def leaves(layer: Faults, until: float = 100.0) -> list[tuple[float, bytes]]:
    """What leaves from time 0 on, each with its time."""
    now, out = 0.0, []
    while now <= until:
        out += [(round(now, 6), item.data) for item in layer.outgoing(now)]
        at = layer.deadline()
        if at is None:
            return out
        now = max(at, now)
    return out


def test_without_faults_everything_passes_at_once_and_as_it_is() -> None:
    layer = faults()
    assert layer.heard(b"#SEC", TCP, 0.0, datagram=False) == [b"#SEC"]
    layer.say(ON, TCP, 0.0)
    assert leaves(layer) == [(0.0, ON)]
    assert layer.text == "" and layer.deadline() is None


def test_a_delay_and_the_order_of_a_stream() -> None:
    layer = faults(delay="50ms", jitter=0.02)
    for number in range(50):
        layer.say(b"%d" % number, TCP, 0.0)
    out = leaves(layer)
    assert [data for _, data in out] == [b"%d" % number for number in range(50)]
    assert out[0][0] >= 0.05 and out[-1][0] <= 0.07 and out[0][0] < out[-1][0]


@pytest.mark.parametrize(("name", "value"), [("loss", 1), ("loss_ack", "100%"), ("loss", 1.0)])
def test_a_lost_reply(name: str, value: object) -> None:
    layer = faults(**{name: value})
    assert layer.heard(SECUR, TCP, 0.0, datagram=False) == [SECUR]
    layer.say(ON, TCP, 0.0)
    assert leaves(layer) == [] and layer.met == {"loss": 1} and layer.text == "loss 100 %"


def test_requests_are_lost_whole_however_they_are_cut() -> None:
    layer = faults(loss_req=0.5)
    sent = [b"#NAME x%03d\r" % number for number in range(200)]
    stream = b"".join(sent)
    got = b"".join(
        part
        for byte in range(len(stream))
        for part in layer.heard(stream[byte : byte + 1], TCP, 0.0, datagram=False)
    )
    kept = got.split(b"\r")[:-1]
    assert all(line + b"\r" in sent for line in kept) and len(set(kept)) == len(kept)
    assert len(kept) == 200 - layer.met["loss_req"] and 60 < len(kept) < 140


def test_half_a_request_outlives_the_end_of_the_fault() -> None:
    layer = faults(loss_req=0.5)
    assert layer.heard(b"#SEC", TCP, 0.0, datagram=False) == []
    layer.clear()
    assert b"".join(layer.heard(b"UR?\r", TCP, 0.0, datagram=False)) == SECUR


def test_a_refused_request_never_reaches_the_core() -> None:
    layer = faults(refuse=1)
    assert layer.heard(SECUR, TCP, 0.0, datagram=False) == []
    assert leaves(layer) == [(0.0, b"~01@ ERR002\r\n")]
    silent = faults("qstation", lambda request: b"", refuse=1)
    assert silent.heard(b"DEVICEIDENT?\r", UDP, 0.0, datagram=True) == [] and leaves(silent) == []
    other = faults("kramer", lambda request: None, refuse=1)
    assert other.heard(SECUR, TCP, 0.0, datagram=False) == [SECUR] and not other.met


def test_a_doubled_reply() -> None:
    layer = faults(dup=1)
    layer.say(ON, UDP, 0.0)
    assert leaves(layer) == [(0.0, ON), (0.0, ON)]


def test_the_next_reply_overtakes() -> None:
    layer = faults(reorder=1)
    layer.say(OK, UDP, 0.0)
    layer.say(ON, UDP, 0.0)
    assert leaves(layer) == [(0.0, ON), (0.0, OK)]
    layer.say(OK, TCP, 0.0)
    assert leaves(layer) == [(OVERTAKEN_S, OK)]


def test_pieces_follow_one_another_and_the_next_reply_them() -> None:
    layer = faults(segment=5)
    layer.say(ON, TCP, 0.0)
    layer.say(OK, TCP, 0.0)
    out = leaves(layer)
    assert [data for _, data in out] == [b"~01@S", b"ECUR ", b"ON\r\n", b"~01@ ", b"OK\r\n"]
    assert [at for at, _ in out[:3]] == [0.0, PIECE_S, 2 * PIECE_S] and out[3][0] >= out[2][0]


def test_datagrams_are_never_cut_or_joined() -> None:
    layer = faults(segment=1, coalesce=0.1)
    layer.say(ON, UDP, 0.0)
    layer.say(OK, UDP, 0.0)
    assert leaves(layer) == [(0.0, ON), (0.0, OK)]


def test_gathered_replies_leave_as_one() -> None:
    layer = faults(coalesce="100ms")
    for at in (0.0, 0.03, 0.09):
        layer.say(OK, TCP, at)
    layer.say(ON, ("tcp", 2), 0.0)
    assert leaves(layer) == [(0.0, ON), (0.1, 3 * OK)]
    layer.say(OK, TCP, 0.2)
    assert leaves(layer, 1.0) == [(0.3, OK)]


def test_a_wrong_checksum_is_all_that_is_wrong() -> None:
    layer = faults("dcol", checksum=1)
    layer.say(ADDRESS, TCP, 0.0)
    layer.say(b"\x06", TCP, 0.0)
    (_, data), (_, ack) = leaves(layer)
    assert data[:26] == ADDRESS[:26] and data[26] != 0x4F and data[27:] == b"\x03" and ack == b"\x06"


def test_a_missing_line_end_and_another_mac() -> None:
    layer = faults(no_end=1)
    layer.say(ON, TCP, 0.0)
    assert leaves(layer) == [(0.0, b"~01@SECUR ON")]
    other = faults("qstation", wrong_mac=1)
    other.say(IDENT, UDP, 0.0)
    assert leaves(other) == [(0.0, b"SID:0001\tOAN:Q.station\tMAA:02:00:00:00:00:b1\r")]


def test_a_truncated_reply_is_its_beginning() -> None:
    layer = faults(truncate=1)
    for _ in range(20):
        layer.say(ON, TCP, 0.0)
    out = [data for _, data in leaves(layer)]
    assert all(ON.startswith(data) and 0 < len(data) < len(ON) for data in out) and len(set(out)) > 3


def test_babble_goes_to_clients_at_its_rate() -> None:
    layer = faults(babble=10)
    layer.heard(b"DEVICEIDENT?\r", UDP, 0.0, datagram=True)
    out = [(item.peer, item.data) for tick in range(1, 11) for item in layer.outgoing(tick / 10)]
    assert [peer for peer, _ in out] == [TCP, UDP] * 10 and all(data for _, data in out)
    layer.left(TCP)
    assert layer.outgoing(BABBLED_TO_S + 10) == []
    assert faults(babble=1).outgoing(0.99) == []


def test_babble_after_a_long_sleep_is_not_made_up_for() -> None:
    layer = faults(babble=1000)
    assert len(layer.outgoing(50.0)) <= 1002


@pytest.mark.parametrize("name", ["halfopen", "crash"])
def test_a_deaf_unit_hears_and_says_nothing(name: str) -> None:
    layer = faults(delay=1)
    layer.say(OK, TCP, 0.0)
    layer.set({name: 1}, 0.0)
    assert layer.deaf and layer.heard(SECUR, TCP, 0.0, datagram=False) == []
    layer.say(ON, TCP, 0.0)
    assert layer.outgoing(5.0) == [] and layer.deadline() is None and layer.passed(b"x") == []
    layer.set({name: 0}, 6.0)
    assert not layer.deaf and leaves(layer) == [] and layer.heard(SECUR, TCP, 6.0, datagram=False) == [SECUR]


def test_casts_are_lost_or_doubled() -> None:
    assert faults(loss=1).passed(b"x") == [] and faults(dup=1).passed(b"x") == [b"x", b"x"]


def test_a_client_that_left_takes_what_waited_with_it() -> None:
    layer = faults(delay=1, reorder=1)
    layer.say(OK, TCP, 0.0)
    layer.say(ON, TCP, 0.0)
    layer.left(TCP)
    assert leaves(layer) == []


@pytest.mark.parametrize(
    ("protocol", "values", "said"),
    [
        ("kramer", {"los": 1}, "no fault 'los'"),
        ("kramer", {"loss": 1.5}, "loss: '1.5' is not a share 0..1, or 0..100%"),
        ("kramer", {"loss": "101%"}, "loss: '101%'"),
        ("kramer", {"loss": float("nan")}, "loss: 'nan'"),
        ("kramer", {"loss": None}, "loss: 'NoneType'"),
        ("kramer", {"loss": True}, "loss: 'true'"),
        ("kramer", {"delay": -1}, "delay: '-1'"),
        ("kramer", {"delay": "61s"}, "delay: '61s'"),
        ("kramer", {"delay": "20%"}, "delay: '20%'"),
        ("kramer", {"segment": -1}, "segment: '-1'"),
        ("kramer", {"second": "maybe"}, "second: 'maybe' is not one of rst, silent, close, off"),
        ("kramer", {"checksum": 1}, "a kramer unit has no fault 'checksum'"),
        ("qstation", {"segment": 1}, "a qstation unit has no fault 'segment'"),
        ("dcol", {"no_end": 1}, "a dcol unit has no fault 'no_end'"),
        ("kramer", {"loss": "\x1b[31m"}, r"loss: '<ESC>[31m'"),
    ],
)
def test_bad_values_change_nothing(protocol: str, values: dict[str, object], said: str) -> None:
    layer = faults(protocol, delay=1)
    with pytest.raises(InvalidValue) as error:
        layer.set({"jitter": 1, **values}, 0.0)
    assert said in error.value.message and error.value.hint and error.value.rule
    assert layer.values == {"delay": 1}


def test_zero_ends_a_fault_and_the_text_is_for_people() -> None:
    layer = faults(loss="20%", delay="50ms", second="rst", segment=3, halfopen=True)
    assert layer.text == "loss 20 %, delay 50 ms, second rst, segment 3, halfopen on"
    layer.set({"loss": 0, "second": "close", "halfopen": "off"}, 0.0)
    assert layer.text == "delay 50 ms, second close, segment 3"
    layer.set({"second": "off", "segment": 0}, 0.0)
    assert layer.text == "delay 50 ms"
    layer.clear()
    assert layer.text == ""


SCRIPT = {"loss": 0.3, "dup": 0.3, "reorder": 0.3, "truncate": 0.3, "jitter": 0.01, "babble": 5}


def run(seed: str) -> list[tuple[float, bytes]]:
    layer = faults("kramer", unavailable, seed, **SCRIPT)
    for number in range(60):
        layer.say(b"%d" % number + ON, UDP, 0.0)
    return leaves(layer, 2.0)


def test_same_seed_same_faults() -> None:
    assert run("5/k1") == run("5/k1") != run("6/k1")


def test_chance_begins_anew_when_faults_are_set() -> None:
    layer = faults(loss=0.5)

    def pattern() -> list[bool]:
        layer.set({"loss": 0.5}, 0.0)
        lost = []
        for _ in range(40):
            before = layer.met["loss"]
            layer.say(ON, UDP, 0.0)
            lost.append(layer.met["loss"] > before)
        return lost

    assert pattern() == pattern() and 5 < sum(pattern()) < 35


@given(
    st.lists(st.tuples(st.floats(0, 0.05), st.binary(min_size=1, max_size=40)), max_size=30),
    st.integers(1, 50),
    st.sampled_from([0, 0.02]),
    st.sampled_from([0, 0.01]),
)
def test_a_stream_keeps_its_bytes_whatever_happens_to_its_segments(
    said: list[tuple[float, bytes]], size: int, coalesce: float, jitter: float
) -> None:
    layer = faults(segment=size, coalesce=coalesce, jitter=jitter)
    now, out = 0.0, b""
    for wait, data in said:
        now += wait
        layer.say(data, TCP, now)
        pieces = [item.data for item in layer.outgoing(now)]
        assert all(len(piece) <= size for piece in pieces)
        out += b"".join(pieces)
    while (at := layer.deadline()) is not None:
        now = max(now, at)
        out += b"".join(item.data for item in layer.outgoing(now))
    assert out == b"".join(data for _, data in said)


@given(st.binary(max_size=200), st.integers(1, 20))
def test_any_bytes_in_any_pieces_are_taken(data: bytes, size: int) -> None:
    for protocol in ("kramer", "dcol", "qstation", "recorder", "vs1"):
        layer = Faults(codec_of(protocol), lambda request: b"", "1")
        layer.joined(TCP)
        layer.set({"loss_req": 0.2, "refuse": 0.2, "truncate": 0.5}, 0.0)
        for at in range(0, len(data), size):
            layer.heard(data[at : at + size], TCP, 0.0, datagram=False)
            layer.heard(data[at : at + size], UDP, 0.0, datagram=True)
            layer.say(data[at : at + size], TCP, 0.0)


def test_the_table_says_what_each_is() -> None:
    names = [name for fault in FAULTS for name in (fault.name, *fault.also)]
    assert len(set(names)) == len(names) and all(fault.about for fault in FAULTS)


def test_the_options_of_units_are_named_once() -> None:
    names = [name for option in UNIT_OPTIONS for name in (option.name, *option.also)]
    assert len(set(names)) == len(names) and all(option.about for option in UNIT_OPTIONS)
