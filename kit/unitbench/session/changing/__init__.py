"""Changing a unit so that it can be seen, asked for, checked and put back: set, undo, snapshot, restore, compare."""
