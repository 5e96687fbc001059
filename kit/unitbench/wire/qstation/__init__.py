"""The conversation of Gantner Q.station broadcast port: codec and the unit's end."""
