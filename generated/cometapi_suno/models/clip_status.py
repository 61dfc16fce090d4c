"""An open enum of the description."""

from .._enum import OpenEnum


class ClipStatus(OpenEnum):
    """How far a clip is."""

    SUBMITTED = "submitted"
    QUEUED = "queued"
    STREAMING = "streaming"
    COMPLETE = "complete"
    ERROR = "error"
