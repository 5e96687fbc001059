"""The command line of the console script: its commands, their arguments and options. One description, for reading
it, for --help, and for the completion of the system's shell."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from enum import Enum
from typing import Any

from unitbench import __version__
from unitbench.errors import UsageError

PROTOCOLS = "UNITBENCH_PROTOCOLS"
SHELLS = ("bash", "zsh", "fish")
INSTALLING = """to have it in every new shell:
  bash  unitbench completions bash > ~/.local/share/bash-completion/completions/unitbench
  zsh   unitbench completions zsh > DIR/_unitbench, with DIR a folder of $fpath
  fish  unitbench completions fish > ~/.config/fish/completions/unitbench.fish"""


class Fill(Enum):
    """What an argument is, so that the system's shell can complete it. ``JOINED``: a value stands only behind =, since
    the option may stand alone."""

    FILE = "file"
    FOLDER = "folder"
    SESSION = "session"
    PROTOCOL = "protocol"
    UNIT = "unit"
    OBJECT = "object"
    JOINED = "joined"


class Parser(argparse.ArgumentParser):
    """Says what is wrong in our manner, with exit code 2; and what is wrong with protocol files that were named."""

    tells_refused = True
    """Whether that is said at once: what a person names and never hears of again would be taken for read."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.fills: dict[str, Fill] = {}
        """What an argument or the value of an option is, by its ``dest``, for the completion of the system's shell."""

    def parse_known_args(self, *args: Any, **named: Any) -> Any:
        """As argparse does it; then the places of protocols are looked at, where any is named."""
        found = super().parse_known_args(*args, **named)
        if self.tells_refused and os.environ.get(PROTOCOLS):
            from unitbench import catalogue

            catalogue.refused()
        return found

    def error(self, message: str) -> None:  # type: ignore[override]
        raise UsageError(message, hint=f"{self.prog} --help shows the options")


class _Protocols(argparse.Action):
    """Puts a folder before those of the environment, where a session's keeper finds it as well."""

    def __call__(self, parser: object, namespace: object, values: object, option: object = None) -> None:
        places = [os.path.abspath(str(values)), os.environ.get(PROTOCOLS, "")]
        os.environ[PROTOCOLS] = os.pathsep.join(filter(None, places))


def _new(name: str, about: str) -> Parser:
    prog = f"unitbench {name}".rstrip()
    parser = Parser(prog=prog, description=about, allow_abbrev=False, formatter_class=_formatter)
    parser.add_argument(
        "--protocols",
        action=_Protocols,
        metavar="DIR",
        help=f"take protocol files from this folder too (also {PROTOCOLS})",
    )
    parser.fills["protocols"] = Fill.FOLDER
    return parser


def _formatter(prog: str) -> argparse.HelpFormatter:
    """Help as wide as the terminal. Given the width, argparse does not import shutil, a fifth of the start."""
    return argparse.HelpFormatter(prog, width=_columns() - 2)


def _as_written(prog: str) -> argparse.HelpFormatter:
    """The same, with the epilog's own lines."""
    return argparse.RawDescriptionHelpFormatter(prog, width=_columns() - 2)


def _columns() -> int:
    try:
        return os.get_terminal_size().columns
    except OSError:
        return 80


def session() -> Parser:
    """The shell, or one-shot commands with ``-c``."""
    parser = _new("", "find out what a box with an Ethernet jack is, what it says, how well it keeps time")
    parser.epilog = "commands: " + ", ".join(PARSERS) + "; unitbench COMMAND --help says more"
    parser.add_argument("--version", action="version", version=f"unitbench {__version__}")
    parser.add_argument("-c", dest="line", metavar="'CMD; CMD'", help="perform commands and end")
    parser.add_argument("units", nargs="*", metavar="UNIT", help="a unit's address, or a name of the session")
    parser.add_argument(
        "--ask", action="store_true", help="ask once more where to look, as at the first start"
    )
    parser.add_argument(
        "--plain", action="store_true", help="all by lines, nothing drawn (also UNITBENCH_PLAIN=1)"
    )
    _add_session_options(parser)
    return parser


def _add_session_options(parser: Parser) -> None:
    parser.fills |= {"session": Fill.SESSION, "units": Fill.UNIT, "yes": Fill.JOINED}
    parser.add_argument("--session", metavar="NAME", help="the session to join, started if it is not running")
    parser.add_argument("--sim", action="store_true", help="start simulated units with the session")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument(
        "--yes", default="", metavar="UNIT", help="let a write pass (=UNIT or =N: a disrupting one)"
    )
    parser.add_argument(
        "--timeout", type=_positive, metavar="S", help="how long to wait for an answer, in seconds"
    )
    parser.add_argument(
        "--linger", type=_positive, metavar="S", help="how long the session stays without a view"
    )
    parser.add_argument("--keep", action="store_true", help="the session stays until it is stopped")
    parser.add_argument(
        "--junit",
        default="",
        metavar="FILE",
        help="write what each command of -c or run came to, as JUnit's XML",
    )
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="show what would be sent: wire commands unsent; set, undo and restore read, and change nothing",
    )


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"'{text}' is no number of seconds above 0")
    return value


def run() -> Parser:
    """Commands from a file."""
    parser = _new("run", "perform the commands of a file")
    parser.add_argument("file", help="the file, or - for standard input")
    parser.add_argument("units", nargs="*", metavar="UNIT")
    _add_session_options(parser)
    parser.fills["file"] = Fill.FILE
    return parser


def sim() -> Parser:
    """Simulated units in the foreground."""
    parser = _new("sim", "serve simulated units in the foreground")
    parser.add_argument(
        "file", nargs="?", metavar="FILE.toml", help="units, options, faults, speed, address, ..."
    )
    parser.add_argument(
        "--unit", action="append", default=[], metavar="PROTOCOL=N", help="how many of a kind"
    )
    parser.add_argument("--address", metavar="BLOCK", help="the block of addresses (127.77.0.0/24)")
    parser.add_argument("--port-offset", type=int, metavar="N", help="add N to every port")
    parser.add_argument("--seed", type=int, metavar="N", help="same seed, same behaviour")
    parser.add_argument(
        "--serial", action="append", default=[], metavar="UNIT", help="have this unit on a serial line too"
    )
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="UNIT:FAULT=VALUE,...",
        help="have faults: k1:loss=0.2,delay=50ms",
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="UNIT.OPTION=VALUE", help="an option: r1.reject=silent"
    )
    parser.add_argument("--speed", metavar="N", help="run the units' clocks N times faster")
    parser.epilog, parser.formatter_class = _settings_told(), _as_written
    parser.fills["file"] = Fill.FILE
    return parser


def _settings_told() -> str:
    """The faults and options of simulated units, one a line."""
    from unitbench.catalogue.faults import FAULTS
    from unitbench.catalogue.unit_options import UNIT_OPTIONS
    from unitbench.schema.settings import told

    lines = ["standard input is asked while it runs: state UNIT, or log UNIT [N]"]
    for title, table in (("faults", FAULTS), ("options", UNIT_OPTIONS)):
        lines.append(f"{title} (a unit's name, or all):")
        lines += map(told, table)
    return "\n".join(lines)


def sessions() -> Parser:
    """The sessions that run."""
    parser = _new("sessions", "the sessions that run")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument(
        "--names", action="store_true", help="names alone, without asking whether they still answer"
    )
    return parser


def stop() -> Parser:
    """The end of a session."""
    parser = _new("stop", "end a session: log out, close links, end its simulated units")
    parser.add_argument("name", nargs="?", default="default", metavar="NAME")
    parser.fills["name"] = Fill.SESSION
    return parser


def lab() -> Parser:
    """JupyterLab."""
    parser = _new("lab", "JupyterLab on a session")
    parser.add_argument("notebook", nargs="?", default="", metavar="NOTEBOOK")
    parser.add_argument("--session", default="default", metavar="NAME")
    parser.fills |= {"notebook": Fill.FILE, "session": Fill.SESSION}
    return parser


def decode() -> Parser:
    """Bytes explained."""
    parser = _new("decode", "explain bytes; exit code 1 if they are malformed")
    parser.add_argument(
        "bytes", nargs="*", metavar="HEX", help="bytes, or - for one frame a line on standard input"
    )
    parser.add_argument("--protocol", default="", metavar="P", help="read them as this protocol")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--show-secrets", action="store_true", help="do not mask passwords")
    from unitbench.line.notation import HELP

    parser.epilog, parser.formatter_class = HELP, _as_written
    parser.fills["protocol"] = Fill.PROTOCOL
    return parser


def encode() -> Parser:
    """Commands as bytes."""
    parser = _new("encode", "the bytes that a command becomes; nothing is sent")
    parser.add_argument("command", nargs="+", metavar="COMMAND")
    parser.add_argument("--protocol", default="", metavar="P", help="take the command of this protocol")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--show-secrets", action="store_true", help="do not mask passwords")
    parser.fills["protocol"] = Fill.PROTOCOL
    return parser


def catalogue() -> Parser:
    """The reference."""
    parser = _new("catalogue", "every command, field, range, default, source and status")
    parser.add_argument("protocol", nargs="?", default="", metavar="PROTOCOL")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object a protocol")
    form.add_argument("--markdown", action="store_true", help="the reference")
    form.add_argument(
        "--nmap", action="store_true", help="safe probes and known replies, for nmap --versiondb"
    )
    form.add_argument("--nmap-services", action="store_true", help="names of ports, for nmap --servicedb")
    parser.fills["protocol"] = Fill.PROTOCOL
    return parser


def doctor() -> Parser:
    """What this machine can do."""
    parser = _new("doctor", "what this machine can do, and how to mend what it cannot")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.tells_refused = False  # it has a line for them
    parser.add_argument(
        "unit", nargs="?", default="", metavar="UNIT", help="look at the way to this unit alone"
    )
    parser.fills["unit"] = Fill.UNIT
    return parser


def schema() -> Parser:
    """The JSON schema."""
    parser = _new("schema", "the JSON schema (draft 2020-12) of what --json prints, one object a line")
    parser.add_argument(
        "object", nargs="?", default="", metavar="OBJECT", help="of this one alone, such as exchange"
    )
    parser.fills["object"] = Fill.OBJECT
    return parser


def completions() -> Parser:
    """Completion in the system's shell."""
    parser = _new("completions", "a script that lets your shell complete this command line")
    parser.add_argument(
        "shell", choices=SHELLS, metavar="SHELL", help=f"{', '.join(SHELLS[:-1])} or {SHELLS[-1]}"
    )
    parser.epilog, parser.formatter_class = INSTALLING, _as_written
    return parser


PARSERS: dict[str, Callable[[], Parser]] = {
    "run": run,
    "sim": sim,
    "sessions": sessions,
    "stop": stop,
    "lab": lab,
    "decode": decode,
    "encode": encode,
    "catalogue": catalogue,
    "schema": schema,
    "completions": completions,
    "doctor": doctor,
}
"""The commands of the console script, each with what reads its words."""
