"""Live verification: send a printed plan through one local proxy that holds the key, counts, caps and records."""


class LiveInputError(Exception):
    """An argument, a variable or a file cannot be used. The message is one line; no request was sent."""
