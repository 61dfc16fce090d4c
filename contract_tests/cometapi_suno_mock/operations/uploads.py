"""`submitUpload`: audio from a URL becomes a clip that songs can extend, and personas cannot use."""

from __future__ import annotations

from typing import Any

from cometapi_suno_mock.operations.call import Call, envelope, text
from cometapi_suno_mock.world.clips import Origin


def submit(call: Call) -> dict[str, Any]:
    """Start a task that ends in one uploaded clip. The URL is not fetched."""
    name = text(call.body, "url").rpartition("/")[2]
    clip = call.world.new_clip(call.account, title=name or "upload", model="chirp-auk", origin=Origin.UPLOADED)
    return envelope(call.submit(clips=[clip]).id)
