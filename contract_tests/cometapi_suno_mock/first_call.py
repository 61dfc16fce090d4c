"""The call to begin with, for people who have just started a gateway."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from cometapi_suno_mock.media import write_json

if TYPE_CHECKING:
    from cometapi_suno_mock.contract import Contract


def first_call(contract: Contract, base: str, key: str) -> str:
    """A curl command that works when pasted: the first operation that comes with an example body."""
    for operation in contract.operations.values():
        for content in operation.body.content.values() if operation.body is not None else ():
            for body in content.examples.values():
                words = ["curl", "-s", base + operation.path, "-H", f"Authorization: Bearer {key}"]
                words += ["-H", f"Content-Type: {content.media}", "-d", write_json(body).decode()]
                return shlex.join(words)
    return shlex.join(["curl", "-s", base])
