"""Request arguments and response bodies: the description's examples, enlarged to the sizes of real responses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

PATH = "/suno/persona/create"
KEY = "sk-bench-0000000000000000000000000000000000000000"
ARGUMENTS: dict[str, Any] = {
    "root_clip_id": "2dd391cd-996b-4843-9738-1aed26f170e4",
    "name": "Persona Title",
    "description": "Persona Description",
    "clips": ["2dd391cd-996b-4843-9738-1aed26f170e4"],
    "is_public": True,
}
ANSWER_HEADERS = [
    (b"Date", b"Mon, 23 Dec 2024 10:34:30 GMT"),
    (b"Content-Type", b"application/json; charset=utf-8"),
    (b"X-Oneapi-Request-Id", b"20241223103430144000000AbCdEfGh"),
    (b"Server", b"bench"),
]
# The number of clips that makes a body of about that size.
CLIPS = {"4 KB": 1, "37 KB": 20}
_VERSE = (
    "Neon rain on the boulevard, we run until the morning comes\nHold the line, hold the light, hold on to the sound\n"
)
_LYRICS = "\n".join(f"[{part}]\n{_VERSE}" for part in ("Verse 1", "Chorus", "Verse 2", "Chorus", "Bridge", "Outro"))


def make_bodies(description: Mapping[str, Any]) -> dict[str, bytes]:
    """Return a persona of each size as compact JSON."""
    operation = description["paths"][PATH]["post"]
    examples = operation["responses"]["200"]["content"]["application/json"]["examples"].values()
    values = [example["value"] for example in examples]
    return {size: _make_persona(values, count) for size, count in CLIPS.items()}


def _make_persona(examples: list[dict[str, Any]], count: int) -> bytes:
    persona = _merge_examples(examples, {})
    clip = _merge_examples([example["clip"] for example in examples], {})
    clip["metadata"] = _merge_examples([example["clip"]["metadata"] for example in examples], {"prompt": _LYRICS})
    persona["clip"] = clip
    persona["persona_clips"] = [{"clip": _renumber(clip, number), "id": 11288925 + number} for number in range(count)]
    persona["clip_count"] = count
    return json.dumps(persona, separators=(",", ":")).encode("utf-8")


def _merge_examples(examples: list[dict[str, Any]], given: dict[str, Any]) -> dict[str, Any]:
    """Return every member of every example; a real value replaces a documented placeholder."""
    merged: dict[str, Any] = {}
    for example in examples:
        for name, value in example.items():
            if name not in merged or merged[name] in ("string", 0, None, ""):
                merged[name] = value
    return merged | given


def _renumber(clip: dict[str, Any], number: int) -> dict[str, Any]:
    """Return a copy of a clip with another id, also in its URLs."""
    new_id = f"{number:08x}{clip['id'][8:]}"
    return json.loads(json.dumps(clip).replace(clip["id"], new_id))  # type: ignore[no-any-return]
