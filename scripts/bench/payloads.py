"""What is sent and what comes back: the description's own examples, filled up to the sizes of real answers."""

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
# As many clips as make the two sizes: about 4 KB and 37 KB.
CLIPS = {"4 KB": 1, "37 KB": 20}
_VERSE = (
    "Neon rain on the boulevard, we run until the morning comes\nHold the line, hold the light, hold on to the sound\n"
)
_LYRICS = "\n".join(f"[{part}]\n{_VERSE}" for part in ("Verse 1", "Chorus", "Verse 2", "Chorus", "Bridge", "Outro"))


def bodies(description: Mapping[str, Any]) -> dict[str, bytes]:
    """A persona of each size, as the bytes of a compact JSON answer."""
    operation = description["paths"][PATH]["post"]
    examples = operation["responses"]["200"]["content"]["application/json"]["examples"].values()
    values = [example["value"] for example in examples]
    return {size: _persona(values, count) for size, count in CLIPS.items()}


def _persona(examples: list[dict[str, Any]], count: int) -> bytes:
    persona = _filled(examples, {})
    clip = _filled([example["clip"] for example in examples], {})
    clip["metadata"] = _filled([example["clip"]["metadata"] for example in examples], {"prompt": _LYRICS})
    persona["clip"] = clip
    persona["persona_clips"] = [{"clip": _numbered(clip, number), "id": 11288925 + number} for number in range(count)]
    persona["clip_count"] = count
    return json.dumps(persona, separators=(",", ":")).encode("utf-8")


def _filled(examples: list[dict[str, Any]], given: dict[str, Any]) -> dict[str, Any]:
    """Every member that an example has, with the most telling value: documented placeholders give way to real ones."""
    merged: dict[str, Any] = {}
    for example in examples:
        for name, value in example.items():
            if name not in merged or merged[name] in ("string", 0, None, ""):
                merged[name] = value
    return merged | given


def _numbered(clip: dict[str, Any], number: int) -> dict[str, Any]:
    """A clip of its own: another id, also in its addresses."""
    own = f"{number:08x}{clip['id'][8:]}"
    return json.loads(json.dumps(clip).replace(clip["id"], own))  # type: ignore[no-any-return]
