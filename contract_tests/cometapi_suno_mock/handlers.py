"""What the gateway does for each operation; one not named here is answered from the description."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cometapi_suno_mock import song_handlers
from cometapi_suno_mock.media import is_object
from cometapi_suno_mock.operation_call import Call, Handler, Precheck, envelope, text
from cometapi_suno_mock.profiles import AUK_FILES, ROOT_MODEL, SAME_PERSONA, STREAMING
from cometapi_suno_mock.refusal_rules import FILES_MODEL, PROMPT_EMPTY, UNKNOWN_TASK, UPLOADED_CLIP, RefusedError, Rule
from cometapi_suno_mock.refusal_rules import ROOT_MODEL as ROOT_MODEL_RULE
from cometapi_suno_mock.state_records import IN_PROGRESS, Clip, Origin, Persona, Task

_FIRST_ENTRY = 11_288_925


def create_persona(call: Call) -> dict[str, Any]:
    """Make a persona and charge it at once: there is no task to wait for."""
    world, body = call.world, call.body
    root = world.clip(call.account, body["root_clip_id"])
    if root.origin is Origin.UPLOADED:
        raise RefusedError(UPLOADED_CLIP)
    if ROOT_MODEL in world.readings and root.model != "chirp-auk":
        raise RefusedError(ROOT_MODEL_RULE)
    members = [world.clip(call.account, clip_id) for clip_id in dict.fromkeys(body["clips"])]
    call.account.charge(call.cost)
    if SAME_PERSONA in world.readings:
        known = next((persona for persona in world.personas if persona.root is root), None)
        if known is not None:
            known.name, known.description = body["name"], body["description"]
            return known.view()
    persona = Persona(
        id=world.ids.uuid("persona"),
        name=body["name"],
        description=body["description"],
        is_public=body["is_public"],
        root=root,
        clips=[(_FIRST_ENTRY + world.ids.count("persona clip"), clip) for clip in members],
        weight=call.size + root.weight + sum([clip.weight for clip in members]),
    )
    world.personas.put(persona.id, persona)
    return persona.view()


def precheck_lyrics(body: Any) -> Rule | None:
    """Without a prompt there is nothing to write about."""
    return PROMPT_EMPTY if is_object(body) and not body.get("prompt", "") else None


def submit_lyrics(call: Call) -> dict[str, Any]:
    """Start a task whose result is an object, not a list of clips."""
    prompt: str = call.body["prompt"]
    lyrics = {
        "id": call.world.ids.uuid("lyrics"),
        "text": f"[Verse]\nA line about {prompt[:80]}\n\n[Chorus]\nAnd all of us singing it",
        "title": prompt[:40].title(),
        "status": "complete",
    }
    hook = text(call.body, "notify_hook")
    task = call.submit(action="LYRICS", lyrics=lyrics, notify_hook=hook)
    return envelope(task.id)


def submit_upload(call: Call) -> dict[str, Any]:
    """Start a task that ends in one uploaded clip. The URL is not fetched."""
    name = text(call.body, "url").rpartition("/")[2]
    clip = call.world.new_clip(call.account, title=name or "upload", model="chirp-auk", origin=Origin.UPLOADED)
    return envelope(call.submit(clips=[clip]).id)


def fetch_task(call: Call) -> dict[str, Any]:
    """One task of the account."""
    task = call.world.task(call.account, call.path["task_id"])
    if task is None:
        raise RefusedError(UNKNOWN_TASK)
    call.world.progress.look(task)
    return envelope(_show(call, task))


def fetch_tasks(call: Call) -> dict[str, Any]:
    """Those of the ids that are tasks of the account; null when ids were given and none is.

    `action` does not filter: the gateway software ignores it.
    """
    ids: list[str] = call.body["ids"]
    found = [task for task in (call.world.task(call.account, id_) for id_ in dict.fromkeys(ids)) if task is not None]
    for task in found:
        call.world.progress.look(task)
    return envelope([_show(call, task) for task in found] if found or not ids else None)


def _show(call: Call, task: Task) -> dict[str, Any]:
    view = task.view()
    if STREAMING in call.world.readings and task.status == IN_PROGRESS and task.clips:
        view["data"] = [{**clip.view(), **_streaming(clip)} for clip in task.clips]
    return view


def _streaming(clip: Clip) -> dict[str, Any]:
    return {"status": "streaming", "audio_url": f"https://audiopipe.suno.ai/?item_id={clip.id}"}


def get_mp4(call: Call) -> dict[str, Any]:
    """The address of the video."""
    return {"mp4": _clip(call, AUK_FILES).video_url}


def get_wav(call: Call) -> dict[str, Any]:
    """The address of the uncompressed audio."""
    return {"wav_file_url": _clip(call).audio_url.removesuffix(".mp3") + ".wav"}


def get_timing(call: Call) -> dict[str, Any]:
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


HANDLERS: Mapping[str, Handler] = {
    "createPersona": create_persona,
    "submitMusic": song_handlers.submit_music,
    "submitConcat": song_handlers.submit_concat,
    "submitLyrics": submit_lyrics,
    "submitUpload": submit_upload,
    "fetchTask": fetch_task,
    "fetchTasks": fetch_tasks,
    "getMp4": get_mp4,
    "getTiming": get_timing,
    "getWav": get_wav,
}
"""By `operationId`: from a valid call to the JSON value of the 200 answer."""

PRECHECKS: Mapping[str, Precheck] = {
    "submitMusic": song_handlers.precheck_music,
    "submitLyrics": precheck_lyrics,
}
"""By `operationId`: refusals with words of their own, looked for before the schema is asked."""
