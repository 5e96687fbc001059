"""The version of the distribution, read by the build and by the version handshake."""

__version__ = "0.1.0"
