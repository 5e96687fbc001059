"""What can be said: value types, conditions, records, notations and dissection. Closed, and without I/O."""
