"""Another user of the machine: Python as ``nobody``, from a process that may change its user."""

from __future__ import annotations

import json
import os
import pwd
import subprocess
import sys
from functools import cache
from typing import Any

USER = "nobody"
# All is imported before the change: the other user may not be able to read our Python.
PRELUDE = """
import encodings.idna, json, os, socket, sys
user, group, arguments = json.loads(sys.argv[1])
if user != os.getuid():
    os.setgroups([])
    os.setgid(group)
    os.setuid(user)

def tried(what, *given):
    try:
        return repr(what(*given))
    except OSError as error:
        return type(error).__name__
"""


@cache
def able() -> bool:
    """Whether we can become somebody else."""
    if os.geteuid() != 0:
        return False
    try:
        return bool(done_by(pwd.getpwnam(USER), "print(json.dumps(os.getuid()))") != 0)
    except (KeyError, subprocess.CalledProcessError):
        return False


def as_stranger(code: str, *arguments: Any) -> Any:
    """Run code as another user; gives the JSON that it prints. It finds its ``arguments`` and ``tried``."""
    return done_by(pwd.getpwnam(USER), code, *arguments)


def as_ourselves(code: str, *arguments: Any) -> Any:
    """The same as the user that we are."""
    return done_by(pwd.getpwuid(os.getuid()), code, *arguments)


def done_by(user: pwd.struct_passwd, code: str, *arguments: Any) -> Any:
    """Run code as some user."""
    given = json.dumps([user.pw_uid, user.pw_gid, arguments])
    command = [sys.executable, "-c", PRELUDE + code, given]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, cwd="/")
    return json.loads(ran.stdout)
