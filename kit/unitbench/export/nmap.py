"""What nmap needs to name our units: its file of probes and its file of ports, from the catalogue alone.

Only commands that are safe to send to a unit that is not known become probes, and none is sent to a port that is
not its protocol's. Take them with ``nmap -sV --versiondb FILE --servicedb FILE``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from unitbench.schema.records import Command, Field, Protocol, Report, Request, Service, Touch
from unitbench.schema.values import IPv4, Mac, Outcome, Text, Token, UInt, ValueType
from unitbench.wire import codec_of

CARRIERS = ("tcp", "udp")
LISTEN_MS = 1500
"""How long nmap listens for what a unit says unasked."""
LATE_MS = 500
"""How much longer than a client nmap waits."""
TOLD = 3
"""So many texts of a reply are shown beside the name."""
HEAD = """\
# Units of unitbench for nmap: unitbench catalogue --nmap
# Every probe is harmless, and goes to the ports of its own protocol only (rarity 9).
"""
_BLANKS = {"\t": r"\t", "\r": r"\r", "\n": r"\n"}
_NUMBERED = " 0123456789"
_ADDRESS = r"\d{1,3}(?:\.\d{1,3}){3}"
_MAC = r"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}"


def probes(protocols: Iterable[Protocol]) -> str:
    """The file for ``--versiondb``."""
    chosen = list(protocols)
    unasked = [_match(protocol, report) for protocol in chosen for report in _unasked(protocol)]
    parts = [HEAD, "\n".join(["Probe TCP NULL q||", f"totalwaitms {LISTEN_MS}", *unasked, ""])]
    for protocol in chosen:
        for command in protocol.commands:
            if command.probe > 0:
                parts += [_probe(protocol, command, carrier) for carrier in _carriers(protocol)]
    return "\n".join(parts)


def services(protocols: Iterable[Protocol]) -> str:
    """The file for ``--servicedb``. A port that several protocols have gets the plain name of its purpose."""
    rows: dict[tuple[int, str], list[tuple[Protocol, Service]]] = {}
    for protocol in protocols:
        for service in protocol.services:
            if service.carrier in CARRIERS:
                rows.setdefault((service.port, service.carrier), []).append((protocol, service))
    lines = ["# Ports of unitbench for nmap: unitbench catalogue --nmap-services"]
    for (port, carrier), found in sorted(rows.items()):
        first, service = found[0]
        name = _slug(service.name if len(found) > 1 else f"{first.name} {service.name}")
        makers = ", ".join(protocol.maker for protocol, _ in found)
        lines.append(f"{name}\t{port}/{carrier}\t0.5\t# {_said(f'{makers}: {service.about}')}")
    return "\n".join(lines)


def _slug(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


def _said(words: str) -> str:
    """Words for people: one line of ASCII without the mark that ends them."""
    return re.sub(r"[^ -.0-~]", "-", words)


def _carriers(protocol: Protocol) -> list[str]:
    return [carrier for carrier in CARRIERS if _ports(protocol, carrier)]


def _ports(protocol: Protocol, carrier: str) -> list[int]:
    """Where its commands are taken: those services whose name is the main one's, but for a number."""
    purpose = next((service.name for service in protocol.services if service.main), "").rstrip(_NUMBERED)
    spoken = [s for s in protocol.services if s.carrier == carrier and s.touch is Touch.SPEAKS]
    return sorted({service.port for service in spoken if service.name.rstrip(_NUMBERED).startswith(purpose)})


def _unasked(protocol: Protocol) -> Iterator[Report]:
    """What a unit says by itself, where its first word tells it."""
    answers = {name for command in protocol.commands for name in command.reply}
    return (r for r in protocol.reports if r.tag and not r.refuses and r.name not in answers)


def _probe(protocol: Protocol, command: Command, carrier: str) -> str:
    """A probe with what may answer it."""
    data = codec_of(protocol.name).encode(Request(protocol.name, command.name))
    sent = data.decode("latin-1")
    mark = _mark(_plain(sent))
    wait = round(command.answer_s * 1000) + LATE_MS
    reports = [report for report in protocol.reports if report.name in command.reply or report.refuses]
    return "\n".join(
        [
            f"Probe {carrier.upper()} {protocol.name}-{_slug(command.name) or 'probe'} q{mark}{_plain(sent)}{mark}",
            "rarity 9",
            f"ports {','.join(map(str, _ports(protocol, carrier)))}",
            f"totalwaitms {wait}",
            *(_match(protocol, report) for report in reports),
            "",
        ]
    )


def _plain(text: str) -> str:
    """Text as nmap's probes and patterns both spell it: letters and digits as they are."""
    return "".join(
        char if char.isascii() and char.isalnum() else _BLANKS.get(char, f"\\x{ord(char):02x}")
        for char in text
    )


def _mark(text: str) -> str:
    """A character for both ends of a text, that is not in it."""
    return next(mark for mark in "|/!%=@" if mark not in text)


def _match(protocol: Protocol, report: Report) -> str:
    """The line that knows a reply: service, product, and the first texts it has."""
    pattern, told = _patterns(protocol)(protocol, report)
    mark = _mark(pattern)
    line = f"match {protocol.name} m{mark}^{pattern}{mark}s p/{_said(protocol.maker)}/"
    if told:
        line += f" i/{', '.join(f'{name} ${number}' for number, name in enumerate(told, 1))}/"
    return line


Layout = tuple[str, list[str]]
"""A pattern, and the names of the texts that it catches."""


def _patterns(protocol: Protocol) -> Callable[[Protocol, Report], Layout]:
    if protocol.lines is not None:
        return _line
    if protocol.type_code is not None:
        return _packet
    return _keyed if any(field.key for report in protocol.reports for field in report.fields) else _reply


def _line(protocol: Protocol, report: Report) -> Layout:
    """A line protocol's reply: its first word and its items; where these have keys, its first word alone."""
    spelt = protocol.lines
    assert spelt is not None
    if report.close:
        return _plain(report.tag + spelt.reply_end), []
    separator = _plain(report.separator)
    if any(field.key for field in report.fields):
        return _plain(report.tag) + separator, []
    items, told = _items(report.fields, report.separator)
    return separator.join([_plain(report.tag), *items] if report.tag else items) + _plain(
        spelt.reply_end
    ), told


def _reply(protocol: Protocol, report: Report) -> Layout:
    """Protocol 3000: the mark of a unit, its number, name and items. The handshake has no name."""
    items, told = _items(report.fields, " ")
    name = _plain(report.name) if report.name[:1].isalpha() else ""
    return rf"~\d{{0,9}}@{name} ?" + " ".join(items), told


def _keyed(protocol: Protocol, report: Report) -> Layout:
    """Q.station: items with their keys, and TAB between them; one that depends on another may be missing."""
    items, told = _items(report.fields, "\t")
    parts = [
        f"(?:{item}\\t)?" if field.present_when else f"{item}\\t"
        for field, item in zip(report.fields, items, strict=True)
    ]
    return "".join(parts).removesuffix("\\t"), told


def _packet(protocol: Protocol, report: Report) -> Layout:
    """DCOL: a bare byte has no pattern that would tell it; a packet is known by type and subtype."""
    kind = report.packet_type if report.packet_type is not None else protocol.type_code
    sub = "" if report.code is None else f"\\x{report.code:02x}"
    return rf"\x02.\x{kind:02x}.{sub}.*\x03", []


def _items(fields: Iterable[Field], separator: str) -> tuple[list[str], list[str]]:
    """A pattern for each item, and the names of the first texts, which are caught."""
    items: list[str] = []
    told: list[str] = []
    for field in fields:
        pattern = _kind(field.type, separator)
        if isinstance(field.type, Text) and not field.present_when and len(told) < TOLD:
            pattern = f"({pattern})"
            told.append(field.name)
        items.append(_plain(f"{field.key}:") + pattern if field.key else pattern)
    return items, told


def _kind(kind: ValueType, separator: str) -> str:
    if isinstance(kind, IPv4):
        return _ADDRESS
    if isinstance(kind, Mac):
        return _MAC
    if isinstance(kind, UInt):
        return r"\d+"
    if isinstance(kind, Outcome):
        return r"(?:OK|ACK|ERR ?\d+)"
    if isinstance(kind, Token) and not kind.open:
        return "(?:" + "|".join(_plain(word.text) for word in kind.words) + ")"
    return f"[^{_plain(separator)}\\r\\n]*"
