"""Each rule of the lint finds its breach: a record of ours with one thing made wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from unitbench import catalogue
from unitbench.schema.conditions import Is, Never
from unitbench.schema.lint import flaws
from unitbench.schema.records import Code, Command, Effect, Field, Protocol, Report, Source, Status
from unitbench.schema.values import Choice, Real, Reserved, Text, Token, UInt, Word

KRAMER = catalogue.protocol("kramer")
DCOL = catalogue.protocol("dcol")
NUMBER = Field("number", UInt(1), "a number")


def command(protocol: Protocol, **changes: object) -> Protocol:
    """With the first command changed."""
    first, *rest = protocol.commands
    return replace(protocol, commands=(replace(first, **changes), *rest))  # type: ignore[arg-type]


def fields(*given: Field) -> Protocol:
    return command(KRAMER, args=given)


def report(**changes: object) -> Protocol:
    first, *rest = KRAMER.reports
    return replace(KRAMER, reports=(replace(first, **changes), *rest))  # type: ignore[arg-type]


def service(**changes: object) -> Protocol:
    first, *rest = KRAMER.services
    return replace(KRAMER, services=(replace(first, **changes), *rest))  # type: ignore[arg-type]


def found(protocol: Protocol) -> list[str]:
    documents = {item.source.document for item in (KRAMER, DCOL, *KRAMER.commands, *DCOL.commands)}
    documents |= {item.source.document for item in (*KRAMER.reports, *DCOL.reports)}
    verbs = [verb.name for verb in catalogue.own_verbs()]
    return [
        f"{'.'.join(map(str, flaw.at))}: {flaw.text}"
        for flaw in flaws(protocol, manuals=documents, verbs=verbs)
    ]


SIMULATED = Source("unitbench", "tests", Status.SIMULATED)
BREACHES: list[tuple[Callable[[], Protocol], str]] = [
    (lambda: replace(KRAMER, name="kra mer"), "name: 'kra mer' is no name"),
    (lambda: replace(KRAMER, letter="kk"), "letter: 'kk' is not one small letter"),
    (lambda: replace(KRAMER, maker=""), "maker: maker is missing or empty"),
    (lambda: replace(KRAMER, reply_end=""), ": reply_end is missing"),
    (lambda: replace(KRAMER, max_request=0), "max_request: max_request is outside 1..65536"),
    (lambda: replace(KRAMER, max_reply=1 << 20), "max_reply: max_reply is outside 1..65536"),
    (lambda: replace(KRAMER, source=Source("a rumour", "hall")), "source.status: 'documented' is kept for"),
    (lambda: replace(KRAMER, source=Source("", "x", Status.PUBLIC)), "source.document: document is missing"),
    (lambda: replace(KRAMER, codes=(*KRAMER.codes, KRAMER.codes[0])), "is there twice in codes"),
    (lambda: replace(KRAMER, codes=(*KRAMER.codes, Code("X", "?"))), "hint: hint is missing or empty"),
    (lambda: replace(KRAMER, commands=(*KRAMER.commands, KRAMER.commands[1])), "is there twice in commands"),
    (lambda: replace(KRAMER, reports=(*KRAMER.reports, KRAMER.reports[0])), "is there twice in reports"),
    (
        lambda: replace(DCOL, reports=(*DCOL.reports, Report("X", "x", (), SIMULATED, 0x0D))),
        "number 13 is there twice",
    ),
    (lambda: service(main=False), "services: exactly one service must be the main one"),
    (lambda: service(carrier="pigeon"), "services.0.carrier: carrier 'pigeon' is none of"),
    (lambda: service(port=0), "services.0.port: port 0 is outside 1..65535"),
    (lambda: service(carrier="serial", port=1), "services.0.baud: a serial service has a baud rate"),
    (lambda: service(about=""), "services.0.about: about is missing"),
    (lambda: command(KRAMER, name="?"), "commands.0.name: '?' cannot be a command"),
    (lambda: command(KRAMER, name="discover"), "commands.0.name: 'discover' cannot be a command"),
    (lambda: command(KRAMER, title=""), "commands.0.title: title is missing"),
    (lambda: command(KRAMER, examples=()), "commands.0: # has no example"),
    (lambda: command(KRAMER, answer_s=0), "commands.0.answer_s: answer_s must be above 0"),
    (lambda: command(KRAMER, probe=2.0), "commands.0.probe: probe 2 is outside 0..1"),
    (lambda: command(KRAMER, effect=Effect.VISIBLE), "commands.0.probe: # changes something (visible)"),
    (lambda: command(KRAMER, source=SIMULATED), "commands.0.probe: # was invented for simulated units"),
    (lambda: command(KRAMER, broadcast=True), "commands.0.broadcast: broadcast needs hears_broadcast"),
    (lambda: command(KRAMER, code=3), "commands.0.code: #: one number is for"),
    (lambda: command(KRAMER, reply=()), "commands.0: # has no reply"),
    (lambda: command(KRAMER, reply=("nothing",)), "commands.0.reply: 'nothing' is none of"),
    (
        lambda: command(KRAMER, reads_back="LOGOUT"),
        "commands.0.reads_back: 'LOGOUT' is no command that reads",
    ),
    (lambda: command(KRAMER, grants=("level", "none")), "commands.0.grants: no reply has an item 'level'"),
    (lambda: command(KRAMER, refusals=(Code("E9", "x", "y"),)), "refusals.0.text: 'E9' is none of"),
    (lambda: fields(NUMBER, NUMBER), "commands.0.args.1.name: 'number' is there twice"),
    (lambda: fields(replace(NUMBER, name="Number")), "commands.0.args.0.name: 'Number' is no name"),
    (lambda: fields(replace(NUMBER, about="")), "commands.0.args.0.about: number: about is missing"),
    (lambda: fields(replace(NUMBER, default=300)), "default: number: the default 300 is not a whole number"),
    (lambda: fields(replace(NUMBER, default=3, optional=True)), "number is optional and has a default"),
    (lambda: fields(Field("spare", Reserved(2), "x")), "spare: reserved bytes need a default"),
    (lambda: fields(replace(NUMBER, usual=(Word("300", "x"),))), "usual: number: '300' is not allowed"),
    (lambda: fields(replace(NUMBER, usual=(Word("3"),))), "usual: number: '3' has no meaning"),
    (lambda: fields(replace(NUMBER, type=UInt(0))), "type: number: size is 1..8 bytes"),
    (lambda: fields(replace(NUMBER, type=UInt(1, high=256))), "low..high must fit into it"),
    (lambda: fields(replace(NUMBER, type=Text(3, 4))), "type: number: low..high is no range of lengths"),
    (lambda: fields(replace(NUMBER, type=Real(0, float("inf")))), "low..high is no range of numbers"),
    (lambda: fields(replace(NUMBER, type=Token(()))), "type: number: words are missing"),
    (
        lambda: fields(replace(NUMBER, type=Token((Word("A", "x"), Word("a", "y"))))),
        "number: 'a' is there twice",
    ),
    (lambda: fields(replace(NUMBER, type=Token((Word("A"),)))), "type: number: 'A' has no meaning"),
    (lambda: fields(replace(NUMBER, type=Choice((Word("A", "x"),)))), "every word needs a number of its own"),
    (lambda: fields(replace(NUMBER, used_when=Is("x"))), "used_when: 'x' is no field beside number"),
    (lambda: fields(replace(NUMBER, present_when=Is("number"))), "what decides comes first"),
    (lambda: command(KRAMER, rules=(Never(Is("a"), Is("b"), "x"),)), "rules.0: the rule names 'a'"),
    (lambda: report(title=""), "reports.0.title: title is missing"),
    (lambda: report(fields=(NUMBER, NUMBER)), "reports.0.fields.1.name: 'number' is there twice"),
    (
        lambda: report(fields=(replace(NUMBER, key="n"), replace(NUMBER, name="other", key="n"))),
        "reports.0.fields.1.key: the key 'n' is there twice",
    ),
]


@pytest.mark.parametrize("protocol", [KRAMER, DCOL], ids=lambda protocol: protocol.name)
def test_what_is_right_is_found_right(protocol: Protocol) -> None:
    assert found(protocol) == []
    assert isinstance(protocol.commands[0], Command)


@pytest.mark.parametrize(("make", "told"), BREACHES, ids=[told[:50] for _, told in BREACHES])
def test_a_breach_is_found(make: Callable[[], Protocol], told: str) -> None:
    assert any(told in flaw for flaw in found(make())), found(make())
