"""A response that breaks off: what can be read whole is the result, and of everything else what arrived is kept."""

from __future__ import annotations

import asyncio
import gzip
import json
from typing import Any

import pytest
from cometapi_suno import AsyncSunoClient, OutcomeUnknownError, SunoClient, Timeout

from contract_tests.suite.client.scripted_server import Close, Step, persona, serve_script
from contract_tests.suite.support.secret_leaks import KEY

WHOLE = json.dumps(persona("Ada")).encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
LENGTH = HEAD + b"Content-Length: %d\r\n\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n"
GZIP = gzip.compress(WHOLE)

BROKEN_BUT_WHOLE: dict[str, list[Step]] = {
    "a length that is too large": [LENGTH % (len(WHOLE) + 9) + WHOLE, Close],
    "a length that is too large, and silence": [LENGTH % (len(WHOLE) + 9) + WHOLE, 60.0],
    "chunks without an end": [CHUNKED % (len(WHOLE), WHOLE), Close],
    "a bad trailer": [CHUNKED % (len(WHOLE), WHOLE) + b"0\r\nno trailer\r\n\r\n", Close],
    "gzip without its checksum": [HEAD + b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n" + GZIP[:-8], Close],
}


def _create(face: str, url: str) -> Any:
    arguments: dict[str, Any] = {"root_clip_id": "c", "name": "Ada", "description": "", "clips": [], "is_public": False}
    options: dict[str, Any] = {"api_key": KEY, "base_url": url, "timeout": Timeout(read=0.3)}

    async def create() -> Any:
        if face == "sync":
            with SunoClient(**options) as client:
                return client.personas.create(**arguments)
        async with AsyncSunoClient(**options) as client:
            return await client.personas.create(**arguments)

    return asyncio.run(create())


@pytest.mark.parametrize("how", BROKEN_BUT_WHOLE)
def test_whole_json_is_the_result(face: str, how: str) -> None:
    with serve_script(lambda _: BROKEN_BUT_WHOLE[how]) as server:
        assert _create(face, server.url).id == "id of Ada"
        assert len(server.received) == 1


@pytest.mark.parametrize("ending", [Close, 60.0], ids=["closed", "silent"])
def test_part_of_body_is_in_the_error(face: str, ending: Step) -> None:
    with serve_script(lambda _: [LENGTH % len(WHOLE) + WHOLE[:-1], ending]) as server:
        with pytest.raises(OutcomeUnknownError) as raised:
            _create(face, server.url)
        response = raised.value.response
        assert response is not None
        assert (response.status_code, response.content) == (200, WHOLE[:-1])
        assert response.headers["content-length"] == str(len(WHOLE))
