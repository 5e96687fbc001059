"""What is written for others to read: the reference of the catalogue."""
