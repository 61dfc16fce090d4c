"""What a call costs, in credits of the mock: CometAPI publishes no prices, the ratios are a sister's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cometapi_suno_mock.media import is_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cometapi_suno_mock.contract import OperationContract

_PRICES = {
    "createPersona": 1,
    "submitUpload": 1,
    "getTiming": 1,
    "submitLyrics": 2,
    "submitConcat": 25,
    "submitMusic": 50,
    "singleStems": 50,
    "fullStems": 250,
}


def price(operation: OperationContract, body: Any, overrides: Mapping[str, int]) -> int:
    """Credits for a call: nothing for what is free, nor where no source speaks of a price."""
    if operation.billing == "free":
        return 0
    name = operation.id
    if name == "submitMusic" and is_object(body):
        name = {"two": "singleStems", "twelve": "fullStems"}.get(str(body.get("stem_task")), name)
    return overrides.get(name, _PRICES.get(name, 1 if operation.billing == "paid" else 0))
