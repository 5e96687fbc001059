"""The file of aliases and saved requests: readable, private, mended by hand, never with a password."""

from __future__ import annotations

import os
import stat
import tomllib
import warnings

import pytest

from unitbench.errors import UsageError
from unitbench.line.vocabulary import Macro
from unitbench.session import saved

PORT = Macro("port", "0Eh", True)
GET = Macro("get-port", '0Eh $vport # "quoted" \\ \x7f é', parameters=(("vport", None), ("mode", "TCP x")))


@pytest.fixture(autouse=True)
def _folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))


def test_what_is_kept_comes_back() -> None:
    assert saved.load() == ()
    assert saved.keep(GET) is None
    assert saved.keep(PORT) is None
    assert saved.load() == (PORT, GET)
    assert saved.keep(Macro("port", "0Ch", True)) == PORT
    assert saved.forget("port", alias=True).text == "0Ch"
    assert saved.load() == (GET,)
    with pytest.raises(UsageError, match="there is no alias port"):
        saved.forget("port", alias=True)
    with pytest.raises(UsageError, match="there is no alias get-port"):
        saved.forget("get-port", alias=True)


def test_the_file_is_the_user_s_alone_and_plain_to_read() -> None:
    before = os.umask(0)
    try:
        saved.keep(PORT)
    finally:
        os.umask(before)
    assert stat.S_IMODE(saved.file().stat().st_mode) == 0o600
    assert stat.S_IMODE(saved.file().parent.stat().st_mode) == 0o700
    assert tomllib.loads(saved.file().read_text()) == {"alias": {"port": "0Eh"}}
    assert [path.name for path in saved.file().parent.iterdir()] == ["saved.toml"], "no draft is left"


@pytest.mark.parametrize(
    "text",
    [
        "alias = 3",
        "[alias]\nport = 3",
        "[alias]\n'1x' = 'SECUR?'",
        "[alias]\nport = ''",
        '[alias]\nport = "a\\nb"',
        "[saved.x]\nwith = []",
        "[saved.x]\nline = 'SECUR?'\nwith = ['v']",
        "[saved.x]\nline = 'SECUR?'\nwith = ['$unit']",
        "[saved.x]\nline = 'SECUR?'\nelse = 1",
        "[more]",
        "[alias]\nx = 'SECUR?'\n[saved.x]\nline = 'SECUR?'",
        "no toml",
    ],
)
def test_a_file_that_was_broken_by_hand_is_told_of_and_left_alone(text: str) -> None:
    saved.keep(PORT)
    saved.file().write_text(text)
    with pytest.raises(UsageError, match=r"saved\.toml"):
        saved.keep(GET)
    assert saved.file().read_text() == text
    kept = saved.Kept()
    with pytest.warns(UserWarning, match="no alias and no saved request is known"):
        assert kept.macros() == ()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert kept.macros() == (), "it is told once"


def test_what_another_view_keeps_is_known_here() -> None:
    kept = saved.Kept()
    assert kept.macros() == ()
    saved.keep(PORT)
    assert kept.macros() == (PORT,)
    assert kept.macros() is kept.macros()
    saved.forget("port", alias=True)
    assert kept.macros() == ()
