"""The command language as pure text: one parse that the shell, the magics, completion and the hints all read."""
