"""The conversation of Kramer Protocol 3000: codec and the unit's end."""
