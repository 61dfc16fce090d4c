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


TASK_STATUS_MEMBERS = {each.value: each for each in TaskStatus}
"""The known members by their values. Looking here costs a sixteenth of calling the class."""
