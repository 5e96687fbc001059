"""A simulated camera on real sockets."""
