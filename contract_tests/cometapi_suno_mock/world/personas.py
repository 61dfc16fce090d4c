"""Personas: a singer's style, kept from a clip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
from cometapi_suno_mock.world.clips import USER, Clip

if TYPE_CHECKING:
    from collections.abc import Sequence


@attrs.define(eq=False)
class Persona:
    """One persona. Anyone may sing with it; only the account that owns the root clip can make it."""

    id: str
    name: str
    description: str
    is_public: bool
    root: Clip
    clips: Sequence[tuple[int, Clip]]
    """The clips that belong to it, each with the number of its entry."""
    weight: int

    def view(self) -> dict[str, Any]:
        """The persona as its creation answers it."""
        return {
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "image_s3_id": None,
            "root_clip_id": self.root.id,
            "clip": self.root.view(),
            **USER,
            "persona_clips": [{"clip": clip.view(), "id": number} for number, clip in self.clips],
            "is_suno_persona": False,
            "is_trashed": False,
            "is_owned": True,
            "is_public": self.is_public,
            "is_public_approved": self.is_public,
            "is_loved": False,
            "upvote_count": 0,
            "clip_count": len(self.clips),
        }
