"""What the gateway does for each operation; an operation without a handler is answered from the description."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cometapi_suno_mock.clip_files import build_url
from cometapi_suno_mock.media import is_object
from cometapi_suno_mock.operation_call import Handler, OperationCall, Precheck, get_text, wrap
from cometapi_suno_mock.profiles import ANY_ROOT, AUK_FILES, SAME_PERSONA, STREAMING
from cometapi_suno_mock.refusal_rules import (
    FILES_MODEL,
    PROMPT_EMPTY,
    ROOT_MODEL,
    UNKNOWN_TASK,
    UPLOADED_CLIP,
    RefusedError,
)
from cometapi_suno_mock.song_handlers import check_origin, submit_concat, submit_music
from cometapi_suno_mock.state_records import IN_PROGRESS, ClipOrigin, PersonaRecord

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cometapi_suno_mock.refusal_rules import RefusalRule
    from cometapi_suno_mock.state_records import ClipRecord, TaskRecord

_FIRST_ENTRY = 11_288_925


def create_persona(call: OperationCall) -> dict[str, Any]:
    """Create a persona from a finished clip that the account generated with `chirp-auk`, and charge it at once."""
    state, body = call.state, call.body
    root = state.get_clip(call.account, body["root_clip_id"])
    if root.origin is ClipOrigin.UPLOADED:
        raise RefusedError(UPLOADED_CLIP)
    if ANY_ROOT not in state.profiles and root.model != "chirp-auk":
        raise RefusedError(ROOT_MODEL)
    members = [state.get_clip(call.account, clip_id) for clip_id in dict.fromkeys(body["clips"])]
    call.account.charge(call.cost)
    if SAME_PERSONA in state.profiles:
        known = next((persona for persona in state.personas if persona.root is root), None)
        if known is not None:
            known.name, known.description = body["name"], body["description"]
            return known.view(call.base)
    persona = PersonaRecord(
        id=state.ids.next_uuid("persona"),
        name=body["name"],
        description=body["description"],
        is_public=body["is_public"],
        root=root,
        clips=[(_FIRST_ENTRY + state.ids.next_number("persona clip"), clip) for clip in members],
        size=call.size + root.size + sum([clip.size for clip in members]),
    )
    state.personas.put(persona.id, persona)
    return persona.view(call.base)


def check_prompt(body: Any) -> RefusalRule | None:
    """Refuse lyrics without a prompt."""
    return PROMPT_EMPTY if is_object(body) and not body.get("prompt", "") else None


def submit_lyrics(call: OperationCall) -> dict[str, Any]:
    """Submit a task whose result is one object instead of a list of clips."""
    prompt: str = call.body["prompt"]
    lyrics = {
        "id": call.state.ids.next_uuid("lyrics"),
        "text": f"[Verse]\nA line about {prompt[:80]}\n\n[Chorus]\nAnd all of us singing it",
        "title": prompt[:40].title(),
        "status": "complete",
    }
    hook = get_text(call.body, "notify_hook")
    return wrap(call.submit(action="LYRICS", lyrics=lyrics, notify_hook=hook).id)


def submit_upload(call: OperationCall) -> dict[str, Any]:
    """Submit a task that makes one uploaded clip. The URL is not fetched."""
    name = get_text(call.body, "url").rpartition("/")[2]
    clip = call.state.create_clip(call.account, title=name or "upload", model="chirp-auk", origin=ClipOrigin.UPLOADED)
    return wrap(call.submit(clips=[clip]).id)


def fetch_task(call: OperationCall) -> dict[str, Any]:
    """Poll one task of the account."""
    task = call.state.poll_task(call.account, call.path["task_id"])
    if task is None:
        raise RefusedError(UNKNOWN_TASK)
    return wrap(_view_task(call, task))


def fetch_tasks(call: OperationCall) -> dict[str, Any]:
    """Poll the tasks of the account among the ids; null when ids are given and none is known.

    `action` does not filter: the gateway software ignores it.
    """
    ids: list[str] = call.body["ids"]
    tasks = [call.state.poll_task(call.account, task_id) for task_id in dict.fromkeys(ids)]
    found = [_view_task(call, task) for task in tasks if task is not None]
    return wrap(found if found or not ids else None)


def get_mp4(call: OperationCall) -> dict[str, Any]:
    """Return the address of the video."""
    return {"mp4": _charge_clip(call, AUK_FILES).get_url(call.base, "mp4")}


def get_wav(call: OperationCall) -> dict[str, Any]:
    """Return the address of the uncompressed audio."""
    return {"wav_file_url": _charge_clip(call).get_url(call.base, "wav")}


def get_timing(call: OperationCall) -> dict[str, Any]:
    """Return when each word is sung; a section tag belongs to the word that follows it."""
    clip = _charge_clip(call, AUK_FILES)
    words = _split_words(clip.prompt)
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


def _view_task(call: OperationCall, task: TaskRecord) -> dict[str, Any]:
    view = task.view(call.base)
    if STREAMING in call.state.profiles and task.status == IN_PROGRESS and task.clips:
        view["data"] = [
            {**clip.view(call.base), "status": "streaming", "audio_url": build_url(call.base, f"{clip.id}.mp3")}
            for clip in task.clips
        ]
    return view


def _charge_clip(call: OperationCall, profile: str | None = None) -> ClipRecord:
    """Charge for a file of a clip and return the clip; with the profile, only for clips made with `chirp-auk`."""
    clip = call.state.get_clip(call.account, call.path["clip_id"])
    if profile in call.state.profiles and clip.model != "chirp-auk":
        raise RefusedError(FILES_MODEL)
    call.account.charge(call.cost)
    return clip


def _split_words(prompt: str) -> list[str]:
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


HANDLERS: Mapping[str, Handler] = {
    "createPersona": create_persona,
    "submitMusic": submit_music,
    "submitConcat": submit_concat,
    "submitLyrics": submit_lyrics,
    "submitUpload": submit_upload,
    "fetchTask": fetch_task,
    "fetchTasks": fetch_tasks,
    "getMp4": get_mp4,
    "getTiming": get_timing,
    "getWav": get_wav,
}
"""The handlers, by `operationId`."""

PRECHECKS: Mapping[str, Precheck] = {"submitMusic": check_origin, "submitLyrics": check_prompt}
"""Refusals that come before the validation of the body, by `operationId`."""
