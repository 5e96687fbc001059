"""The settings of a view: one description behind list, checks, help, completion and the configuration file."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest

from tests.support.commands import inside
from tests.support.counterparts import TcpCounterpart
from unitbench import catalogue
from unitbench.catalogue.view_settings import VIEW_SETTINGS
from unitbench.errors import UsageError
from unitbench.line.suggest import suggestions
from unitbench.line.vocabulary import UnitName, Vocabulary
from unitbench.schema import settings, text
from unitbench.schema.settable import names
from unitbench.session.arguments import verified
from unitbench.session.preferences import Preferences
from unitbench.session.spawning import JOURNAL, OFF
from unitbench_shell.cli import main
from unitbench_shell.config import config_file, configure, save, template

NAMES = [setting.name for setting in VIEW_SETTINGS]


def offered(line: str, vocabulary: Vocabulary = Vocabulary()) -> set[str]:  # noqa: B008
    return {item.text for item in suggestions(line, len(line), vocabulary).items}


def test_every_name_is_offered_beside_the_units() -> None:
    known = Vocabulary((UnitName("t1", "dcol", "dcol://127.77.0.21"),))
    assert offered("set ", known) >= {*NAMES, "t1"}


@pytest.mark.parametrize("setting", VIEW_SETTINGS, ids=lambda setting: str(setting.name))
def test_every_value_that_is_offered_is_taken(setting: settings.Setting) -> None:
    found = offered(f"set {setting.name} ")
    assert "default" in found and "save=" in found
    assert found >= {word.text for word in settings.words(setting)}
    for word in found - {"save=", "dry="}:
        verified(f"set {setting.name} {word}", Vocabulary(), secrets=True)


def test_behind_the_value_only_what_keeps_it_is_offered() -> None:
    assert offered("set menu tab ") == {"save=", "dry="}
    assert {"yes", "no"} <= offered("set menu tab save=")


def test_no_field_of_a_unit_has_the_name_of_a_setting() -> None:
    fields = {name for protocol in catalogue.protocols() for name in names(protocol)}
    assert not fields & {*NAMES}


@pytest.mark.parametrize(
    ("line", "place", "says"),
    [
        ("set theme blue", "blue", "not one of auto, dark, light, none"),
        ("set rows 0", "0", "1..16"),
        ("set menu tab off", "off", "takes one value"),
        ("set menu=tab", "menu=tab", "setting of this view"),
        ("set menu tab dry=yes", "menu", "dry="),
        ("set t1 udp_timeout=3 save=yes", "t1", "save="),
        ("set menu tab save=perhaps", "menu", "neither yes nor no"),
    ],
)
def test_what_is_wrong_is_told(line: str, place: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        verified(line, Vocabulary(), secrets=True)
    assert says in caught.value.message and caught.value.hint


def test_a_value_holds_until_the_default_comes_back() -> None:
    mine, told = Preferences(), []
    mine.changed = lambda: told.append(mine["menu"])
    assert mine["menu"] == "typing" and not mine.of(VIEW_SETTINGS[0]).origin
    mine.put("MENU", "tab")
    assert mine["menu"] == "tab" and mine.of(VIEW_SETTINGS[0]).origin
    mine.put("menu", None)
    assert mine["menu"] == "typing" and told == ["tab", "typing"]
    mine.put("timeout", "2s")
    mine.put("bell", True)
    assert mine.seconds("timeout") == 2.0 and mine.on("bell")


# -- the file


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "config.toml"


def written(path: Path, content: str) -> Path:
    path.parent.mkdir()
    path.write_text(content)
    return path


def test_the_template_sets_nothing_and_each_of_its_lines_could_hold() -> None:
    assert tomllib.loads(template()) == {}
    lines = [line.removeprefix("# ") for line in template().splitlines() if " = " in line]
    found = tomllib.loads("\n".join(lines))
    assert [*found] == NAMES
    for setting in VIEW_SETTINGS:
        value = settings.check(setting, found[setting.name])
        assert setting.default is None or value == setting.default
        assert f"# {setting.about}\n" in template()


def test_what_the_file_says_holds(path: Path) -> None:
    mine = Preferences()
    written(path, 'menu = "tab"  # quieter\nrows = 4\ntimeout = "3s"\nbell = true\n')
    assert configure(mine, path) == []
    assert (mine["menu"], mine["rows"], mine["timeout"], mine.on("bell")) == ("tab", 4, 3.0, True)


def test_no_file_is_no_fault(path: Path) -> None:
    assert configure(Preferences(), path) == []


def test_faults_are_told_with_their_lines_and_the_rest_is_used(path: Path) -> None:
    mine = Preferences()
    written(path, '# mine\nmenu = "sideways"\ncolour = "red"\n\nrows = 4\nhints = "off"\n[keys]\nx = 1\n')
    faults = {fault.line: fault for fault in configure(mine, path)}
    assert faults.keys() == {2, 3, 7}
    assert "typing, tab, off" in faults[2].text and "line 2" in faults[2].text
    assert "no setting 'colour'" in faults[3].text and "menu" in faults[3].hint
    assert mine["rows"] == 4 and not mine.on("hints") and mine["menu"] == "typing"


def test_what_is_no_toml_is_told_and_the_lines_that_are_hold(path: Path) -> None:
    mine = Preferences()
    written(path, 'rows = 4\nmenu = tab\nedit = "vi"\n')
    (fault,) = configure(mine, path)
    assert fault.line == 2 and "line 2" in fault.text
    assert (mine["rows"], mine["edit"], mine["menu"]) == (4, "vi", "typing")


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None], ids=["no text", "a folder"])
def test_what_cannot_be_read_is_told(path: Path, content: bytes | None) -> None:
    path.parent.mkdir()
    path.mkdir() if content is None else path.write_bytes(content)
    (fault,) = configure(Preferences(), path)
    assert "cannot be read" in fault.text


def test_saving_keeps_comments_order_and_what_else_stands_there(path: Path) -> None:
    written(path, '# mine\nmenu = "tab"  # quieter\n\nrows = 4\nodd = 1\n[table]\nmenu = "x"\n')
    save(path, {"menu": "off", "edit": "vi", "rows": None})
    assert path.read_text() == (
        '# mine\nmenu = "off"  # quieter\n\n# rows = 16\nodd = 1\nedit = "vi"\n[table]\nmenu = "x"\n'
    )


def test_the_first_saving_writes_the_whole_template(path: Path) -> None:
    save(path, {"theme": "light"})
    assert tomllib.loads(path.read_text()) == {"theme": "light"}
    assert len(path.read_text().splitlines()) == len(template().splitlines())
    assert path.stat().st_mode & 0o777 == 0o600
    save(path, {"theme": None})
    assert path.read_text() == template()
    assert [item.name for item in path.parent.iterdir()] == ["config.toml"]


def test_a_file_behind_a_link_stays_there(path: Path, tmp_path: Path) -> None:
    real = written(tmp_path / "dotfiles" / "ub.toml", "rows = 4\n")
    path.parent.mkdir()
    path.symlink_to(real)
    save(path, {"rows": 5})
    assert path.is_symlink() and real.read_text() == "rows = 5\n"


@pytest.mark.parametrize("content", ["menu = tab\n", 'menu = """\ntab"""\n'], ids=["faulty", "many lines"])
def test_what_cannot_be_changed_safely_is_left_as_it_is(path: Path, content: str) -> None:
    written(path, content)
    with pytest.raises(UsageError, match="left as it is"):
        save(path, {"menu": "tab", "rows": 3})
    assert path.read_text() == content


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        save(tmp_path / "taken" / "config.toml", {"menu": "tab"})


def test_every_value_can_be_kept_and_read_again(path: Path) -> None:
    mine = Preferences()
    for setting in VIEW_SETTINGS:
        for word in settings.words(setting):
            value = settings.parse(setting, word.text)
            save(path, {setting.name: value})
            assert configure(mine, path) == []
            assert mine[setting.name] == value, text.format_value(value)


# -- where nobody types


def performed(capfd: pytest.CaptureFixture[str], line: str) -> str:
    assert main(["--sim", "-c", line]) == 0
    return capfd.readouterr().out


def test_lines_without_a_terminal_set_keep_and_write_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert "rows" in performed(capfd, "set")
    performed(capfd, "set rows 4 save=yes")
    assert tomllib.loads(config_file().read_text()) == {"rows": 4}
    file = tmp_path / "results"
    said = performed(capfd, f"output {file}; SECUR?; set menu tab; units")
    assert file.read_text() == said, "the results alone, as they stand on stdout"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration file of this test's own; what it holds has no effect on other tests."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv(JOURNAL, "")
    monkeypatch.delenv(JOURNAL)
    return config_file()


CHANGE = "set t1 virtual_port=20 udp_timeout=30"


def test_the_file_holds_where_nobody_sits_too(kept: Path, capfd: pytest.CaptureFixture[str]) -> None:
    save(kept, {"rows": 3, "confirm": "always"})
    assert performed(capfd, "set rows").startswith("rows 3, from the configuration file;")
    assert main(["--sim", "-c", CHANGE]) == 5, "it asks, and nobody is there"
    assert main(["--sim", "-c", f"set confirm policy; {CHANGE}"]) == 0, "the line says otherwise"


@pytest.mark.parametrize("how", ["line", "file", "pipe"])
def test_its_time_holds_for_lines_files_and_pipes(
    how: str, kept: Path, tmp_path: Path, runtime: Path
) -> None:
    save(kept, {"timeout": 0.125})
    with TcpCounterpart() as unit:
        line = f"@kramer://127.0.0.1:{unit.port} SECUR?"
        (tmp_path / "lines").write_text(f"{line}\n")
        if how == "pipe":
            ran = inside("--session", "piped", "--json", stdin=f"{line}\n")
        else:
            ran = inside(*(("-c", line) if how == "line" else ("run", str(tmp_path / "lines"))), "--json")
    assert (ran.code, ran.one["outcome"]) == (3, "silent")
    assert "0.125 s" in ran.one["error"]["meaning"], ran.one["error"]


def test_a_faulty_file_is_told_there_and_changes_no_exit_code(
    kept: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    kept.parent.mkdir(parents=True)
    kept.write_text('confirm = "never"\nrows = 4\n')
    assert main(["--sim", "-c", "set rows"]) == 0
    said = capfd.readouterr()
    assert "config.toml, line 1: confirm" in said.err and "config.toml" not in said.out
    assert said.out.startswith("rows 4,")


def test_the_journal_is_left_out_where_the_file_says_so(kept: Path) -> None:
    save(kept, {"journal": "off"})
    assert inside("-c", "set rows").code == 0
    assert os.environ[JOURNAL] == OFF


def test_help_says_which_hold_everywhere() -> None:
    told = {item.name for item in VIEW_SETTINGS if "-c, run and pipes" in settings.meaning(item)}
    assert told == {"confirm", "timeout", "journal"}


def test_all_that_is_set_is_kept_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    performed(capfd, "set bell on save=yes")
    performed(capfd, "set rows 4; set timeout 2s; set menu tab; set menu default; set save=yes")
    assert tomllib.loads(config_file().read_text()) == {"bell": "on", "rows": 4, "timeout": 2}
    performed(capfd, "set bell default; set save=yes")
    assert tomllib.loads(config_file().read_text()) == {"rows": 4, "timeout": 2}
    assert not capfd.readouterr().out
