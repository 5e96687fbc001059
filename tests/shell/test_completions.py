"""The completion of the command line in real shells: bash, zsh and fish read what ``completions`` prints."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.commands import inside
from tests.support.need import need
from unitbench import Session, catalogue
from unitbench.export import schema
from unitbench_shell.completions import commands, schemes
from unitbench_shell.parsers import PARSERS, SHELLS

BREAKS = " \t\n\"'><=;|&(:"
"""What bash takes for the end of a word, as it begins."""
ASK = {
    "bash": 'source "$1"; COMP_WORDBREAKS=$2; COMP_LINE=$3; COMP_POINT=${#3}; '
    '_unitbench; printf "%s\\n" "${COMPREPLY[@]}"',
    "fish": 'source $argv[1]; complete -C "$argv[3]"',
}


KEYS = (
    ("unitbench deco\t", "unitbench decode "),
    ("--protocol qst\t", "--protocol qstation "),
    ("--show\t", "--show-secrets "),
    ("\x15unitbench kramer+ud\t", "unitbench kramer+udp://"),
)
"""What is typed at one prompt, piece by piece, and what stands there then; Ctrl-U clears the line."""


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The scripts, each in a file."""
    folder = tmp_path_factory.mktemp("completions")
    found = {}
    for shell in SHELLS:
        found[shell] = folder / f"unitbench.{shell}"
        found[shell].write_text(inside("completions", shell).out)
    return found


def offered(shell: str, script: Path, line: str) -> set[str]:
    """What a shell offers at the end of a line."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = [need(shell), "-c", ASK[shell], *(["-"] if shell == "bash" else []), str(script), BREAKS, line]
    ran = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=True, env={**os.environ, "PATH": path}
    )
    assert ran.stderr == ""
    return {row.partition("\t")[0] for row in ran.stdout.splitlines() if row}


@pytest.mark.parametrize("shell", sorted(ASK))
@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("unitbench dec", {"decode"}),
        ("unitbench decode --sho", {"--show-secrets"}),
        ("unitbench decode --protocol kr", {"kramer"}),
        ("unitbench catalogue q", {"qstation"}),
        ("unitbench completions ", set(SHELLS)),
        ("unitbench schema sna", {"snapshot"}),
        ("unitbench --sim qs", {"qstation://"}),
        ("unitbench run some.txt vs1:", {"vs1://"}),
        ("unitbench run some.txt k1 --dry", {"--dry-run"}),
        ("unitbench sessions --", {"--help", "--json", "--names", "--protocols"}),
        ("unitbench stop nosuch", set()),
    ],
)
def test_words_and_options(shell: str, scripts: dict[str, Path], line: str, wanted: set[str]) -> None:
    found = offered(shell, scripts[shell], line)
    if shell == "bash" and line.endswith(":"):
        wanted = {word.partition(":")[2] for word in wanted}  # what bash puts behind the colon
    if shell == "fish" and " run " in line:
        found &= wanted  # it offers files as well, wherever a command takes one
    assert found == wanted


@pytest.mark.parametrize("shell", sorted(ASK))
def test_every_command_is_offered(shell: str, scripts: dict[str, Path]) -> None:
    assert set(PARSERS) <= offered(shell, scripts[shell], "unitbench ")


@pytest.mark.parametrize("shell", sorted(ASK))
def test_files_and_sessions(shell: str, scripts: dict[str, Path], tmp_path: Path, runtime: Path) -> None:
    (tmp_path / "morning.txt").touch()
    assert offered(shell, scripts[shell], f"unitbench run {tmp_path}/mor") == {f"{tmp_path}/morning.txt"}
    with Session.attach("tabbed"):
        assert offered(shell, scripts[shell], "unitbench --session tab") == {"tabbed"}
        assert offered(shell, scripts[shell], "unitbench stop ") == {"tabbed"}


@pytest.mark.parametrize(
    ("shell", "options", "ready"),
    [
        ("bash", ["--norc", "--noprofile", "-i"], "source {}"),
        ("zsh", ["-f", "-i"], "unsetopt beep; autoload -U compinit; compinit -u -D; source {}"),
    ],
)
def test_keys_at_a_real_prompt(
    shell: str, options: list[str], ready: str, scripts: dict[str, Path], tmp_path: Path
) -> None:
    need("pexpect")
    import pexpect

    env = {**os.environ, "ZDOTDIR": str(tmp_path), "TERM": "dumb"}
    typed = pexpect.spawn(need(shell), options, timeout=20, encoding="utf-8", env=env)
    try:
        typed.sendline(f"{ready.format(scripts[shell])}; PS1='ready''> '")
        typed.expect_exact("ready> ")
        for keys, line in KEYS:
            typed.send(keys)
            typed.expect_exact(line)
    finally:
        typed.close(force=True)


def test_the_scripts_know_all_that_the_parsers_know() -> None:
    found = {command.name: command for command in commands()}
    assert set(found) == {"", *PARSERS}
    assert {"--session", "--sim", "--json", "-c"} <= {
        name for option in found[""].options for name in option.names
    }
    assert found["decode"].options[-1].about, "options have their meaning"
    words = {word for command in found.values() for taken in command.args for word in taken.words}
    assert {*catalogue.names(), *(f"{scheme}://" for scheme in schemes()), *schema.names()} <= words


def test_a_shell_that_is_not_known_is_an_error() -> None:
    ran = inside("completions", "tcsh")
    assert ran.code == 2 and "bash" in ran.err and "fish" in ran.err
