"""A unit that stops to read and to answer while its connections stay open: met from outside, kind by kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.support.foreign import RawTcp, RawUdp, dcol_build, dcol_complete
from unitbench import InvalidValue, Sim

IDN = b"*IDN?\r\n"
SEARCH = b"SIMFIND?\r\n"
GETSERIAL = dcol_build(0, 0x06, b"")
QUIET_S = 0.1


@pytest.fixture(scope="module")
def units() -> Iterator[Sim]:
    counts = {"kramer": 0, "qstation": 1, "recorder": 1, "vs1": 1, "dcol": 1}
    with Sim(counts, options={"v1": {"rate": 50}}) as sim:
        yield sim


def place(sim: Sim, name: str, number: int) -> tuple[str, int]:
    served = sim.server(name).served
    return sim.unit(name).host, next(port for service, port in served if service.port == number)


def line(came: bytes) -> bool:
    return came.endswith(b"\r\n")


def prompt(came: bytes) -> bool:
    return came.endswith(b"-> ")


@pytest.mark.parametrize(
    ("name", "number", "request_", "whole", "answer"),
    [
        ("t1", 5018, GETSERIAL, dcol_complete, b"\x02\x00\x07"),
        ("r1", 8023, IDN, line, b"GRAPHTEC,GL840-SIM,1,01.00\r\n"),
        ("v1", 23, b"x\r\n", prompt, b"undefined symbol"),
    ],
)
def test_connections_stay_and_what_was_asked_is_answered_afterwards(
    units: Sim, name: str, number: int, request_: bytes, whole: Callable[[bytes], bool], answer: bytes
) -> None:
    with RawTcp(*place(units, name, number)) as client:
        if name == "v1":
            assert prompt(client.read(prompt))
        assert answer in client.ask(request_, whole)
        units.fault(name, halfopen=True)
        try:
            assert client.ask(request_, whole, QUIET_S) == b"" and not client.closed
        finally:
            units.no_faults(name)
        assert answer in client.read(whole)


def test_a_camera_prints_no_more_and_beats_no_more(units: Sim) -> None:
    with (
        RawTcp(*place(units, "v1", 49212)) as reader,
        RawUdp(*place(units, "v1", 49493)) as control,
        RawTcp(*place(units, "v1", 49079)) as heart,
    ):
        assert reader.read(lambda came: b"\n" in came)
        assert heart.read(line).startswith(b"HB ")
        units.fault("v1", halfopen=True)
        reader.read(lambda came: False, QUIET_S)  # what was on its way
        try:
            assert reader.read(bool, QUIET_S) == b"" and not reader.closed
            assert control.ask(b"SIMLOGIN bench\r\n", bool, QUIET_S) == []
            with RawTcp(*place(units, "v1", 49212)) as other:
                assert other.read(bool, QUIET_S) == b"" and not other.closed
        finally:
            units.no_faults("v1")
        assert reader.read(lambda came: b"\n" in came)
        assert control.ask(b"SIMLOGIN bench\r\n", bool)[0][0] == b"SIMOK\r\n"
        assert heart.read(line).startswith(b"HB ") and not heart.closed


def test_a_recorder_has_its_only_place_taken_and_hears_no_search(units: Sim) -> None:
    with RawTcp(*place(units, "r1", 8023)) as client, RawUdp(*place(units, "r1", 8023)) as search:
        assert client.ask(IDN, line)
        units.fault("r1", halfopen=True)
        try:
            assert search.ask(SEARCH, bool, QUIET_S) == []
            with pytest.raises(ConnectionRefusedError):
                RawTcp(*place(units, "r1", 8023))
            with RawTcp(*place(units, "r1", 80)) as web:  # of another program, which is spared
                assert web.ask(b"HEAD / HTTP/1.0\r\n\r\n", line).startswith(b"HTTP/1.")
        finally:
            units.no_faults("r1")
        assert search.ask(SEARCH, bool)[0][0].startswith(b"SIMFOUND ") and not client.closed


def test_a_unit_without_connections_has_none_to_keep_open(units: Sim) -> None:
    with pytest.raises(InvalidValue, match="q1: a qstation unit has no fault 'halfopen'") as error:
        units.fault("q1", halfopen=True)
    assert "halfopen" not in error.value.hint and "crash" in error.value.hint
    with RawUdp(*place(units, "q1", 5565)) as client:
        assert client.ask(b"DEVICEIDENT?\r", bool)[0][0].startswith(b"SID:1\t")
        units.fault("all", halfopen=True)
        try:
            assert client.ask(b"DEVICEIDENT?\r", bool)[0][0].startswith(b"SID:1\t"), "all who can"
            assert set(units.faults) == {"t1", "r1", "v1"}
        finally:
            units.no_faults()
