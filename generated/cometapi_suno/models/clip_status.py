"""An open enum of the description."""

from .._enum import OpenEnum


class ClipStatus(OpenEnum):
    """How far a clip is."""

    SUBMITTED = "submitted"
    QUEUED = "queued"
    STREAMING = "streaming"
    COMPLETE = "complete"
    ERROR = "error"


CLIP_STATUS_MEMBERS = {each.value: each for each in ClipStatus}
"""The known members by their values. Looking here costs a sixteenth of calling the class."""
