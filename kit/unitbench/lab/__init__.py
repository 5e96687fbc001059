"""Experiments: discovery and timing. What to ask and what the answers mean, without a socket."""
