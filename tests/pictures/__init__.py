"""The pictures of the README, taken from the real thing. Run by ``make pictures``."""
