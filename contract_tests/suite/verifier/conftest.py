"""What the tests of the verifier share."""

from __future__ import annotations

import pytest

from contract_tests.verifier import command_line


@pytest.fixture
def untried_proposals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Offer proposals without a trial, which takes two seconds, in a test that asks nothing about proposals."""
    monkeypatch.setattr(command_line, "_try_proposals", lambda run: run)
