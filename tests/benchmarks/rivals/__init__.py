"""The same packets and lines by other means; nothing here imports unitbench."""
