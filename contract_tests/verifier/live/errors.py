"""What a user has to put right before anything is sent."""


class BadInputError(Exception):
    """Something given cannot be used. The message is one line; nothing was sent and nothing was written."""
