"""HTTP exchanges: their form on disk, sanitizing, calls made from examples, and the targets that produce exchanges."""


class VerifierInputError(Exception):
    """An argument, a variable or a file cannot be used. The message is one line that says which, and why."""
