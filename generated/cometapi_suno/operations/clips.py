"""The operations behind `client.clips`: each makes a call and reads its answer, and does no IO."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._model import first_fit
from .._operation import Billing, Call, Effect, Operation, segment
from .._read import expect
from ..models.mp_4_envelope import Mp4Envelope
from ..models.mp_4_link import Mp4Link
from ..models.timing import Timing
from ..models.wav_envelope import WavEnvelope
from ..models.wav_link import WavLink

if TYPE_CHECKING:
    pass


def _read_mp4(value: Any) -> Mp4Envelope | Mp4Link:
    value = expect("object", (dict,), value)
    result: Mp4Envelope | Mp4Link = first_fit(value, Mp4Envelope, Mp4Link)
    return result


MP4: Operation[Mp4Envelope | Mp4Link] = Operation(
    name="clips.mp4",
    method="GET",
    path="/suno/act/mp4/{clip_id}",
    billing=Billing.UNKNOWN,
    effect=Effect.READS,
    unwrap=None,
    decode=_read_mp4,
)


def build_mp4(clip_id: str) -> Call[Mp4Envelope | Mp4Link]:
    """Get the video of a clip."""
    path = "/suno/act/mp4/" + segment("clips.mp4", "clip_id", clip_id)
    return Call(operation=MP4, path=path)


def _read_timing(value: Any) -> Timing:
    value = expect("object", (dict,), value)
    result: Timing = Timing.adopt(value)
    return result


TIMING: Operation[Timing] = Operation(
    name="clips.timing",
    method="GET",
    path="/suno/act/timing/{clip_id}",
    billing=Billing.UNKNOWN,
    effect=Effect.READS,
    unwrap=None,
    decode=_read_timing,
)


def build_timing(clip_id: str) -> Call[Timing]:
    """Get the word timing of a clip."""
    path = "/suno/act/timing/" + segment("clips.timing", "clip_id", clip_id)
    return Call(operation=TIMING, path=path)


def _read_wav(value: Any) -> WavEnvelope | WavLink:
    value = expect("object", (dict,), value)
    result: WavEnvelope | WavLink = first_fit(value, WavEnvelope, WavLink)
    return result


WAV: Operation[WavEnvelope | WavLink] = Operation(
    name="clips.wav",
    method="GET",
    path="/suno/act/wav/{clip_id}",
    billing=Billing.UNKNOWN,
    effect=Effect.READS,
    unwrap=None,
    decode=_read_wav,
)


def build_wav(clip_id: str) -> Call[WavEnvelope | WavLink]:
    """Get the lossless audio of a clip."""
    path = "/suno/act/wav/" + segment("clips.wav", "clip_id", clip_id)
    return Call(operation=WAV, path=path)
