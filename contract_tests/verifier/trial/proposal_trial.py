"""Try proposals out before they are offered: apply them to a copy, lint it, generate the client, judge again with it.

A proposal that fails is not offered as an action: its finding carries the reason.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Final

from attrs import evolve

from contract_tests.verifier.drift.findings import DriftFinding
from contract_tests.verifier.proposals.proposals import make_overlay
from scripts.description_file import Description, DescriptionFileError
from scripts.generate import generate
from scripts.generator.generation_error import GenerationError
from scripts.lint import lint
from scripts.overlay.__main__ import apply_overlay, write_copy
from scripts.overlay.overlay_actions import OverlayError

MAX_TRIALS: Final = 30
"""Trials of one run, each of some seconds. Proposals that it takes more for are not offered."""
_PROJECT: Final = Path(__file__).resolve().parents[3]


class ProposalTrial:
    """Tries proposals out.

    Args:
        description: The description as written.
        findings: All findings of a run; those of them that are not accepted may remain.
    """

    def __init__(self, description: Description, findings: Sequence[DriftFinding]) -> None:
        self._description = description
        self._findings = findings
        self._left = MAX_TRIALS
        self._failed: dict[str, str] = {}

    def withdraw_failing(self) -> list[DriftFinding]:
        """Return the findings, without the proposals that fail, alone or together with others, and with the reasons."""
        self._find_working([each for each in self._findings if each.proposal])
        return [
            evolve(each, proposal=(), undecided=self._failed[each.id]) if each.id in self._failed else each
            for each in self._findings
        ]

    def try_out(self, accepted: Sequence[DriftFinding]) -> str:
        """Return why the proposals of some findings cannot be accepted together; empty if they can."""
        overlay = make_overlay(self._description.bundled(), accepted, "A trial", date.min)
        if overlay is None:
            return ""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            try:
                result = apply_overlay(self._description.data, overlay)
                copy = write_copy(self._description, result, folder)
                broken = [each for each in lint(copy) if (each.rule, each.pointer) not in self._broken_before]
                if broken:
                    return f"lint would say: {broken[0].message} [{broken[0].rule}] at {broken[0].pointer}"
                generate(copy.path, folder / "generated")
            except (OverlayError, DescriptionFileError, GenerationError) as error:
                return " ".join(str(error).replace(f"{folder}{os.sep}", "").split())
            return self._judge_again(folder, accepted)

    @cached_property
    def _broken_before(self) -> set[tuple[str, str]]:
        return {(each.rule, each.pointer) for each in lint(self._description)}

    def _find_working(self, findings: Sequence[DriftFinding]) -> Sequence[DriftFinding]:
        """Return the findings whose proposals work together: all of them, or those of both halves that do."""
        reason = self._try_within_limit(findings) if findings else ""
        if not reason:
            return findings
        if len(findings) == 1 or not self._left:
            self._failed |= {each.id: reason for each in findings}
            return []
        half = len(findings) // 2
        kept = list(self._find_working(findings[:half]))
        others = self._find_working(findings[half:])
        if not kept or not others or not self._try_within_limit([*kept, *others]):
            return [*kept, *others]
        for each in others:
            reason = self._try_within_limit([*kept, each])
            if reason:
                self._failed[each.id] = f"not together with the other proposals: {reason}"
            else:
                kept.append(each)
        return kept

    def _try_within_limit(self, findings: Sequence[DriftFinding]) -> str:
        if not self._left:
            return f"not tried out: {MAX_TRIALS} trials were not enough"
        self._left -= 1
        return self.try_out(findings)

    def _judge_again(self, folder: Path, accepted: Sequence[DriftFinding]) -> str:
        """Return what is still found, with the client of the changed description, in the exchanges of findings."""
        exchanges = {each.evidence.id: each.evidence.to_json() for finding in accepted for each in finding.sightings}
        (folder / "exchanges.json").write_text(json.dumps(list(exchanges.values())), "utf-8")
        generated = folder / "generated"
        path = os.pathsep.join([str(generated), str(_PROJECT / "contract_tests"), str(_PROJECT)])
        done = subprocess.run(
            [sys.executable, "-m", "contract_tests.verifier.trial.judge_exchanges",
             str(generated / "openapi.json"), str(folder / "exchanges.json")],
            cwd=_PROJECT, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            return f"the client made from it cannot be used: {done.stderr.strip().rpartition(chr(10))[2][:200]}"
        ids = {finding.id for finding in accepted}
        known = {place for each in self._findings if each.id not in ids for place in each.places}
        for kind, operation, status, place in json.loads(done.stdout):
            if (kind, operation, status, place) not in known and (kind != "refused" or not known):
                still = f"the client refuses it: {place}" if kind == "refused" else f"{kind} at {place or '/'}"
                return f"afterwards there is still {operation} {status}: {still}"
        return ""
