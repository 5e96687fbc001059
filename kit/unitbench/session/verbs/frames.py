"""Verbs about bytes: send them as they are, explain them, make them."""

from __future__ import annotations

from collections.abc import Iterator

from unitbench.line.parse import parse
from unitbench.offline import bytes_of, dissected, encoded
from unitbench.session import operations as op
from unitbench.session.items import Notice
from unitbench.session.verbs.turn import Handler, Turn

RAW_S = 1.0
"""How long ``raw`` waits for the first frame where no time is said."""


def _raw(turn: Turn) -> Iterator[object]:
    target = turn.statement.target
    unit = turn.named((target,) if target else ())
    data = bytes_of(turn.args[0])
    window_s = turn.window_s(RAW_S)
    wait_s = RAW_S if window_s is None else window_s
    if turn.console.dry_run:
        yield dissected(data)
        yield Notice(f"dry run: nothing was sent to {unit}")
        return
    always = turn.console.confirm_always
    exchange, _ = turn.ask(op.Raw(data, unit, turn.allow, wait_s, always))
    yield exchange


def _decode(turn: Turn) -> Iterator[object]:
    yield dissected(bytes_of(turn.args[0]), turn.options.get("protocol", ""))


def _encode(turn: Turn) -> Iterator[object]:
    parsed = parse(turn.args[0], turn.console.vocabulary())
    if parsed.error:
        raise parsed.error
    yield encoded(parsed.statements[0])


HANDLERS: dict[str, Handler] = {"raw": _raw, "decode": _decode, "encode": _encode}
