"""The menu and Tab on a prompt without a terminal: keys in, the line out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from prompt_toolkit import PromptSession
from prompt_toolkit.application import create_app_session
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.keys import Keys
from prompt_toolkit.output import DummyOutput

from tests.support.lines import UNITS
from unitbench_shell.completer import LineCompleter
from unitbench_shell.keys import bindings
from unitbench_shell.menu import Choices, Menu, Nobody

TO_START, RIGHT = "\x01", "\x1b[C"


@pytest.fixture
def typed() -> Iterator[Callable[[str], str]]:
    """Type keys and Enter; gives the line."""
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        prompt: PromptSession[str] = PromptSession(completer=Nobody())
        prompt.key_bindings = bindings(Menu(prompt, LineCompleter(lambda: UNITS)))

        def typed(keys: str) -> str:
            pipe.send_text(f"{keys}\r")
            return prompt.prompt()

        yield typed


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("SEC\t", "SECUR?"),
        (f"getlZZ foo{TO_START}{RIGHT * 4}\t", "GETLIFESIGNAL foo"),
        (f"LOGXX USER{TO_START}{RIGHT * 3}\t\t", "LOGIN USER"),
        (f"LOGXX USER{TO_START}{RIGHT * 3}\t\t\t", "LOGIN? USER"),
        (f"10h mode=TX active=1{TO_START}{RIGHT * 10}\t", "10h mode=TCP active=1"),
        ("dvcsnc\t", "DEVICESYNC"),
        ("use k\x1b[Dzz\t", "use zzk"),
    ],
)
def test_tab_replaces_the_word_at_the_cursor(typed: Callable[[str], str], keys: str, line: str) -> None:
    assert typed(keys) == line


def test_tab_completes_the_names_of_files(typed: Callable[[str], str], tmp_path: Path) -> None:
    (tmp_path / "before.toml").touch()
    (tmp_path / "a b").mkdir()
    (tmp_path / ".hidden").touch()
    assert typed(f"compare {tmp_path}/bef\t") == f"compare {tmp_path}/before.toml"
    assert typed(f"compare {tmp_path}/a\t") == f"compare '{tmp_path}/a b/'"
    assert typed(f"compare {tmp_path}/hid\t") == f"compare {tmp_path}/hid"
    assert typed(f"compare {tmp_path}/nowhere/x\t") == f"compare {tmp_path}/nowhere/x"


@pytest.mark.parametrize("verb", ["tee", "output"])
def test_tab_adds_files_to_the_menu_that_opened_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "said.txt").touch()

    async def pressed() -> None:
        prompt: PromptSession[str] = PromptSession(completer=Nobody())
        menu = Menu(prompt, LineCompleter(lambda: UNITS))
        buffer = prompt.default_buffer
        buffer.document = Document(f"{verb} ")
        menu.show(menu.completer.candidates(buffer.document))
        (tab,) = bindings(menu).get_bindings_for_keys((Keys.Tab,))
        for _ in range(2):
            tab.handler(SimpleNamespace(current_buffer=buffer))  # type: ignore[arg-type]
            assert isinstance(buffer.complete_state, Choices)
            assert [item.text for item in buffer.complete_state.found] == ["said.txt", "off"]
        assert buffer.text == f"{verb} said.txt", "the second one goes on in it"

    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        asyncio.run(pressed())


def test_the_disk_is_not_looked_at_while_typing(tmp_path: Path) -> None:
    (tmp_path / "before.toml").touch()
    line = f"compare {tmp_path}/bef"
    completer = LineCompleter(lambda: UNITS)
    assert completer.candidates(Document(line)) == []
    assert [item.text for item in completer.candidates(Document(line), files=True)] == [
        f"{tmp_path}/before.toml"
    ]


def test_choices_cover_their_whole_word() -> None:
    document = Document("LOGIN US,x", 8)
    choices = Choices(document, LineCompleter(lambda: UNITS).candidates(document))
    assert choices.new_text_and_position() == ("LOGIN US,x", 8)
    choices.go_to_index(0)
    assert choices.new_text_and_position() == ("LOGIN USER,x", 10)


@pytest.mark.parametrize("while_typing", [True, False])
def test_it_opens_while_typing_or_only_with_tab(while_typing: bool) -> None:
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        prompt: PromptSession[str] = PromptSession(completer=Nobody())
        Menu(prompt, LineCompleter(lambda: UNITS), while_typing=while_typing)
        seen: list[bool] = []

        def rendered(app: object) -> None:
            if prompt.default_buffer.text == "LOG" and not seen:
                seen.append(prompt.default_buffer.complete_state is not None)
                pipe.send_text("\r")

        prompt.app.after_render += rendered
        pipe.send_text("LOG")
        assert prompt.prompt() == "LOG"
    assert seen == [while_typing]
