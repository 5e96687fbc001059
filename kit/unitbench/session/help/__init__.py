"""Help that teaches: generated from the catalogue and from what is known of the units; nothing is sent for it."""
