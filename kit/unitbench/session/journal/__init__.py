"""The journal: a session's stream of events on disk, written as it happens and found again after a kill."""
