"""Intervals that assume nothing about how times are spread, with the coverage that they have. Pure."""
