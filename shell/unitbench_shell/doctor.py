"""``doctor``: what this machine can do, or the way to one unit, printed."""

from __future__ import annotations

import argparse
import json
import shutil
import sys

from unitbench.session.doctor.examining import examined, render, way
from unitbench.session.doctor.model import doctor_json
from unitbench_shell.codes import OK, REFUSED

UNCUT = 100_000


def run(options: argparse.Namespace) -> int:
    """Look at everything, or at the way to a unit, and print it; exit code 1 where something needed is missing."""
    found = way(options.unit) if options.unit else examined()
    if options.json:
        for each in doctor_json(found):
            print(json.dumps(each))
    else:
        print(render(found, shutil.get_terminal_size().columns if sys.stdout.isatty() else UNCUT))
    return OK if found.ok else REFUSED
