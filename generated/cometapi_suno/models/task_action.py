"""An open enum of the description."""

from .._enum import OpenEnum


class TaskAction(OpenEnum):
    """Kind of a task."""

    MUSIC = "MUSIC"
    LYRICS = "LYRICS"


TASK_ACTION_MEMBERS = {each.value: each for each in TaskAction}
"""The known members by their values. Looking here costs a sixteenth of calling the class."""
