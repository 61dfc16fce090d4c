"""`createPersona`: from a finished, generated clip of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cometapi_suno_mock.readings.catalogue import ROOT_MODEL, SAME_PERSONA
from cometapi_suno_mock.rules import ROOT_MODEL as ROOT_MODEL_RULE
from cometapi_suno_mock.rules import UPLOADED_CLIP, RefusedError
from cometapi_suno_mock.world.clips import Origin
from cometapi_suno_mock.world.personas import Persona

if TYPE_CHECKING:
    from cometapi_suno_mock.operations.call import Call

_FIRST_ENTRY = 11_288_925


def create(call: Call) -> dict[str, Any]:
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
