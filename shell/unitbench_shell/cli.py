"""The console script: arguments, and which part does the work. Imports only what the asked part needs."""

from __future__ import annotations

import argparse
import errno
import gc
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from io import TextIOWrapper

from unitbench.errors import BenchError, UsageError
from unitbench_shell.codes import OK, code_of, complain
from unitbench_shell.parsers import PARSERS, session

PLAIN_YES = "reconfigures"
UNLOOKED = 100_000
"""Objects that the garbage collector lets pass before it looks for cycles. A start makes so many, and they stay:
at the usual 700 it goes through them again and again, a tenth of the time until the first prompt."""
RUN = "run"
NO_ROOM = (errno.ENOSPC, errno.EFBIG, errno.EIO, getattr(errno, "EDQUOT", errno.ENOSPC))
"""What the system says of an output that takes nothing more. Files have a name, and are told where they are written."""
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
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed: nothing comes from there, and what goes there is lost
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115
    # Bytes that are no text, as the system hands them on, could not travel to a keeper.
    words = [os.fsencode(word).decode(errors="replace") for word in argv]
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # what cannot be read or shown in its encoding is no fault
            stream.reconfigure(errors="replace" if stream is sys.stdin else "backslashreplace")
    warnings.showwarning = _warned
    try:
        code = _command(words[0], words[1:]) if words and words[0] in PARSERS else _session(words)
        sys.stdout.flush()
        return code
    except BenchError as error:
        complain(_discreet(error, words))
        return code_of(error)
    except BrokenPipeError:
        _write_no_more()  # whoever read our output has left
        return OK
    except KeyboardInterrupt as stop:
        from unitbench.schema.printable import printable

        print(printable(str(stop)) or "stopped", file=sys.stderr)
        return 130
    except Exception as error:
        if isinstance(error, OSError) and error.errno in NO_ROOM and error.filename is None:
            _write_no_more()
            unwritten = _unwritten(error)
            complain(unwritten)
            return code_of(unwritten)
        if os.environ.get("UNITBENCH_DEBUG"):
            raise
        print(f"unitbench: a fault of ours: {type(error).__name__}: {error}", file=sys.stderr)
        print("  try: the same with UNITBENCH_DEBUG=1 shows where; please report it", file=sys.stderr)
        return FAULT


def _write_no_more() -> None:
    """The interpreter must not complain once more, at exit, of an output that takes nothing."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _unwritten(error: OSError) -> BenchError:
    """That stdout takes nothing; as for any other file that cannot be written."""
    reason = (error.strerror or str(error)).lower()
    return UsageError(f"stdout cannot be written: {reason}", hint="make room; what was written is not all")


def _discreet(error: BenchError, words: Sequence[str]) -> BenchError:
    """The error without what may be a secret among the words of the command line: a ``-c`` may have been forgotten."""
    from unitbench.line.guard import discreet

    if getattr(error, "__notes__", ()):
        return error  # it is about a line of a file, which has no secret in it any more
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


def _session(words: list[str]) -> int:
    """The shell, or one-shot commands with ``-c``."""
    options = session().parse_args(_yes(words))
    options.commands = tuple(PARSERS)
    late = next((word for word in options.units if word in PARSERS), None)
    if late is not None:
        raise UsageError(f"'{late}' is a command of its own", hint=f"it comes first: unitbench {late} ...")
    from unitbench_shell import oneshot

    if options.line is not None:
        return oneshot.line(options)
    return oneshot.shell(options)


def _yes(words: list[str]) -> list[str]:
    """A bare ``--yes`` must not take the word behind it."""
    return [f"--yes={PLAIN_YES}" if word == "--yes" else word for word in words]


def _command(name: str, words: list[str]) -> int:
    """One of the commands; what performs it is imported now."""
    parser = PARSERS[name]()
    if name == "lab":
        from unitbench_shell import lab

        return lab.run(*parser.parse_known_args(words))
    return PERFORMED[name](parser.parse_args(_yes(words) if name == RUN else words))


def _run(options: argparse.Namespace) -> int:
    from unitbench_shell import oneshot

    options.commands = ()
    return oneshot.file(options)


def _sim(options: argparse.Namespace) -> int:
    from unitbench_shell import serve

    return serve.sim(options)


def _sessions(options: argparse.Namespace) -> int:
    if options.names:
        from unitbench_shell import completions

        return completions.session_names()
    from unitbench_shell import keepers

    return keepers.sessions(options)


def _stop(options: argparse.Namespace) -> int:
    from unitbench_shell import keepers

    return keepers.stop(options)


def _decode(options: argparse.Namespace) -> int:
    from unitbench_shell import translate

    return translate.decode(options)


def _encode(options: argparse.Namespace) -> int:
    from unitbench_shell import translate

    return translate.encode(options)


def _catalogue(options: argparse.Namespace) -> int:
    from unitbench_shell import translate

    return translate.catalogue(options)


def _schema(options: argparse.Namespace) -> int:
    from unitbench_shell import translate

    return translate.schema(options)


def _completions(options: argparse.Namespace) -> int:
    from unitbench_shell import completions

    return completions.run(options)


def _doctor(options: argparse.Namespace) -> int:
    from unitbench_shell import doctor

    return doctor.run(options)


PERFORMED: dict[str, Callable[[argparse.Namespace], int]] = {
    RUN: _run,
    "sim": _sim,
    "sessions": _sessions,
    "stop": _stop,
    "decode": _decode,
    "encode": _encode,
    "catalogue": _catalogue,
    "schema": _schema,
    "completions": _completions,
    "doctor": _doctor,
}

if __name__ == "__main__":
    sys.exit(main())
