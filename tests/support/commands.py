"""The console script as its users run it: a process of its own, its output parsed, nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from unitbench_shell.cli import main

SCRIPT = str(Path(sys.executable).with_name("unitbench"))
PATIENCE_S = 60


@dataclass(frozen=True)
class Ran:
    """What a run gave."""

    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """The objects on stdout, one a line; every line must be one."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def exchanges(self) -> list[dict[str, Any]]:
        """The exchanges among them."""
        return [item for item in self.objects if item["type"] == "exchange"]

    @property
    def one(self) -> dict[str, Any]:
        """The only object."""
        (found,) = self.objects
        return found


def unitbench(*words: str, stdin: str | bytes = "", env: Mapping[str, str] | None = None) -> Ran:
    """Run the console script to its end. ``env`` are changes to the environment."""
    given = stdin.encode() if isinstance(stdin, str) else stdin
    ran = subprocess.run(
        [SCRIPT, *words],
        input=given,
        capture_output=True,
        timeout=PATIENCE_S,
        env={**os.environ, **(env or {})},
        check=False,
    )
    return Ran(ran.returncode, ran.stdout.decode(), ran.stderr.decode())


def inside(*words: str, stdin: str = "") -> Ran:
    """The console script's function in this process: the same, ten times as quick."""
    out, err, given = StringIO(), StringIO(), sys.stdin
    sys.stdin = StringIO(stdin)
    try:
        with redirect_stdout(out), redirect_stderr(err):
            try:
                code = main(words)
            except SystemExit as ended:
                code = int(ended.code or 0)
    finally:
        sys.stdin = given
    return Ran(code, out.getvalue(), err.getvalue())


class Process:
    """The console script while it runs; ended with its block, if it has not ended by itself."""

    def __init__(
        self,
        *words: str,
        env: Mapping[str, str] | None = None,
        limit: str = "",
        stdout: int = subprocess.PIPE,
        talks: bool = False,
    ) -> None:
        command = [SCRIPT, *words]
        if limit:
            command = ["bash", "-c", f'{limit}; exec "$@"', "bash", *command]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE if talks else subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **(env or {})},
        )

    def lines_until(self, last: str) -> list[str]:
        """The lines of stdout before the line ``last``; fails where the process ends first."""
        assert self.process.stdout is not None
        lines = []
        for line in self.process.stdout:
            if line.rstrip("\n") == last:
                return lines
            lines.append(line.rstrip("\n"))
        raise AssertionError(f"{last!r} never came, but {lines} and {self.end()}")

    def say(self, text: str) -> None:
        """Write to its standard input, where it ``talks``."""
        assert self.process.stdin is not None
        self.process.stdin.write(text)
        self.process.stdin.flush()

    def end(self, number: int | None = None) -> Ran:
        """Wait for the end, after a signal if one is given."""
        if number is not None:
            self.process.send_signal(number)
        out, err = self.process.communicate(timeout=PATIENCE_S)
        return Ran(self.process.returncode, out or "", err)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(PATIENCE_S)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


class SimProcess(Process):
    """``unitbench sim`` in a block that nobody else has, ready when the constructor returns."""

    def __init__(
        self,
        *words: str,
        block: str = "",
        env: Mapping[str, str] | None = None,
        limit: str = "",
        talks: bool = False,
    ) -> None:
        self.block = block or free_block()
        super().__init__("sim", "--address", self.block, *words, env=env, limit=limit, talks=talks)
        try:
            self.endpoints = [line.split() for line in self.lines_until("ready")]
        except BaseException:
            self.__exit__(None, None, None)
            raise

    def host(self, unit: str) -> str:
        """The address of a unit."""
        return next(row[3].partition(":")[0] for row in self.endpoints if row[0] == unit)

    def stop(self) -> Ran:
        """End it as a service manager does."""
        return self.end(signal.SIGTERM)


_taken: set[str] = set()


def free_block() -> str:
    """A /24 block whose usual addresses nobody has, another one at each call."""
    for number in range(os.getpid(), os.getpid() + 40 * 256):
        prefix = f"127.{79 + number // 256 % 40}.{number % 256}"
        if prefix in _taken or not all(_free(kind, f"{prefix}.{last}", port) for kind, last, port in USUAL):
            continue
        _taken.add(prefix)
        return f"{prefix}.0/24"
    raise AssertionError("no block is free")


def free_wide_block() -> str:
    """A /16 block of which nobody has the first addresses, apart from those of ``free_block``."""
    for number in range(os.getpid(), os.getpid() + 100):
        prefix = f"127.{120 + number % 100}"
        if all(_free(kind, f"{prefix}.0.{last}", port) for kind, last, port in USUAL[:3]):
            return f"{prefix}.0.0/16"
    raise AssertionError("no block is free")


USUAL = (
    (socket.SOCK_STREAM, 11, 5000),
    (socket.SOCK_STREAM, 21, 5017),
    (socket.SOCK_DGRAM, 31, 5565),
    (socket.SOCK_DGRAM, 255, 5565),
)


def _free(kind: socket.SocketKind, host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET, kind) as sock:
        if kind is socket.SOCK_STREAM:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((host, port))
        except OSError:
            return False
    return True
