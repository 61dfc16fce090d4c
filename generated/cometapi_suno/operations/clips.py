"""The operations behind `client.clips`: each builds a call and decodes its result, without IO."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._operation import Billing, Call, Effect, Operation
from .._request_encoding import (
    encode_path_segment,
)
from .._response_parsing import expect_type
from ..models.mp_4_file import Mp4File, adopt_mp_4_file
from ..models.mp_4_link import Mp4Link, adopt_mp_4_link
from ..models.timing import Timing, adopt_timing
from ..models.wav_file import WavFile, adopt_wav_file
from ..models.wav_link import WavLink, adopt_wav_link

if TYPE_CHECKING:
    pass


def _decode_mp4(value: Any) -> Mp4File:
    value = expect_type("object", (dict,), value)
    result: Mp4File = adopt_mp_4_file(value)
    return result


def _decode_bare_mp4(value: Any) -> Mp4Link:
    value = expect_type("object", (dict,), value)
    result: Mp4Link = adopt_mp_4_link(value)
    return result


MP4: Operation[Mp4File | Mp4Link] = Operation(
    name="clips.mp4",
    method="GET",
    path="/suno/act/mp4/{clip_id}",
    billing=Billing.UNKNOWN,
    effect=Effect.READS,
    unwrap="data",
    needs=(("code", "'success'", ("success",)),),
    decode=_decode_mp4,
    decode_bare=_decode_bare_mp4,
)


def build_mp4(clip_id: str) -> Call[Mp4File | Mp4Link]:
    """Get the video of a clip."""
    path = "/suno/act/mp4/" + encode_path_segment("clips.mp4", "clip_id", clip_id)
    return Call(MP4, path)


def _decode_timing(value: Any) -> Timing:
    value = expect_type("object", (dict,), value)
    result: Timing = adopt_timing(value)
    return result


TIMING: Operation[Timing] = Operation(
    name="clips.timing",
    method="GET",
    path="/suno/act/timing/{clip_id}",
    billing=Billing.UNKNOWN,
    effect=Effect.READS,
    unwrap=None,
    certain=True,
    decode=_decode_timing,
)


def build_timing(clip_id: str) -> Call[Timing]:
    """Get the word timing of a clip."""
    path = "/suno/act/timing/" + encode_path_segment("clips.timing", "clip_id", clip_id)
    return Call(TIMING, path)


def _decode_wav(value: Any) -> str | WavFile:
    value = expect_type("string or object", (str, dict), value)
    kind = value.__class__
    result: str | WavFile = adopt_wav_file(value) if kind is dict else value
    return result


def _decode_bare_wav(value: Any) -> WavLink:
    value = expect_type("object", (dict,), value)
    result: WavLink = adopt_wav_link(value)
    return result


WAV: Operation[str | WavFile | WavLink] = Operation(
    name="clips.wav",
    method="GET",
    path="/suno/act/wav/{clip_id}",
    billing=Billing.UNKNOWN,
    effect=Effect.READS,
    unwrap="data",
    needs=(("code", "'success'", ("success",)),),
    decode=_decode_wav,
    decode_bare=_decode_bare_wav,
)


def build_wav(clip_id: str) -> Call[str | WavFile | WavLink]:
    """Get the lossless audio of a clip."""
    path = "/suno/act/wav/" + encode_path_segment("clips.wav", "clip_id", clip_id)
    return Call(WAV, path)
