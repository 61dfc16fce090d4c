"""An open enum of the description."""

from .._enum import OpenEnum


class TaskAction(OpenEnum):
    """Kind of a task."""

    MUSIC = "MUSIC"
    LYRICS = "LYRICS"
