"""The version of the package: `info.version` of the description."""

__version__ = "0.1.0"
