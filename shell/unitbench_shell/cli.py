"""The console script: arguments, and which part does the work. Imports only what the asked part needs."""

from __future__ import annotations

import argparse
import gc
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from typing import Any

from unitbench import __version__
from unitbench.errors import BenchError, UsageError
from unitbench_shell.codes import OK, code_of, complain

PLAIN_YES = "reconfigures"
UNLOOKED = 100_000
"""Objects that the garbage collector lets pass before it looks for cycles. A start makes so many, and they stay:
at the usual 700 it goes through them again and again, a tenth of the time until the first prompt."""
PROTOCOLS = "UNITBENCH_PROTOCOLS"
FAULT = 70
"""Exit code for a fault of ours (EX_SOFTWARE of sysexits.h)."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the console script; returns its exit code. Without ``argv`` the process is ours, from start to end."""
    if argv is not None:
        return _perform(argv)
    gc.set_threshold(UNLOOKED)
    try:
        return _perform(sys.argv[1:])
    finally:
        gc.freeze()  # all goes with the process: at its end the interpreter need not look for cycles


def _perform(argv: Sequence[str]) -> int:
    # Bytes that are no text, as the system hands them on, could not travel to a keeper.
    words = [os.fsencode(word).decode(errors="replace") for word in argv]
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # what cannot be read or shown in its encoding is no fault
            stream.reconfigure(errors="replace" if stream is sys.stdin else "backslashreplace")
    warnings.showwarning = _warned
    try:
        if words and words[0] in COMMANDS:
            return COMMANDS[words[0]](words[1:])
        return _session(words)
    except BenchError as error:
        complain(_discreet(error, words))
        return code_of(error)
    except BrokenPipeError:
        # Whoever read our output has left; the interpreter must not complain of it once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    except Exception as error:
        if os.environ.get("UNITBENCH_DEBUG"):
            raise
        print(f"unitbench: a fault of ours: {type(error).__name__}: {error}", file=sys.stderr)
        print("  try: the same with UNITBENCH_DEBUG=1 shows where; please report it", file=sys.stderr)
        return FAULT


def _discreet(error: BenchError, words: Sequence[str]) -> BenchError:
    """The error without what may be a secret among the words of the command line: a ``-c`` may have been forgotten."""
    from unitbench.line.guard import discreet

    for typed in filter(None, (part for word in words for part in (word, word.partition("=")[2]))):
        error.message = error.message.replace(typed, discreet(typed))
    return error


def _warned(
    message: Warning | str,
    category: object,
    filename: str,
    lineno: int,
    file: object = None,
    line: object = None,
) -> None:
    """What a library has to remark, in our manner: above all that a protocol file is refused."""
    complain(BenchError(str(message)))


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in our manner, with exit code 2; and what is wrong with protocol files that were named."""

    tells_refused = True
    """Whether that is said at once: what a person names and never hears of again would be taken for read."""

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


def _parser(name: str, about: str) -> _Parser:
    prog = f"unitbench {name}".rstrip()
    parser = _Parser(prog=prog, description=about, allow_abbrev=False, formatter_class=_formatter)
    parser.add_argument(
        "--protocols",
        action=_Protocols,
        metavar="DIR",
        help=f"take protocol files from this folder too (also {PROTOCOLS})",
    )
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


def _session(words: list[str]) -> int:
    """The shell, or one-shot commands with ``-c``."""
    parser = _parser("", "find out what a box with an Ethernet jack is, what it says, how well it keeps time")
    parser.epilog = "commands: " + ", ".join(COMMANDS) + "; unitbench COMMAND --help says more"
    parser.add_argument("--version", action="version", version=f"unitbench {__version__}")
    parser.add_argument("-c", dest="line", metavar="'CMD; CMD'", help="perform commands and end")
    parser.add_argument("units", nargs="*", metavar="UNIT", help="a unit's address, or a name of the session")
    parser.add_argument("--ask", action="store_true", help="ask once more where to look, as at the first start")
    parser.add_argument(
        "--plain", action="store_true", help="all by lines, nothing drawn (also UNITBENCH_PLAIN=1)"
    )
    _add_session_options(parser)
    options = parser.parse_args(_yes(words))
    options.commands = tuple(COMMANDS)
    late = next((word for word in options.units if word in COMMANDS), None)
    if late is not None:
        raise UsageError(f"'{late}' is a command of its own", hint=f"it comes first: unitbench {late} ...")
    from unitbench_shell import oneshot

    if options.line is not None:
        return oneshot.line(options)
    return oneshot.shell(options)


def _add_session_options(parser: argparse.ArgumentParser) -> None:
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
        "--dry-run",
        action="store_true",
        help="show what would be sent: wire commands unsent; set, undo and restore read, and change nothing",
    )


def _yes(words: list[str]) -> list[str]:
    """A bare ``--yes`` must not take the word behind it."""
    return [f"--yes={PLAIN_YES}" if word == "--yes" else word for word in words]


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"'{text}' is no number of seconds above 0")
    return value


def _run(words: list[str]) -> int:
    parser = _parser("run", "perform the commands of a file")
    parser.add_argument("file", help="the file, or - for standard input")
    parser.add_argument("units", nargs="*", metavar="UNIT")
    _add_session_options(parser)
    options = parser.parse_args(_yes(words))
    options.commands = ()
    from unitbench_shell import oneshot

    return oneshot.file(options)


def _sim(words: list[str]) -> int:
    parser = _parser("sim", "serve simulated units in the foreground")
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
    from unitbench_shell import serve

    return serve.sim(parser.parse_args(words))


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


def _sessions(words: list[str]) -> int:
    parser = _parser("sessions", "the sessions that run")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    from unitbench_shell import keepers

    return keepers.sessions(parser.parse_args(words))


def _stop(words: list[str]) -> int:
    parser = _parser("stop", "end a session: log out, close links, end its simulated units")
    parser.add_argument("name", nargs="?", default="default", metavar="NAME")
    from unitbench_shell import keepers

    return keepers.stop(parser.parse_args(words))


def _lab(words: list[str]) -> int:
    parser = _parser("lab", "JupyterLab on a session")
    parser.add_argument("notebook", nargs="?", default="", metavar="NOTEBOOK")
    parser.add_argument("--session", default="default", metavar="NAME")
    options, more = parser.parse_known_args(words)
    from unitbench_shell import lab

    return lab.run(options, more)


def _decode(words: list[str]) -> int:
    parser = _parser("decode", "explain bytes; exit code 1 if they are malformed")
    parser.add_argument(
        "bytes", nargs="*", metavar="HEX", help="bytes, or - for one frame a line on standard input"
    )
    parser.add_argument("--protocol", default="", metavar="P", help="read them as this protocol")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--show-secrets", action="store_true", help="do not mask passwords")
    from unitbench.line.notation import HELP
    from unitbench_shell import translate

    parser.epilog, parser.formatter_class = HELP, _as_written
    return translate.decode(parser.parse_args(words))


def _encode(words: list[str]) -> int:
    parser = _parser("encode", "the bytes that a command becomes; nothing is sent")
    parser.add_argument("command", nargs="+", metavar="COMMAND")
    parser.add_argument("--protocol", default="", metavar="P", help="take the command of this protocol")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--show-secrets", action="store_true", help="do not mask passwords")
    from unitbench_shell import translate

    return translate.encode(parser.parse_args(words))


def _catalogue(words: list[str]) -> int:
    parser = _parser("catalogue", "every command, field, range, default, source and status")
    parser.add_argument("protocol", nargs="?", default="", metavar="PROTOCOL")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object a protocol")
    form.add_argument("--markdown", action="store_true", help="the reference")
    form.add_argument(
        "--nmap", action="store_true", help="safe probes and known replies, for nmap --versiondb"
    )
    form.add_argument("--nmap-services", action="store_true", help="names of ports, for nmap --servicedb")
    from unitbench_shell import translate

    return translate.catalogue(parser.parse_args(words))


def _doctor(words: list[str]) -> int:
    parser = _parser("doctor", "what this machine can do, and how to mend what it cannot")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.tells_refused = False  # it has a line for them
    from unitbench_shell import doctor

    return doctor.run(parser.parse_args(words))


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "run": _run,
    "sim": _sim,
    "sessions": _sessions,
    "stop": _stop,
    "lab": _lab,
    "decode": _decode,
    "encode": _encode,
    "catalogue": _catalogue,
    "doctor": _doctor,
}

if __name__ == "__main__":
    sys.exit(main())
