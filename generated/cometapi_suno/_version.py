"""The version: the description's `info.version`."""

__version__ = "0.1.0"
