"""A labelled corpus of simulated situations, and how well identification tells them apart."""
