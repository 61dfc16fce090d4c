"""An open enum of the description."""

from .._enum import OpenEnum


class TauModel(OpenEnum):
    """Version of the model for a song with a persona, or for an infill."""

    CHIRP_V3_5_TAU = "chirp-v3-5-tau"
    CHIRP_V4_TAU = "chirp-v4-tau"
    CHIRP_AUK = "chirp-auk"


TAU_MODEL_MEMBERS = {each.value: each for each in TauModel}
"""The known members by their values. Looking here costs a sixteenth of calling the class."""
