"""Twisted's FTP server, in a process of its own: ``store(folder)`` starts one that takes files.

The program itself: ``python -m tests.support.ftp_store HOST FOLDER ACCOUNT``, the password on stdin; it prints
its port. Twisted because the simulated units serve FTP by pyftpdlib, which should not be its own judge.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ACCOUNT, PASSWORD = "store", "backup-secret-1"
ROOT = Path(__file__).parents[2]


@contextmanager
def store(folder: Path, host: str = "127.0.0.1", *, prefix: tuple[str, ...] = ()) -> Iterator[str]:
    """Runs for the block; host and port. Files of the account end up below ``folder``/``ACCOUNT``."""
    (folder / ACCOUNT).mkdir(exist_ok=True)
    command = [*prefix, sys.executable, "-m", __name__, host, str(folder), ACCOUNT]
    with subprocess.Popen(
        command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(PASSWORD + "\n")
        process.stdin.flush()
        try:
            yield f"{host}:{int(process.stdout.readline())}"
        finally:
            process.terminate()


def saved(folder: Path) -> dict[str, bytes]:
    """What the account has stored, by name."""
    home = folder / ACCOUNT
    return {p.relative_to(home).as_posix(): p.read_bytes() for p in home.rglob("*") if p.is_file()}


def main(host: str, folder: str, account: str) -> None:
    """Serve until the process is ended."""
    from twisted.cred.checkers import InMemoryUsernamePasswordDatabaseDontUse
    from twisted.cred.portal import Portal
    from twisted.internet import reactor
    from twisted.protocols.ftp import FTPFactory, FTPRealm

    users = InMemoryUsernamePasswordDatabaseDontUse()
    users.addUser(account, sys.stdin.readline().strip())
    factory = FTPFactory(Portal(FTPRealm(anonymousRoot="/nonexistent", userHome=folder), [users]))
    port = reactor.listenTCP(0, factory, interface=host)  # type: ignore[attr-defined]
    print(port.getHost().port, flush=True)
    reactor.run()  # type: ignore[attr-defined]


if __name__ == "__main__":
    main(*sys.argv[1:])
