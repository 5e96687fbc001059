"""The terminal's face of unitbench: the shell and the command line."""
