"""The operations behind `client.music`: each builds a call and decodes its result, without IO."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._operation import Billing, Call, Effect, Operation
from .._request_encoding import (
    check_object,
    encode_json_body,
)
from .._response_parsing import expect_type
from .._retired_values import warn_of_retired_fields
from .._unset import UNSET, Unset
from ..models.separated_tracks import SeparatedTracks, adopt_separated_tracks

if TYPE_CHECKING:
    from ..models.full_track_separation import FullTrackSeparation
    from ..models.instrumental_song import InstrumentalSong
    from ..models.overpainting import Overpainting
    from ..models.single_track_separation import SingleTrackSeparation
    from ..models.song_cover import SongCover
    from ..models.song_extension import SongExtension
    from ..models.song_from_description import SongFromDescription
    from ..models.song_from_lyrics import SongFromLyrics
    from ..models.song_from_style import SongFromStyle
    from ..models.song_infill import SongInfill
    from ..models.song_with_persona import SongWithPersona
    from ..models.underpainting import Underpainting
    from ..models.upload_extension import UploadExtension


def _decode_submit(value: Any) -> str:
    result: str = expect_type("string", (str,), value)
    return result


def _decode_bare_submit(value: Any) -> SeparatedTracks:
    value = expect_type("object", (dict,), value)
    result: SeparatedTracks = adopt_separated_tracks(value)
    return result


SUBMIT: Operation[str | SeparatedTracks] = Operation(
    name="music.submit",
    method="POST",
    path="/suno/submit/music",
    billing=Billing.PAID,
    effect=Effect.CREATES,
    unwrap="data",
    needs=(("code", "'success'", ("success",)),),
    decode=_decode_submit,
    decode_bare=_decode_bare_submit,
    task="MUSIC",
    price="0.144",
    unpriced=(("FullTrackSeparation", (("stem_type_group_name", "Twelve"), ("stem_task", "twelve"))),),
)


def build_submit(
    request: SongFromDescription
    | SongFromStyle
    | SongFromLyrics
    | InstrumentalSong
    | SongExtension
    | UploadExtension
    | SongInfill
    | SongWithPersona
    | SongCover
    | Underpainting
    | Overpainting
    | SingleTrackSeparation
    | FullTrackSeparation,
) -> Call[str | SeparatedTracks]:
    """Submit a song, or work on a clip."""
    check_object("music.submit", request)
    warn_of_retired_fields("music.submit", request)
    path = "/suno/submit/music"
    content = encode_json_body("music.submit", request)
    return Call(SUBMIT, path, content)


def _decode_concat(value: Any) -> str:
    result: str = expect_type("string", (str,), value)
    return result


CONCAT: Operation[str] = Operation(
    name="music.concat",
    method="POST",
    path="/suno/submit/concat",
    billing=Billing.PAID,
    effect=Effect.CREATES,
    unwrap="data",
    needs=(("code", "'success'", ("success",)),),
    decode=_decode_concat,
    task="MUSIC",
)


def build_concat(*, clip_id: str, is_infill: bool | Unset = UNSET) -> Call[str]:
    """Submit the joining of an extended clip."""
    path = "/suno/submit/concat"
    content = encode_json_body("music.concat", {"clip_id": clip_id, "is_infill": is_infill})
    return Call(CONCAT, path, content)
