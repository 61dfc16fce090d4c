"""What the tests of the verifier share."""

from __future__ import annotations

import pytest

from contract_tests.verifier import command_line
from contract_tests.verifier.report.run_model import VerificationRun


@pytest.fixture
def untried_proposals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Offer proposals without a trial, which takes two seconds, in a test that asks nothing about proposals."""

    def keep(run: VerificationRun) -> VerificationRun:
        return run

    monkeypatch.setattr(command_line, "_try_proposals", keep)
