"""Why nothing was generated."""


class GenerationError(Exception):
    """The description cannot become a client. The message names the place and the reason.

    Attributes:
        pointer: JSON pointer of the place in the description; "" when it is no single place.
    """

    def __init__(self, message: str, pointer: str = "") -> None:
        super().__init__(f"{pointer}: {message}" if pointer else message)
        self.pointer = pointer
