"""Help that teaches: every example that it shows runs on the simulated units, and what it says of it is so."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

import unitbench
from tests.support.commands import inside
from tests.support.terminal import Terminal
from unitbench import Session, catalogue
from unitbench.catalogue.verbs import ALONE, FIRST_STEPS
from unitbench.errors import UnknownCommand
from unitbench.schema.records import Command, Protocol
from unitbench.schema.verbs import Example
from unitbench.session.console import Console
from unitbench.session.help.pages import HelpPage, about, overview, render
from unitbench.session.help.trial import answer
from unitbench.session.items import Leave
from unitbench.session.model import Exchange
from unitbench_shell.codes import OK
from unitbench_shell.output import code_of_item
from unitbench_shell.pager import KEPT_FREE

COMMANDS = [
    pytest.param(protocol, command, id=f"{protocol.name} {command.name}")
    for protocol in map(catalogue.protocol, catalogue.NAMES)
    for command in protocol.commands
]
VERBS = [
    pytest.param(example, id=example.line) for verb in catalogue.own_verbs() for example in verb.examples
]
STEPS = [pytest.param(example, id=example.line) for example in (*FIRST_STEPS, *ALONE)]
SCREEN = 24
NARROW = 40


def items(session: Session, lines: tuple[str, ...]) -> list[object]:
    """What a console gives for lines, one after the other; only that of the last one."""
    console = Console(session)
    for line in lines[:-1]:
        list(console.run(line))
    return list(console.run(lines[-1]))


@pytest.mark.parametrize(("protocol", "command"), COMMANDS)
def test_every_example_of_a_command_is_answered(protocol: Protocol, command: Command) -> None:
    for line in command.examples:
        with Session.local(sim=True) as session:
            found = [item for item in items(session, (*command.first, line)) if isinstance(item, Exchange)]
            assert [item.outcome for item in found] == ["ok"], (line, found)
            assert all(reply.status == "ok" for reply in found[0].replies)
    if found[0].replies:  # what help shows is what a unit on the network says, but for its address
        shown = answer(protocol.name, command.name)
        assert [each.name for each in shown] == [protocol_name(protocol, found[0])]


def protocol_name(protocol: Protocol, exchange: Exchange) -> str:
    """The report that answered an exchange."""
    from unitbench.schema.records import Role
    from unitbench.wire import codec_of

    return codec_of(protocol.name).dissect(exchange.replies[0].data, Role.UNIT).name


@pytest.mark.parametrize("example", [*VERBS, *STEPS])
def test_every_example_of_a_verb_runs(
    example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with Session.local(sim=True) as session:
        found = items(session, (*example.first, example.line))
    codes = [code_of_item(item) for item in found if not isinstance(item, Leave)]
    assert set(codes) <= {OK}, found


def test_every_verb_has_examples_and_a_task() -> None:
    assert [verb.name for verb in catalogue.own_verbs() if not verb.examples or not verb.task] == []


@pytest.mark.parametrize("units", [True, False])
def test_the_overview_fits_a_screen_and_names_every_verb(units: bool) -> None:
    text = render(overview(units=units), 80)
    assert len(text.splitlines()) <= SCREEN - KEPT_FREE, "the line that was typed and the next prompt stay"
    words = set(text.replace(",", " ").replace(":", " ").split())
    assert {verb.name.partition(" ")[0] for verb in catalogue.own_verbs()} <= words
    assert set(catalogue.NAMES) <= words


def pages() -> list[HelpPage]:
    """Every page there is without a session."""
    topics = [verb.name for verb in catalogue.own_verbs()]
    for protocol in catalogue.protocols():
        topics += [protocol.name, *(command.name for command in protocol.commands)]
        topics += [code.text for code in protocol.codes]
    return [overview(), *map(about, topics)]


@pytest.mark.parametrize("width", [NARROW, 80])
def test_every_page_fits_the_terminal(width: int) -> None:
    for page in pages():
        wide = [line for line in render(page, width).splitlines() if len(line) > width]
        assert wide == [], page.title


def test_a_command_is_explained_with_all_that_is_known_of_it() -> None:
    text = render(about("login"), 100)
    for told in (
        "open a unit session at an access level",
        "USER    the user's access level",
        "0..15 ASCII characters",
        "left out, it is asked for hidden",
        "31 32 33 34     password 1234",
        "~01@LOGIN USER OK",
        "never asks",
        "ERR004",
        "related    LOGIN?, LOGOUT",
        "003_253d83b04d5e5e3b.txt, Security commands (documented)",
        "left open",
    ):
        assert told in text, told


def test_bytes_of_an_example_are_told_field_by_field_and_none_is_left_out() -> None:
    page = about("AEh 10h")
    (part,) = [part for part in page.sections if part.title == "its bytes"]
    assert ("13 9A", "ip_port 5018") in part.rows
    assert [what for what, _ in part.rows][:4] == ["02", "00", "AE", "14"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("help set", "UNIT"),
        ("help 'sim fault'", "delay"),
        ("help sim fault", "delay"),
        ("help AEh 0Eh", "Trimble DCOL: AEh 0Eh"),
        ("help vs1", "49495"),
        ("help k1", "@k1 "),
        ("help ERR004", "unauthorized"),
        ("help netmask", "help AEh 02h"),
        ("help passwrd; help LOGIN", "LOGIN"),
        ("?", "try first"),
        ("AEh ?", "0Ch  get IP port summary"),
        ("LOGIN ?", "ADMIN"),
        ("LOGIN USER ?", "password"),
        ("AEh 10h virtual_port=20 active=1 ?", "ip_port"),
        ("SECUR? ?", "nothing is missing"),
        ("@q1 ?", "DEVICEIDENT?"),
        ("use ?", "k1"),
        ("listen v1 ?", "10m"),
        ("decode ?", "in any notation"),
    ],
)
def test_what_is_asked_is_told(line: str, told: str) -> None:
    ran = inside("--sim", "-c", line)
    if "passwrd" in line:
        assert (ran.code, ran.out) == (2, ""), (
            "what help knows nothing of keeps the line from being performed"
        )
        assert "password" not in ran.err
        return
    assert (ran.code, told in ran.out) == (0, True), ran


def test_what_nothing_is_known_of_is_an_error_that_names_what_is_near() -> None:
    with pytest.raises(UnknownCommand) as caught:
        about("LOGON")
    assert caught.value.near == "LOGIN"
    assert "help LOGIN" in render(about("LOGN")), "letters that are all there, in their order"
    assert inside("-c", "help xyzzy").code == 2


def test_a_unit_that_is_not_known_is_said_at_its_turn() -> None:
    ran = inside("-c", "help k7")
    assert ran.code == 2 and "k7" in ran.err


def test_a_password_in_a_question_is_not_repeated() -> None:
    for line in (
        "LOGIN USER,wrong-horse-9 ?",
        "help LOGIN USER,wrong-horse-9",
        "help wrong LOGIN wrong-horse-9",
    ):
        ran = inside("-c", line)
        assert "wrong-horse-9" not in ran.out + ran.err, line


def test_a_page_is_one_object() -> None:
    page = inside("-c", "help SECUR?", "--json").one
    assert (page["type"], page["about"]) == ("help", "read the security flag")
    assert {"what": "SECUR?", "about": ""} in [row for part in page["sections"] for row in part["rows"]]


@pytest.mark.needs("pexpect")
@pytest.mark.parametrize("columns", [40, 80])
def test_on_a_real_terminal_help_and_doctor_stay_within_it(columns: int, runtime: Path) -> None:
    with Terminal("--session", "narrow", "--sim", "--plain", columns=columns) as shell:
        shell.until("unitbench [")
        for line, last in (("help", "effects"), ("LOGIN ?", "all of it"), ("doctor k1", "all is there")):
            shell.type(f"{line}\r")
            shell.until(last)
            shell.until(lambda: shell.line.startswith("unitbench ["))
        assert "Traceback" not in shell.text


def test_the_example_of_the_package_runs() -> None:
    found = doctest.testmod(unitbench)
    assert (found.attempted > 0, found.failed) == (True, 0)
