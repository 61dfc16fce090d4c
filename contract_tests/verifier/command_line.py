"""The command: ask, judge, report."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NoReturn

from attrs import frozen

from contract_tests.suite.pytest_results_plugin import QUESTIONS, Recorder
from contract_tests.verifier.drift import baseline
from contract_tests.verifier.drift.detector import Judge, Report
from contract_tests.verifier.exchange.har import HOST
from contract_tests.verifier.exchange.recordings import RecordingError
from contract_tests.verifier.exchange.targets import TargetError, open_target
from contract_tests.verifier.live import live_command as live
from contract_tests.verifier.live.errors import BadInputError
from contract_tests.verifier.live.run_summary import Account
from contract_tests.verifier.live.signals import Interrupts
from contract_tests.verifier.report import Question, Suite, SuiteCell, SuiteFailure, TargetRun
from contract_tests.verifier.report.outcome import FOLDER, Outcome, OutcomeError
from scripts import openapi_document as source

LIVE: Final = "live"
WITHOUT_ASKING: Final = ("mock", "recorded")
"""The targets that are asked when none is named: they need nothing to be told."""

_FAILURES: Final = (
    baseline.BaselineError,
    BadInputError,
    OutcomeError,
    RecordingError,
    TargetError,
    source.DescriptionError,
)
_EPILOG = """\
The target live takes the options of `python -m contract_tests.verifier.live`: it prints its plan; --yes sends it.
Exit status: 0 as described; 1 drifted, or a live run ended early; 2 something given cannot be used; 130 and 143
interrupted.
"""


@frozen(kw_only=True)
class Options:
    """What the command line asks for.

    Attributes:
        target: Its name; `None` for those that need nothing to be told.
        base_url: Where it answers; `None` for where it does by itself.
        host: Whose exchanges are taken from an archive.
        description: The bundled description; `None` for the generated one.
        report: Where the report goes.
        rest: What only a live run understands.
    """

    target: str | None = None
    base_url: str | None = None
    host: str = HOST
    description: Path | None = None
    report: Path = FOLDER
    rest: Sequence[str] = ()


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise TargetError(message)


def main(interrupts: Interrupts, arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    try:
        options = parse(arguments)
        outcome = Outcome(options.description or source.DEFAULT, options.report)
        outcome.prepare()
        if options.target == LIVE:
            status = _live(options, outcome, interrupts)
        else:
            names = WITHOUT_ASKING if options.target is None else [options.target]
            status = outcome.tell(_asked(names, options))
    except _FAILURES as error:
        status = _refuse(error)
    return status if interrupts.status is None else interrupts.status


def parse(arguments: Sequence[str] | None) -> Options:
    """Read the command line.

    Raises:
        TargetError: It does not make sense.
    """
    parser = _Parser(
        prog="python -m contract_tests.verifier",
        description="Ask a target, hold what it answers against the description, and report.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    told = "mock, recorded, live, or the path of a recording, of a folder of them, or of a HAR (default: "
    parser.add_argument("--target", metavar="TARGET", help=f"{told}{' and '.join(WITHOUT_ASKING)})")
    parser.add_argument("--base-url", metavar="URL", help="where the gateway is; without a target, that of live")
    parser.add_argument("--host", default=HOST, help="whose exchanges are taken from a HAR (default: %(default)s)")
    parser.add_argument("--description", type=Path, metavar="FILE", help="bundled description (default: the generated)")
    parser.add_argument(
        "--report", type=Path, default=FOLDER, metavar="FOLDER", help="where the report goes (default: build/report)"
    )
    given, rest = parser.parse_known_args(arguments)
    target = given.target if given.target is not None else LIVE if given.base_url is not None else None
    if rest and target != LIVE:
        raise TargetError(f"unrecognized arguments: {' '.join(rest)}")
    return Options(
        target=target,
        base_url=given.base_url,
        host=given.host,
        description=given.description,
        report=given.report,
        rest=rest,
    )


def with_suite(recorder: Recorder) -> int:
    """Ask what answers without a charge, and report that with what the contract suite gave.

    Args:
        recorder: What the suite gave.
    """
    try:
        outcome = Outcome(source.DEFAULT)
        outcome.prepare()
        return outcome.tell(_asked(WITHOUT_ASKING), _suite(recorder))
    except _FAILURES as error:
        return _refuse(error)


def _asked(names: Sequence[str], options: Options | None = None) -> list[TargetRun]:
    """What targets that answer without a charge were found to do."""
    options = options or Options()
    contract = live.described(options.description)
    known, runs = baseline.read(), list[TargetRun]()
    for name in names:
        target = open_target(name, contract.description, base_url=options.base_url, host=options.host)
        report = Judge(contract, baseline=known).observe_all(target.exchanges()).report(target.name)
        runs.append(TargetRun(target.name, report))
    return runs


def _suite(recorder: Recorder) -> Suite:
    return Suite(
        questions=tuple(Question(name, each.title, each.text, each.each) for name, each in QUESTIONS.items()),
        cells={place: SuiteCell(cell.tests, cell.failed, cell.checks) for place, cell in recorder.cells.items()},
        failures=tuple(
            SuiteFailure(each.test, each.question, each.operations, each.message, each.file, each.line)
            for each in recorder.failures
        ),
    )


def _refuse(error: Exception) -> int:
    sys.stderr.write(f"verify: {' '.join(str(error).split())}\n")
    return 2


def _live(options: Options, outcome: Outcome, interrupts: Interrupts) -> int:
    """Hand over to the live run, which plans, caps and records; then report what it found."""
    outcome.load()  # what cannot be reported on is not sent
    arguments = list(options.rest)
    if options.base_url is not None:
        arguments += ["--base-url", options.base_url]
    if options.description is not None:
        arguments += ["--description", str(options.description)]

    def tell(account: Account, report: Report) -> None:
        outcome.tell([TargetRun(LIVE, report, account=account)])

    return live.main(interrupts, arguments, tell)
