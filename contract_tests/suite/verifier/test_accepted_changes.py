"""Is everything green once a maintainer has accepted proposals and added operations, in `openapi/` alone?"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import pytest
from attrs import evolve

from contract_tests.suite.verifier.drifted_servers import SERVERS, DriftedServer
from contract_tests.verifier.drift.findings import DriftKind
from contract_tests.verifier.exchange.exchange import HttpExchange
from scripts.description_file import DEFAULT
from scripts.docs_site.__main__ import write_pages
from scripts.tests.repository.added_kinds import FOLLOWING
from scripts.tests.repository.added_operations import add_operations
from scripts.tests.repository.console_blocks import CONTRIBUTING, parse_commands, run_command
from scripts.tests.repository.scratch_clone import ScratchClone

RECORDINGS = "contract_tests/suite/recordings"
WITHDRAWN = ("task id is an empty text", "text/json", "octet-stream")
"""Servers whose proposals fail when they are tried out, which costs further trials; other tests ask about that."""


@pytest.mark.slow
def test_accepted_changes_follow_everywhere(tmp_path: Path) -> None:
    """In a clone, `make` asks everything of what is offered for two servers of each kind and of new operations.

    One operation is the one that CONTRIBUTING.md adds, by its own commands; the others are of every kind that follows.
    """
    clone = ScratchClone(tmp_path)
    (clone.root / "build").mkdir()
    lines = "".join(f"{json.dumps(each.to_json())}\n" for each in _list_recordings())
    (clone.root / "build" / "seen.jsonl").write_text(lines, "utf-8")
    clone.python("-m", "contract_tests.verifier", "--target", "build/seen.jsonl", status=1)
    overlay = (clone.root / "build" / "report" / "overlay.yaml").read_text("utf-8")
    assert overlay.count("x-finding") >= 16
    clone.make("apply-overlay", "FILE=build/report/overlay.yaml")
    assert clone.git("diff", "--stat", "openapi/suno.yaml")

    section = CONTRIBUTING.read_text("utf-8").partition("## To add an operation")[2].partition("\n## ")[0]
    edits = [command for command, _ in takewhile(lambda each: not each[1], parse_commands(section))]
    assert len(edits) > 5
    assert [run_command(clone, command) for command in edits] == [""] * len(edits)
    add_operations(clone.root / "openapi", FOLLOWING)
    added = ["getMidi", *(each.id for each in FOLLOWING)]

    verdict = clone.make("verdict")
    assert "\nThe contract holds: " in verdict
    assert re.search(r"^clips\.midi +\u2714 \w.*? +\u2714", verdict, re.MULTILINE)
    asked: dict[str, set[str]] = defaultdict(set)
    for each in json.loads((clone.root / "build" / "suite-results.json").read_text("utf-8"))["results"]:
        asked[each["operation"]].add(each["question"])
    assert [each for each in added if asked[each] != asked["getWav"]] == []

    changed = clone.git("status", "--porcelain").splitlines()
    assert {line[3:].partition("/")[0] for line in changed} == {"openapi", "generated", "contract_tests"}
    assert {line[3:].rpartition("/")[0] for line in changed if "contract_tests" in line} <= {RECORDINGS}
    printed = clone.python("-m", "scripts.diff", "HEAD")
    assert [each for each in added if f"`{each}` is new" not in printed] == []
    write_pages(clone.root / "openapi" / DEFAULT.name, tmp_path / "pages")
    pages = "\n".join(page.read_text("utf-8") for page in (tmp_path / "pages").rglob("*.md"))
    assert [each.id for each in FOLLOWING if each.whole_path not in pages] == []


def _list_recordings() -> Iterator[HttpExchange]:
    """Yield an exchange of the first and of the last server of each kind, as recordings of the service."""
    by_kind: dict[DriftKind, list[DriftedServer]] = defaultdict(list)
    for name, server in SERVERS.items():
        if name not in WITHDRAWN:
            by_kind[server.kind].append(server)
    for number, server in enumerate(server for same in by_kind.values() for server in (same[0], same[-1])):
        seen = evolve(server.exchange, id=f"server-{number}", origin="recorded", target="api.cometapi.com")
        yield evolve(seen, date="2026-11-27")
