"""The firewall: its rules are read where that is permitted, never changed."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from typing import NamedTuple

from unitbench import catalogue
from unitbench.schema.printable import printable
from unitbench.session.doctor.model import Finding, by_system

GROUP, WHAT = "the network", "firewall"
WAIT_S = 0.6
"""How long a tool may take."""


class Tool(NamedTuple):
    """A tool that lists rules; ``shuts`` is what stands there when what comes in is thrown away."""

    name: str
    words: tuple[str, ...]
    shuts: str


TOOLS = (
    Tool(
        "nft",
        ("list", "ruleset"),
        r"hook input [^}]*?policy drop|chain (?:input|INPUT) \{[^}]*\b(?:drop|reject)\b",
    ),
    Tool("iptables", ("-S", "INPUT"), r"-P INPUT (?:DROP|REJECT)|-A INPUT (?:-j|.*-j) (?:DROP|REJECT)"),
    Tool("ufw", ("status",), r"(?i)status: active"),
    Tool("firewall-cmd", ("--state",), r"(?i)^running"),
    Tool("/usr/libexec/ApplicationFirewall/socketfilterfw", ("--getglobalstate",), r"(?i)enabled"),
    Tool("netsh", ("advfirewall", "show", "currentprofile", "state"), r"(?i)\bON\b"),
)


def firewall(tools: Sequence[Tool] = TOOLS) -> Finding:
    """What keeps answers of units out, as far as it can be read."""
    there = [tool for tool in tools if shutil.which(tool.name)]
    if not there:
        return Finding(GROUP, WHAT, None, "no tool of a firewall is here, so its rules are not known")
    read: list[str] = []
    for tool in there:
        rules = _rules(tool)
        name = tool.name.rpartition("/")[2]
        if rules is None:
            continue
        if re.search(tool.shuts, rules, re.MULTILINE):
            return Finding(GROUP, WHAT, False, f"{name}: what comes in unasked is thrown away", mend())
        read.append(name)
    if read:
        return Finding(GROUP, WHAT, True, f"{', '.join(read)}: nothing that comes in is thrown away")
    names = ", ".join(tool.name.rpartition("/")[2] for tool in there)
    return Finding(GROUP, WHAT, None, f"{names}: the rules can be read by an administrator only")


def _rules(tool: Tool) -> str | None:
    """What a tool lists; None where it may not."""
    try:
        ran = subprocess.run(
            [tool.name, *tool.words],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=WAIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return ran.stdout if ran.returncode == 0 else None


def mend() -> str:
    """How the answers to a broadcast, which no rule for replies lets in, can come in."""
    ports = ", ".join(map(str, sorted(_ports())))
    return by_system(
        f"allow UDP from the ports {ports} of the units' network",
        linux=f"nft add rule inet filter input udp sport {{ {printable(ports)} }} accept, or the same in your tool",
        darwin="System Settings, Network, Firewall: allow incoming connections for this Python",
        win32=f"New-NetFirewallRule -DisplayName unitbench -Protocol UDP -RemotePort {ports} -Action Allow",
    )


def _ports() -> set[int]:
    """The UDP ports that units answer broadcasts from, or that they announce themselves to."""
    found = set()
    for protocol in catalogue.protocols():
        heard = protocol.hears_broadcast or any(report.probe for report in protocol.reports)
        found |= {s.port for s in protocol.services if heard and s.carrier == "udp" and s.port}
    return found
