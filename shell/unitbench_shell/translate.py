"""``decode``, ``encode``, ``catalogue`` and ``schema``: what needs no session and must start at once.

Each imports what only it needs when it runs: a program that explains bytes in a loop pays for every import.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping

from unitbench import catalogue as protocols
from unitbench.errors import InvalidValue, UsageError
from unitbench.offline import bytes_of, dissected, dissected_json
from unitbench.schema.report import reading_text
from unitbench.wire.ranking import WEAK
from unitbench_shell.codes import OK, REFUSED, USAGE, complain, worst


def decode(options: argparse.Namespace) -> int:
    """Explain bytes from the command line, or one frame a line from standard input.

    There a dump or an array over several lines counts as one frame too, and each object has the number of its line.
    """
    if options.protocol:
        protocols.protocol(options.protocol)
    if not options.bytes:
        raise UsageError(
            "no bytes are given", hint="unitbench decode '02 00 AE 01 00 AF 03', or - for standard input"
        )
    if options.bytes == ["-"]:
        from unitbench.line.paste import messages

        return worst(_one_message(number, text, options) for number, text in messages(sys.stdin))
    return _one(bytes_of(" ".join(options.bytes)), options)


def _one_message(number: int, text: str, options: argparse.Namespace) -> int:
    try:
        return _one(bytes_of(text), options, {"line": number})
    except InvalidValue as error:
        complain(error, f"line {number}")
        if options.json:
            import json

            from unitbench.schema.jsonform import no_bytes_json

            print(json.dumps(no_bytes_json(error, options.protocol) | {"line": number}), flush=True)
        return USAGE


def _one(data: bytes, options: argparse.Namespace, more: Mapping[str, int] | None = None) -> int:
    """Explain bytes; ``more`` is what the object has beside the dissection."""
    found = dissected(data, options.protocol, show_secrets=options.show_secrets)
    best = found.best
    if options.json:
        import json

        body = dissected_json(found, show_secrets=options.show_secrets)
        print(json.dumps({**body, **(more or {})}), flush=True)
    else:
        if found.guessed:
            others = ", ".join(reading.protocol for reading in found.readings[1:])
            fits = "which fits best" if found.candidates[0].score >= WEAK else "for want of a better one"
            print(f"read as {best.protocol}, {fits} (--protocol P forces one of {others})", file=sys.stderr)
        print(
            reading_text(
                best,
                repairs=found.repairs,
                candidates=found.candidates if found.guessed else (),
                parts=[(part.best, part.repairs) for part in found.parts],
                show_secrets=options.show_secrets,
            ),
            flush=True,
        )
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
            import json

            from unitbench.schema.jsonform import dissection_json

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
        import json

        for protocol in chosen:
            print(json.dumps(reference.protocol_json(protocol)))
    elif options.markdown:
        from unitbench.export.markdown import markdown

        print(markdown(chosen))
    elif options.nmap or options.nmap_services:
        from unitbench.export import nmap

        print(nmap.probes(chosen) if options.nmap else nmap.services(chosen))
    else:
        print(reference.plain_text(chosen))
    return OK


def schema(options: argparse.Namespace) -> int:
    """The JSON schema of what ``--json`` prints."""
    import json

    from unitbench.export import schema

    print(json.dumps(schema.schema(options.object), indent=2))
    return OK
