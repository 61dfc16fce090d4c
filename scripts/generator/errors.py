"""Why nothing was generated."""


class GenerationError(Exception):
    """The description cannot become a client. The message names the place and the reason."""
