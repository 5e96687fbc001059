"""``python -m unitbench_shell`` is the console script."""

import sys

from unitbench_shell.cli import main

sys.exit(main())
