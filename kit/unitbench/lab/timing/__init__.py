"""Timing in rounds: the bookkeeping of answers, what the rounds tell, and what they cannot. Pure functions."""
