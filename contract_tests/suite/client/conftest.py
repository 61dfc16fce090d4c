"""The fixture `face`: a test runs with the sync and with the async client."""

from __future__ import annotations

import pytest

from contract_tests.suite.support.fake_transport import CLIENT_KINDS


@pytest.fixture(params=CLIENT_KINDS)
def face(request: pytest.FixtureRequest) -> str:
    """Which client the test is about."""
    face: str = request.param
    return face
