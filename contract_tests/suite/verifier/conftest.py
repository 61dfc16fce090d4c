"""What the tests of the verifier share."""

from __future__ import annotations

import pytest

from contract_tests.suite.support.secret_leaks import KEY
from contract_tests.verifier import command_line
from contract_tests.verifier.report.run_model import VerificationRun


@pytest.fixture(autouse=True)
def own_access_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test an access token that it may take out of the environment, as the verifier does."""
    monkeypatch.setenv("COMETAPI_ACCESS_TOKEN", KEY)


@pytest.fixture
def untried_proposals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Offer proposals without a trial, which takes two seconds, in a test that asks nothing about proposals."""

    def keep(run: VerificationRun) -> VerificationRun:
        return run

    monkeypatch.setattr(command_line, "_try_proposals", keep)
