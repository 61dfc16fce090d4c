"""What each operation does; an operation without a handler is answered from the description."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from cometapi_suno_mock import refusal_rules
from cometapi_suno_mock.clip_files import build_url
from cometapi_suno_mock.credits import CreditAccount
from cometapi_suno_mock.http_messages import wrap
from cometapi_suno_mock.media import is_object
from cometapi_suno_mock.profiles import ANY_ROOT, AUK_FILES, BARE_STEMS, SAME_PERSONA, STREAMING
from cometapi_suno_mock.refusal_rules import RefusalRule, RefusedError
from cometapi_suno_mock.state import GatewayState
from cometapi_suno_mock.state_records import IN_PROGRESS, ClipOrigin, ClipRecord, PersonaRecord, TaskRecord

_FIRST_ENTRY = 11_288_925
_TWO = ("Vocals", "Instrumental")
_TWELVE = (
    "Vocals", "Backing Vocals", "Drums", "Bass", "Guitar", "Keyboard",
    "Percussion", "Strings", "Synth", "FX", "Brass", "Woodwinds",
)  # fmt: skip

_DEFAULT_MODEL = "chirp-v3-0"  # the gateway software's default when `mv` is left out


class OperationCall(NamedTuple):
    """The state, the caller's account, and the parameters and body, which fit the contract."""

    state: GatewayState
    account: CreditAccount
    path: Mapping[str, str]
    body: Any
    size: int
    """Bytes of the encoded body."""
    cost: int
    query: Mapping[str, str]
    base: str
    """The URL of the gateway as the caller wrote it."""

    def submit(self, **task: Any) -> TaskRecord:
        """Submit a task for the caller, at the price of this call."""
        submitted = self.state.submit(self.account, cost=self.cost, size=self.size, **task)
        if self.state.on_submit is not None and submitted.notify_hook:
            self.state.on_submit(submitted, self.base)
        return submitted


Handler: TypeAlias = Callable[[OperationCall], Any]
"""Returns the JSON value of the 200 reply."""
Precheck: TypeAlias = Callable[[Any], RefusalRule | None]
"""Returns the rule that refuses a body before it is validated."""


def get_text(body: Any, field: str) -> str:
    """Return a string field, empty when it is absent or not a string."""
    value = body.get(field)
    return value if isinstance(value, str) else ""


def create_persona(call: OperationCall) -> dict[str, Any]:
    """Create a persona from a finished clip that the account generated with `chirp-auk`, and charge it at once."""
    state, body = call.state, call.body
    root = state.get_clip(call.account, body["root_clip_id"])
    if root.origin is ClipOrigin.UPLOADED:
        raise RefusedError(refusal_rules.UPLOADED_CLIP)
    if ANY_ROOT not in state.profiles and root.model != "chirp-auk":
        raise RefusedError(refusal_rules.ROOT_MODEL)
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


def check_origin(body: Any) -> RefusalRule | None:
    """Refuse to continue a clip without the id of its task. CometAPI's `upload_extend` sample has no such id."""
    if not is_object(body) or body.get("task") == "upload_extend":
        return None
    return refusal_rules.NO_TASK_ID if body.get("continue_clip_id") and not body.get("task_id") else None


def submit_music(call: OperationCall) -> dict[str, Any]:
    """Submit a task that makes two songs, or the stems of a song."""
    origin = get_text(call.body, "task_id")
    if origin and call.state.find_task(call.account, origin) is None:
        raise RefusedError(refusal_rules.UNKNOWN_ORIGIN)
    task = call.body.get("task")
    if task == "gen_stem":
        clips = _create_stems(call)
        submitted = _submit(call, clips)
        if BARE_STEMS in call.state.profiles:
            return {"id": submitted["data"], "clips": [clip.view(call.base) for clip in clips]}
        return submitted
    details: dict[str, Any] = {}
    if task == "artist_consistency":
        details |= _describe_persona(call)
    if get_text(call.body, "continue_clip_id"):
        details |= _describe_continuation(call)
    return _submit(call, _create_songs(call, details))


def submit_concat(call: OperationCall) -> dict[str, Any]:
    """Submit a task that joins an extension with the clip that it extends."""
    end = call.state.get_clip(call.account, call.body["clip_id"], unknown=refusal_rules.UNKNOWN_JOB)
    # No source says that a clip which extends nothing is refused.
    begin = end.details.get("continue_clip_id")
    parts = [{"id": each} for each in (begin, end.id) if each]
    clip = call.state.create_clip(
        call.account,
        title=end.title,
        model=end.model,
        origin=ClipOrigin.CONCAT,
        tags=end.tags,
        prompt=end.prompt,
        details={"concat_history": parts, "is_infill": bool(call.body.get("is_infill", False))},
    )
    return _submit(call, [clip])


def check_prompt(body: Any) -> RefusalRule | None:
    """Refuse lyrics without a prompt."""
    return refusal_rules.PROMPT_EMPTY if is_object(body) and not body.get("prompt", "") else None


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
        raise RefusedError(refusal_rules.UNKNOWN_TASK)
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


def _submit(call: OperationCall, clips: Sequence[ClipRecord]) -> dict[str, Any]:
    return wrap(call.submit(clips=clips, notify_hook=get_text(call.body, "notify_hook")).id)


def _create_songs(call: OperationCall, details: dict[str, Any]) -> list[ClipRecord]:
    """Create the two clips of a song. A field that its variant does not describe may hold any value."""
    body = call.body
    details["has_vocal"] = body.get("make_instrumental") is not True
    for field in ("task", "gpt_description_prompt", "negative_tags"):
        if get_text(body, field):
            details[field] = body[field]
    return [
        call.state.create_clip(
            call.account,
            title=get_text(body, "title") or "Untitled",
            model=get_text(body, "mv") or _DEFAULT_MODEL,
            origin=ClipOrigin.GENERATED,
            tags=get_text(body, "tags"),
            prompt=get_text(body, "prompt"),
            details=details,
        )
        for _ in range(2)
    ]


def _describe_persona(call: OperationCall) -> dict[str, Any]:
    """Return the persona as metadata of a song. Any persona may be used, but only the account's own clips."""
    body = call.body
    if call.state.personas.get(body["persona_id"]) is None:
        raise RefusedError(refusal_rules.UNKNOWN_PERSONA)
    call.state.get_clip(call.account, body["artist_clip_id"])
    return {"persona_id": body["persona_id"], "artist_clip_id": body["artist_clip_id"]}


def _describe_continuation(call: OperationCall) -> dict[str, Any]:
    """Return the clip that a song continues as metadata of the song."""
    source = call.state.get_clip(call.account, call.body["continue_clip_id"])
    infill = call.body.get("task") == "infill"
    history = {"id": source.id, "type": source.origin.value, "infill": infill}
    return {"continue_clip_id": source.id, "history": [history]}


def _create_stems(call: OperationCall) -> list[ClipRecord]:
    body = call.body
    source = call.state.get_clip(call.account, body["continue_clip_id"])
    history = {
        "id": source.id,
        "type": ClipOrigin.STEM.value,
        "source": "web",
        "infill": False,
        "stem_type_id": body["stem_type_id"],
        "stem_type_group_name": body["stem_type_group_name"],
        "stem_task": body["stem_task"],
        "stem_from_id": source.id,
    }
    return [
        call.state.create_clip(
            call.account,
            title=f"{get_text(body, 'title') or source.title} - {name}",
            model="chirp-stem",
            origin=ClipOrigin.STEM,
            tags=source.tags,
            details={"stem_from_id": source.id, "history": [history]},
        )
        for name in (_TWELVE if body["stem_task"] == "twelve" else _TWO)
    ]


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
        raise RefusedError(refusal_rules.FILES_MODEL)
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
