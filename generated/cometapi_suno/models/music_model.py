"""An open enum of the description."""

from .._enum import OpenEnum


class MusicModel(OpenEnum):
    """Version of the model. The longest prompt, tags and song depend on it."""

    CHIRP_FENIX = "chirp-fenix"
    CHIRP_CROW = "chirp-crow"
    CHIRP_BLUEJAY = "chirp-bluejay"
    CHIRP_AUK = "chirp-auk"
    CHIRP_AUK_TURBO = "chirp-auk-turbo"
    CHIRP_V4 = "chirp-v4"
    CHIRP_V3_5 = "chirp-v3-5"
    CHIRP_V3_0 = "chirp-v3-0"
    CHIRP_AUK_UPLOAD = "chirp-auk-upload"
    CHIRP_V4_UPLOAD = "chirp-v4-upload"


MUSIC_MODEL_MEMBERS = {each.value: each for each in MusicModel}
"""The known members by their values. Looking here costs a sixteenth of calling the class."""
