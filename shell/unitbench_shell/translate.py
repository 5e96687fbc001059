"""``decode``, ``encode`` and ``catalogue``: what needs no session and must start at once.

Each imports what only it needs when it runs: a program that explains bytes in a loop pays for every import.
"""

from __future__ import annotations

import argparse
import json
import sys

from unitbench import catalogue as protocols
from unitbench.errors import InvalidValue, UsageError
from unitbench.offline import bytes_of, guarded
from unitbench.schema.jsonform import dissection_json
from unitbench.schema.report import dissection_text
from unitbench.wire.ranking import dissections
from unitbench_shell.codes import OK, REFUSED, USAGE, complain, worst


def decode(options: argparse.Namespace) -> int:
    """Explain bytes from the command line, or one frame a line from standard input."""
    if options.protocol:
        protocols.protocol(options.protocol)
    if not options.bytes:
        raise UsageError(
            "no bytes are given", hint="unitbench decode '02 00 AE 01 00 AF 03', or - for standard input"
        )
    if options.bytes == ["-"]:
        return worst([_one_line(n, line, options) for n, line in enumerate(sys.stdin, 1) if line.strip()])
    return _one(bytes_of(" ".join(options.bytes)), options)


def _one_line(number: int, line: str, options: argparse.Namespace) -> int:
    try:
        return _one(bytes_of(line), options)
    except InvalidValue as error:
        complain(error, f"line {number}")
        return USAGE


def _one(data: bytes, options: argparse.Namespace) -> int:
    readings = dissections(data, options.protocol)
    best = readings[0] if options.show_secrets else guarded(readings[0])
    if options.json:
        print(json.dumps(dissection_json(best, show_secrets=options.show_secrets)), flush=True)
    else:
        if not options.protocol:
            others = ", ".join(reading.protocol for reading in readings[1:])
            print(
                f"read as {best.protocol}, which fits best (--protocol P forces one of {others})",
                file=sys.stderr,
            )
        print(dissection_text(best, show_secrets=options.show_secrets), flush=True)
    return OK if best.ok else REFUSED


def encode(options: argparse.Namespace) -> int:
    """The bytes that each statement of a line becomes."""
    from unitbench.line.parse import parse
    from unitbench.line.vocabulary import UnitName, Vocabulary
    from unitbench.offline import encoded

    vocabulary = Vocabulary()
    if options.protocol:
        protocols.protocol(options.protocol)
        vocabulary = Vocabulary((UnitName("-", options.protocol),), "-")
    parsed = parse(" ".join(options.command), vocabulary)
    if parsed.error:
        raise parsed.error
    results = [
        encoded(statement, show_secrets=options.show_secrets)
        for statement in parsed.statements
        if not statement.empty
    ]
    if not results:
        raise UsageError("no command is given", hint="unitbench encode 'SECUR?'")
    for statement, item in zip((s for s in parsed.statements if not s.empty), results, strict=True):
        if options.protocol and statement.protocol != options.protocol:
            raise UsageError(
                f"{item.command} is no command of {options.protocol}, but of {statement.protocol}"
            )
        if options.json:
            body = dissection_json(item.dissection, show_secrets=options.show_secrets)
            print(json.dumps({**body, "command": item.command, "hex": item.data.hex()}), flush=True)
        else:
            print(item.data.hex(" "), flush=True)
    return OK


def catalogue(options: argparse.Namespace) -> int:
    """The reference, whole or of one protocol."""
    from unitbench.export import reference

    chosen = [protocols.protocol(options.protocol)] if options.protocol else list(protocols.protocols())
    if options.json:
        for protocol in chosen:
            print(json.dumps(reference.protocol_json(protocol)))
    elif options.markdown:
        print(reference.markdown(chosen))
    else:
        print(reference.plain_text(chosen))
    return OK
