"""Benchmarks: both sides of each ratio are measured in one run, in turns. Run by ``make bench``."""
