"""An open enum of the description."""

from .._enum import OpenEnum


class TaskStatus(OpenEnum):
    """How far a task is. It ends in `SUCCESS` or `FAILURE`."""

    NOT_START = "NOT_START"
    SUBMITTED = "SUBMITTED"
    QUEUED = "QUEUED"
    IN_PROGRESS = "IN_PROGRESS"
    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"
    UNKNOWN = "UNKNOWN"
