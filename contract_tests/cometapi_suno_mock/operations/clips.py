"""`getMp4`, `getTiming` and `getWav`: what can be had of a finished clip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cometapi_suno_mock.readings.catalogue import AUK_FILES
from cometapi_suno_mock.rules import FILES_MODEL, RefusedError

if TYPE_CHECKING:
    from cometapi_suno_mock.operations.call import Call
    from cometapi_suno_mock.world.clips import Clip


def mp4(call: Call) -> dict[str, Any]:
    """The address of the video."""
    return {"mp4": _clip(call, AUK_FILES).video_url}


def wav(call: Call) -> dict[str, Any]:
    """The address of the uncompressed audio."""
    return {"wav_file_url": _clip(call).audio_url.removesuffix(".mp3") + ".wav"}


def timing(call: Call) -> dict[str, Any]:
    """When each word is sung: section tags stay glued to the word that follows them."""
    clip = _clip(call, AUK_FILES)
    words = _words(clip.prompt)
    step = (clip.duration or 0.0) / (len(words) + 1)
    return {
        "aligned_words": [
            {
                "word": word,
                "success": True,
                "start_s": round(step * (place + 0.5), 2),
                "end_s": round(step * (place + 1), 2),
                "p_align": 0.982,
            }
            for place, word in enumerate(words)
        ],
        "waveform_data": [0.001, 0.00109, 0.04219],
        "hoot_cer": 0.03556771545827633,
        "is_streamed": False,
    }


def _clip(call: Call, reading: str | None = None) -> Clip:
    """The clip, made with `chirp-auk` where a reading has it so; what is had of it is charged at once."""
    clip = call.world.clip(call.account, call.path["clip_id"])
    if reading in call.world.readings and clip.model != "chirp-auk":
        raise RefusedError(FILES_MODEL)
    call.account.charge(call.cost)
    return clip


def _words(prompt: str) -> list[str]:
    words: list[str] = []
    tag = ""
    for line in prompt.splitlines():
        if line.startswith("["):
            tag = line + "\n"
            continue
        for word in line.split():
            words.append(f"{tag}{word} ")
            tag = ""
    return words
