"""``doctor``: what this machine can do, found out by trying, and how to mend what it cannot; and the way to one unit.

Nothing is sent off the machine, but for the one connection that is tried where a unit is named.
"""
