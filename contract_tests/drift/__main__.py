"""`python -m contract_tests.drift [target ...]`: judge the mock and the recordings, or a recording of one's own.

Exit status: 0 nothing worse than a note; 1 drift; 2 something cannot be used.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cometapi_suno_mock import Contract, DescriptionError
from cometapi_suno_mock import description as descriptions
from ruamel.yaml import YAML

from contract_tests.drift import baseline as baselines
from contract_tests.drift import coverage_report
from contract_tests.drift.exchange import Exchange
from contract_tests.drift.files import RecordingError, read
from contract_tests.drift.har import import_har
from contract_tests.drift.judge import Judge, Report
from contract_tests.drift.proposals import overlay
from contract_tests.drift.targets import TARGETS, TargetError, open_target

_FAILURES = (baselines.BaselineError, RecordingError, TargetError, DescriptionError, OSError)
_HOST = "api.cometapi.com"


def main(arguments: list[str] | None = None) -> int:
    """Run the verb."""
    told = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(prog="python -m contract_tests.drift", description=told)
    names = ", ".join(TARGETS)
    parser.add_argument("targets", nargs="*", help=f"{names}, a recording, or a HAR; by default {names}")
    parser.add_argument("--host", default=_HOST, help="the host of a HAR's exchanges")
    parser.add_argument("--baseline", type=Path, default=baselines.DEFAULT, help="what is known and tolerated")
    parser.add_argument("--overlay", type=Path, help="write the proposals to this file")
    parser.add_argument("--coverage", action="store_true", help="print what was exercised")
    options = parser.parse_args(arguments)
    try:
        description = descriptions.load()
        known = baselines.read(options.baseline)
        reports = [
            Judge(description, baseline=known).observe_all(_exchanges(name, options.host, description)).report(name)
            for name in options.targets or list(TARGETS)
        ]
        if options.overlay is not None:
            _write(options.overlay, description, reports)
    except _FAILURES as error:
        sys.stderr.write(f"drift: {error}\n")
        return 2
    for line in (line for report in reports for line in lines(report)):
        sys.stdout.write(f"{line}\n")
    if options.coverage:
        coverages = {report.target: report.coverage for report in reports}
        operations = Contract(description).operations
        sys.stdout.write(f"\n{coverage_report.text(coverages, operations)}\n")
    return 0 if all(report.holds for report in reports) else 1


def lines(report: Report) -> Iterator[str]:
    """A report for the terminal."""
    yield report.line
    yield from (f"  {finding}" for finding in report.findings)
    yield from (f"  {entry.finding} expired on {entry.expires}: {entry.reason}" for entry in report.expired)


def _exchanges(name: str, host: str, description: Mapping[str, Any]) -> Iterable[Exchange]:
    path = Path(name)
    if path.suffix == ".har":
        return import_har(path, Contract(description), host)
    return read(path) if path.exists() else open_target(name).exchanges()


def _write(path: Path, description: Mapping[str, Any], reports: Sequence[Report]) -> None:
    """Write an overlay of everything that was found; nothing when there is nothing to be proposed."""
    findings = {finding.id: finding for report in reports for finding in report.findings}
    names = " and ".join(report.target for report in reports)
    proposed = overlay(description, findings.values(), f"Drift of {names}", reports[0].date)
    if proposed is None:
        sys.stderr.write("drift: nothing to be proposed; no overlay was written\n")
        return
    writer: Any = YAML()
    writer.width = 120
    scratch = path.with_name(f"{path.name}.new")
    with scratch.open("w", encoding="utf-8") as stream:
        writer.dump(proposed, stream)
    scratch.replace(path)


if __name__ == "__main__":
    sys.exit(main())
