"""``unitbench sim``: endpoints, ``ready``, a clean end, and addresses that cannot be had."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

import pytest

from tests.support.commands import Process, Ran, SimProcess, free_block, free_wide_block, inside, unitbench
from tests.support.foreign import RawTcp, RawUdp, kramer_line


def book() -> list[Path]:
    return list((Path(os.environ["XDG_RUNTIME_DIR"]) / "unitbench" / "sims").glob("*"))


def sim(*words: str) -> Ran:
    return unitbench("sim", *words)


def test_a_line_for_each_endpoint_then_ready() -> None:
    with SimProcess() as process:
        prefix = process.block.removesuffix("0/24")
        rows = {(row[0], row[2], row[3]): row for row in process.endpoints}
    for name, carrier, last, port in (
        ("k1", "tcp", 11, 5000),
        ("k1", "udp", 11, 50000),
        ("t1", "tcp", 21, 5017),
        ("t1", "tcp", 21, 5018),
        ("q1", "udp", 31, 5565),
        ("q2", "udp", 32, 5565),
        ("q3", "udp", 33, 5565),
        ("all", "udp", 255, 5565),
    ):
        assert (name, carrier, f"{prefix}{last}:{port}") in rows
    assert ("all", "udp", "127.255.255.255:5565") in rows
    assert rows["q2", "udp", f"{prefix}32:5565"][4] == "02:00:00:00:00:32"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_and_everything_is_free_at_once(runtime: Path, number: int) -> None:
    with SimProcess() as process, RawTcp(process.host("k1"), 5000) as client:
        assert client.ask(kramer_line(""), lambda came: b"\n" in came) == b"~01@ OK\r\n"
        assert len(book()) == 1
        ran = process.end(number)
        assert client.read(lambda came: False) == b"" and client.closed
    assert ran.code == 0 and ran.err == "" and book() == []
    with SimProcess(block=process.block) as again:
        assert again.stop().code == 0


def test_no_process_of_it_is_left() -> None:
    with SimProcess() as process:
        children = Path(f"/proc/{process.process.pid}/task/{process.process.pid}/children")
        assert children.read_text() == ""
        assert process.stop().code == 0


def test_a_set_that_was_killed_leaves_no_page_behind(runtime: Path) -> None:
    with SimProcess() as process:
        process.process.kill()
        process.process.wait()
        assert len(book()) == 1
        with SimProcess(block=process.block) as again:
            assert (
                unitbench("-c", "SECUR?", f"kramer://{again.host('k1')}", "--json").one["simulated"] is True
            )
            assert len(book()) == 1
            again.stop()
    assert book() == []


def test_an_address_in_use_is_named_and_all_others_given_back() -> None:
    with SimProcess() as first:
        ran = sim("--address", first.block)
        assert (ran.code, ran.out) == (4, "")
        assert f"{first.host('k1')}:5000/tcp" in ran.err and "ready" not in ran.out
    block = free_block()
    taken = block.replace(".0/24", ".33")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind((taken, 5565))
        ran = sim("--address", block)
        assert ran.code == 4 and f"{taken}:5565/udp" in ran.err
    with SimProcess(block=block) as second:
        assert second.stop().code == 0


def test_an_address_of_another_machine() -> None:
    ran = sim("--address", "192.0.2.0/24")
    assert ran.code == 4 and "192.0.2.11:5000/tcp" in ran.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--unit", "qstation=10"), "too small"),
        (("--address", "127.80.0.0/30"), "too small"),
        (("--address", "127.80.0.1/24"), "no block"),
        (("--address", "127.80.0.0/33"), "no block"),
        (("--address", "::1/64"), "no block"),
        (("--address", "nowhere"), "no block"),
        (("--unit", "telnet=1"), "no protocol 'telnet'"),
        (("--unit", "kramer"), "how many"),
        (("--unit", "kramer=-1"), "how many"),
        (("--unit", "kramer=²"), "how many"),
        (("--unit", "kramer=70000"), "cannot be simulated"),
        (("--port-offset", "60000"), "range of ports"),
        (("--port-offset", "-5000"), "range of ports"),
        (("--port-offset", "x"), "--port-offset"),
        (("--seed", "x"), "--seed"),
        (("/no/such/file.toml",), "cannot be read"),
    ],
)
def test_bad_input_is_usage(words: tuple[str, ...], said: str) -> None:
    ran = inside("sim", "--address", "127.80.0.0/24", *words)
    assert (ran.code, ran.out) == (2, "") and said in ran.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("units = 3", "units must be"),
        ("[units]\nkramer = true", "whole numbers"),
        ("[units]\nkramer = -1", "cannot be simulated"),
        ("colour = 'red'", "'colour' is not known"),
        ("units = [", "no TOML"),
    ],
)
def test_a_bad_file_is_usage(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "set.toml"
    file.write_text(text)
    ran = inside("sim", str(file))
    assert ran.code == 2 and said in ran.err


def test_a_file_and_options_over_it(tmp_path: Path) -> None:
    file = tmp_path / "set.toml"
    file.write_text("port_offset = 7\nseed = 3\n[units]\nqstation = 2\ndcol = 0\nrecorder = 0\nvs1 = 0\n")
    with SimProcess(str(file), "--unit", "kramer=2") as process:
        names = [row[0] for row in process.endpoints]
        assert names == ["k1", "k1", "k2", "k2", "q1", "q2", "all", "all"]
        assert {row[3].partition(":")[2] for row in process.endpoints} == {"5007", "50007", "5572"}


def test_many_units_are_numbered_on_and_stay_within_the_limit_of_files() -> None:
    block = free_wide_block()
    counts = ("--unit", "kramer=10", "--unit", "dcol=0", "--unit", "qstation=600")
    with SimProcess(*counts, block=block, limit="ulimit -Sn 256") as process:
        prefix = block.removesuffix("0.0/16")
        rows = {row[0]: row for row in process.endpoints}
        assert rows["k9"][3].startswith(f"{prefix}0.19:")
        assert rows["k10"][3].startswith(f"{prefix}1.1:")
        assert rows["q9"][3:] == [f"{prefix}0.39:5565", "02:00:00:00:00:39"]
        assert rows["q10"][3:] == [f"{prefix}1.2:5565", "02:00:00:01:00:0a"]
        assert rows["q262"][3:] == [f"{prefix}1.254:5565", "02:00:00:01:01:06"]
        assert rows["q263"][3:] == [f"{prefix}2.1:5565", "02:00:00:01:01:07"]
        with RawUdp(f"{prefix}255.255", 5565) as client:
            found: set[bytes] = set()
            for _ in range(50):  # a full buffer of the client loses some of so many answers at once
                came = client.ask(b"DEVICEIDENT?\r", lambda all_: len(all_) == 600, 0.3)
                found |= {data for data, _ in came}
                if len(found) == 600:
                    break
        assert len(found) == 600
        assert process.stop().code == 0


def test_a_limit_of_files_that_cannot_be_raised_is_told() -> None:
    block = free_wide_block()
    with Process("sim", "--address", block, "--unit", "qstation=90", limit="ulimit -n 60") as process:
        ran = process.end()
    assert ran.code == 4 and "Too many open files" in ran.err and "ulimit" in ran.err


def test_output_that_nobody_reads_ends_it_too() -> None:
    block = free_block()
    reader, writer = os.pipe()
    os.close(reader)
    with Process("sim", "--address", block, stdout=writer) as process:
        os.close(writer)
        ran = process.end()
    assert ran.code == 0 and "Traceback" not in ran.err
    with SimProcess(block=block) as again:
        assert again.stop().code == 0


def test_several_at_once_take_a_block_each() -> None:
    runs = [Process("--sim", "-c", "discover; SECUR?", "--json") for _ in range(4)]
    blocks = set()
    for run in runs:
        with run:
            ran = run.end()
            assert ran.code == 0 and len(ran.objects) == 8
            hosts = {item["address"].partition("://")[2].rpartition(".")[0] for item in ran.objects}
            assert len(hosts) == 1
            blocks |= hosts
    assert len(blocks) == 4
