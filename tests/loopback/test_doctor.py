"""``doctor``: what is looked at, what is said of it, and that nothing is sent which nobody asked for."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

from tests.support.commands import inside, unitbench
from tests.support.counterparts import TcpCounterpart
from unitbench import Session
from unitbench.session.doctor.examining import examined, render, way
from unitbench.session.doctor.firewall import TOOLS, Tool, firewall, mend
from unitbench.session.doctor.model import Finding, Findings
from unitbench.session.doctor.way import _gateway, _mac_of

NARROW = 40
WHATS = (
    "versions",
    "added protocols",
    "runtime folder",
    "folder of journals",
    "sessions",
    "notebook",
    "completion in your shell",
    "loopback 127.0.0.0/8",
    "ports below 1024",
    "kernel receive stamps",
    "broadcast on loopback",
    "receive buffer",
    "interfaces",
    "firewall",
    "sleep is noticed",
    "wall clock",
    "keys and menu",
    "colour",
    "encoding",
    "bracketed paste",
)


@pytest.fixture(scope="module")
def found() -> Findings:
    """One look at everything."""
    return examined()


def of(found: Findings, what: str) -> Finding:
    (one,) = [item for item in found.findings if item.what == what]
    return one


def test_everything_is_looked_at_and_what_is_not_there_can_be_mended(found: Findings) -> None:
    assert set(WHATS) <= {item.what for item in found.findings}
    assert all(item.mend for item in found.findings if item.ok is False)
    assert found.ok, "this machine runs the tests"


@pytest.mark.parametrize("width", [NARROW, 80])
def test_it_fits_the_terminal_and_shows_no_word_of_a_fault(found: Findings, width: int) -> None:
    text = render(found, width)
    assert max(map(len, text.splitlines())) <= width
    assert "Traceback" not in text and text.splitlines()[0] == "the program"


def test_what_is_needed_and_not_there_is_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    assert inside("doctor").code == 0
    monkeypatch.setenv("UNITBENCH_TRANSPORT", "pigeon")
    ran = inside("doctor")
    assert ran.code == 1 and "NO  runtime folder" in ran.out
    assert "nothing works well without runtime folder" in ran.out
    bad = [item for item in inside("doctor", "--json").objects if item["ok"] is False and item["needed"]]
    assert [item["what"] for item in bad] == ["runtime folder"] and bad[0]["mend"]


def test_sessions_that_run_are_reached_and_none_is_started(runtime: Path) -> None:
    assert of(examined(), "sessions").seen.startswith("none runs")
    with Session.attach("asked"):
        assert of(examined(), "sessions").seen == "reached: asked"


def test_a_terminal_is_judged_by_what_it_says() -> None:
    told = {
        item["what"]: item
        for item in unitbench("doctor", "--json", env={"PYTHONIOENCODING": "ascii"}).objects
    }
    assert told["encoding"]["ok"] is False and "UTF-8" in told["encoding"]["mend"]
    assert told["colour"]["ok"] is None, "stdout is no terminal"


@pytest.mark.parametrize(
    ("rules", "ok"),
    [
        ("-P INPUT ACCEPT\n-P FORWARD ACCEPT\n", True),
        ("-P INPUT DROP\n-A INPUT -i lo -j ACCEPT\n", False),
        ("-P INPUT ACCEPT\n-A INPUT -m state --state ESTABLISHED -j ACCEPT\n-A INPUT -j REJECT\n", False),
    ],
)
def test_the_rules_of_a_firewall_are_read(rules: str, ok: bool, tmp_path: Path) -> None:
    tool = tmp_path / "iptables"
    tool.write_text(f"#!/bin/sh\n[ \"$1\" = -S ] && printf '%s' '{rules}'\n")
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    (usual,) = [item for item in TOOLS if item.name == "iptables"]
    one = firewall([Tool(str(tool), usual.words, usual.shuts)])
    assert one.ok is ok and "iptables" in one.seen
    assert ok or "5565" in one.mend


@pytest.mark.parametrize(
    ("rules", "ok"),
    [
        (
            "table inet filter {\n chain input {\n  type filter hook input priority 0; policy accept;\n }\n}",
            True,
        ),
        (
            "table inet filter {\n chain input {\n  type filter hook input priority 0; policy drop;\n }\n}",
            False,
        ),
        ("", True),
    ],
)
def test_and_those_of_nftables(rules: str, ok: bool, tmp_path: Path) -> None:
    tool = tmp_path / "nft"
    tool.write_text(f"#!/bin/sh\ncat <<'END'\n{rules}\nEND\n")
    tool.chmod(0o700)
    (usual,) = [item for item in TOOLS if item.name == "nft"]
    assert firewall([Tool(str(tool), usual.words, usual.shuts)]).ok is ok


def test_rules_that_may_not_be_read_and_no_tool_are_neither_good_nor_bad(tmp_path: Path) -> None:
    tool = tmp_path / "nft"
    tool.write_text("#!/bin/sh\nexit 1\n")
    tool.chmod(0o700)
    one = firewall([Tool(str(tool), ("list",), "drop")])
    assert (one.ok, one.seen) == (None, "nft: the rules can be read by an administrator only")
    assert firewall([Tool(str(tmp_path / "none"), (), "drop")]).ok is None
    assert "49495" in mend() and "5565" in mend()


def test_the_way_to_a_unit_that_is_there() -> None:
    with TcpCounterpart(lambda data: b"") as unit:
        found = way(f"kramer://{unit.host}:{unit.port}")
        assert [item.what for item in found.findings] == [
            "route",
            "interface",
            "address",
            f"port {unit.port}/tcp",
        ]
        assert found.ok and all(item.ok for item in found.findings)
        assert unit.heard == [], "a connection, and not a byte"


def test_a_port_where_nobody_listens_and_a_name_that_is_none() -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        ran = inside("doctor", f"kramer://127.0.0.1:{sock.getsockname()[1]}")
    assert ran.code == 1 and "refused: the machine is there" in ran.out and "mend: " in ran.out
    assert inside("doctor", "kramer://no-such-unit.invalid").code == 1
    ran = inside("doctor", "k1")
    assert ran.code == 2 and "kramer://" in ran.err


@pytest.mark.parametrize("address", ["recorder://{}:{}", "qstation://{}:{}", "vs1://{}:{}"])
def test_a_place_for_one_client_and_datagrams_are_not_touched(address: str) -> None:
    with TcpCounterpart(lambda data: b"") as unit:
        found = way(address.format(unit.host, unit.port))
        assert found.findings[-1].ok is None
        assert unit.connections == 0


def test_a_serial_line_is_looked_at_without_being_opened(tmp_path: Path) -> None:
    assert "is not there" in way(f"dcol+serial://{tmp_path}/none").findings[0].seen
    fifo = tmp_path / "line"
    os.mkfifo(fifo)
    assert way(f"dcol+serial://{fifo}").ok, "opening it would wait for a writer"


def test_in_the_shell_a_link_that_is_open_is_not_opened_again() -> None:
    ran = inside("--sim", "-c", "doctor k1; connect k1; doctor k1; doctor r1", "--json")
    steps = [item for item in ran.objects if item["type"] == "event" and item["what"].startswith("port")]
    assert [item["seen"].partition(";")[0].partition(",")[0] for item in steps] == [
        "takes connections",
        "this session's link is open",
        "room for one client only",
    ]
    assert ran.code == 0


def test_neighbours_and_gateways_are_read_from_the_systems_tables(tmp_path: Path) -> None:
    arp, routes = tmp_path / "arp", tmp_path / "route"
    arp.write_text(
        "IP address       HW type     Flags       HW address            Mask     Device\n"
        "192.168.1.39     0x1         0x2         02:00:00:00:00:11     *        eth0\n"
        "192.168.1.40     0x1         0x0         00:00:00:00:00:00     *        eth0\n"
    )
    routes.write_text(
        "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\n"
        "eth0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\n"
        "eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\n"
    )
    assert _mac_of("192.168.1.39", arp) == "02:00:00:00:00:11"
    assert _mac_of("192.168.1.40", arp) == "" and _mac_of("192.168.1.41", arp) == ""
    assert _gateway("eth0", routes) == "192.168.1.1" and _gateway("eth1", routes) == ""
    assert _gateway("eth0", tmp_path / "none") == ""
