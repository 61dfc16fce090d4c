"""The command `python -m contract_tests.verifier`: get the exchanges of a target, judge them, and report."""

from __future__ import annotations

import argparse
import contextlib
import locale
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from time import perf_counter
from typing import Any, Final, NoReturn, TypeVar

from attrs import evolve, fields_dict
from cometapi_suno import ConfigurationError
from cometapi_suno_mock import Contract, DescriptionError, load_contract

from contract_tests.verifier.drift import baseline
from contract_tests.verifier.drift_detector import DriftDetector
from contract_tests.verifier.exchange import VerifierInputError
from contract_tests.verifier.exchange.recordings import HOST, check_private
from contract_tests.verifier.exchange.sanitize import Sanitizer
from contract_tests.verifier.exchange.targets import TargetDiedError, open_target
from contract_tests.verifier.live.held_secrets import HeldSecrets, has_token
from contract_tests.verifier.live.live_plan import LiveOptions, make_plan
from contract_tests.verifier.live.live_run import LiveRun, read_run
from contract_tests.verifier.live.planned_requests import PATH_SEGMENT, Tier
from contract_tests.verifier.live.run_summary import RunSummary, read_journal
from contract_tests.verifier.live.signals import Interrupts
from contract_tests.verifier.live.upstream import Upstream, connect_to
from contract_tests.verifier.report import github_annotations, terminal
from contract_tests.verifier.report.badges import ASCII_SIGNS
from contract_tests.verifier.report.run_model import LIVE, SuiteResults, TargetRun, Verdict, VerificationRun
from contract_tests.verifier.report.write_report import DEFAULT_FOLDER, OVERLAY, check_folder, write_report
from scripts import description_file
from scripts.text_and_files import format_path

HINTS: Final = {
    "mock": "make verify TARGET=mock",
    "recorded": "make verify TARGET=recorded",
    LIVE: "make verify TARGET=live TIER=free prints what it would send",
}
"""The columns of a report, and how to run each target."""
FREE_TARGETS: Final = ("mock", "recorded")
"""The targets of a command that names none."""

_T = TypeVar("_T")
_INPUT_ERRORS: Final = (ConfigurationError, VerifierInputError, description_file.DescriptionFileError)
_EPILOG: Final = """\
The target live prints its plan; only --yes sends it. It reads the key from COMETAPI_KEY and, for the calls of the
account, the access token from COMETAPI_ACCESS_TOKEN.
Exit status: 0 the contract holds, or only a plan was printed; 1 it does not: drift, or a failed test of the suite;
2 an argument or a file cannot be used, nothing was sent; 3 incomplete: nothing breaks it, but not everything was
asked or answered; 130 and 143 interrupted. make itself ends with 2 for all of them, and prints the status.
"""
_STATUSES: Final = {verdict.value: verdict.name.lower() for verdict in Verdict}


class VerifyOptions(argparse.Namespace):
    """The options of the command."""

    target: str | None
    """The target; `None` for the free ones."""
    base_url: str | None
    """Where a mock is served."""
    host: str
    """The host whose exchanges are read from an archive."""
    description: Path | None
    """The bundled description; `None` for the generated one."""
    report: Path
    """The folder of the report."""
    suite_results: Path | None
    """The results of the contract suite, to be reported too."""
    keep_contents: bool
    """Whether recordings and reports keep what was sent and answered, not only its shape."""
    live: LiveOptions | None
    """The options of the target live; `None` for other targets."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise VerifierInputError(message)


def main(interrupts: Interrupts, arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    reconfigure: Any = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")  # no report is lost because of a sign
    try:
        status = _verify(parse_arguments(arguments), interrupts)
    except _INPUT_ERRORS as error:
        sys.stderr.write(f"verify: {' '.join(str(error).split())}\n")
        status = 2
    status = status if interrupts.status is None else interrupts.status
    if status not in (0, 2):  # make itself ends with 2
        say(f"Exit status: {status}, {_STATUSES.get(status, 'interrupted')}.")
    return status


def parse_arguments(arguments: Sequence[str] | None) -> VerifyOptions:
    """Parse the command line.

    Raises:
        VerifierInputError: An argument cannot be used.
        VerifierInputError: Arguments of a live run contradict each other.
    """
    given = _make_parser().parse_args(arguments, VerifyOptions())
    live = {name: value for name, value in vars(given).items() if name in _LIVE_NAMES}
    if given.target is None and (given.base_url is not None or live):
        given.target = LIVE
    if live and given.target != LIVE:
        raise VerifierInputError(f"--{next(iter(live)).replace('_', '-')} is an option of the target live only")
    live["keep_contents"] = given.keep_contents
    given.live = _make_live_options(live, given.base_url) if given.target == LIVE else None
    return given


def read_contract(path: Path | None) -> Contract:
    """Load a bundled description, by default the generated one.

    Raises:
        VerifierInputError: It cannot be used.
    """
    try:
        contract = load_contract(path)
        contract.description["servers"][0]["url"].encode("ascii")
    except DescriptionError as error:
        raise VerifierInputError(f"the description cannot be used: {error}") from None
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        where = path or "the generated description"
        raise VerifierInputError(f"{where}: not a description: {type(error).__name__}: {error}") from None
    return contract


def say(text: str) -> None:
    """Print a line. If the reader of the output is gone, go on: what was recorded is on the disk."""
    try:
        text.encode(_find_encoding())
    except UnicodeEncodeError:
        text = text.translate(ASCII_SIGNS)
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _find_encoding() -> str:
    """Return the encoding of the terminal. In the locale C, Python writes UTF-8 all the same (PEP 540)."""
    if sys.flags.utf8_mode and not os.environ.get("PYTHONIOENCODING"):
        return locale.getencoding()
    return sys.stdout.encoding or "utf-8"


def _verify(options: VerifyOptions, interrupts: Interrupts) -> int:
    check_folder(options.report)
    if options.keep_contents:
        for folder in (options.report, options.live.out if options.live is not None else options.report):
            check_private(folder)
        sys.stderr.write(
            "verify: --keep-contents: recordings and the report hold what was sent and answered. Share neither.\n"
        )
    suite = SuiteResults.read(options.suite_results) if options.suite_results is not None else None
    contract = read_contract(options.description)
    description = description_file.load(options.description or description_file.DEFAULT)
    if options.live is None:
        names = FREE_TARGETS if options.target is None else [options.target]
        targets = [_judge_target(name, options, contract) for name in names]
    else:
        live = _judge_live(options.live, contract, interrupts)
        if live is None:
            return 0
        targets = [live]
    by_name = {target.name: target for target in targets}
    run = VerificationRun(
        description=description,
        date=baseline.today(),
        targets=tuple(by_name.get(name) or TargetRun(name, hint=hint) for name, hint in HINTS.items()),
        suite=suite,
        overlay=format_path(options.report / OVERLAY),
    )
    run = _try_proposals(run)
    coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    say(f"\n{terminal.render(run, coloured=coloured, width=shutil.get_terminal_size().columns)}")
    files = write_report(run, options.report)
    if os.environ.get("GITHUB_ACTIONS") == "true":
        say(github_annotations.render(run).rstrip("\n"))
    say(f"Report: {', '.join(map(format_path, files))}")
    return run.verdict.value


def _judge_target(name: str, options: VerifyOptions, contract: Contract) -> TargetRun:
    """Get the exchanges of the mock or of recordings, and judge them."""
    base_url, started = options.base_url, perf_counter()
    target = open_target(name, contract, base_url=base_url, host=options.host, keep_contents=options.keep_contents)
    detector, cut_short = DriftDetector(contract, baseline=baseline.read_baseline()), ""
    try:
        exchanges = target.exchanges()
    except TargetDiedError as error:
        exchanges, cut_short = error.exchanges, str(error)
    report = detector.observe_all(exchanges).report()
    seconds = perf_counter() - started
    return TargetRun(target.name, report, cut_short=cut_short, seconds=seconds, base_url=base_url or "")


def _judge_live(options: LiveOptions, contract: Contract, interrupts: Interrupts) -> TargetRun | None:
    """Send the plan and judge the answers, or those of an earlier run; return `None` if the plan was only printed."""
    started = perf_counter()
    summary = _run_live(options, contract, interrupts)
    if summary is None:
        return None
    sanitizer = Sanitizer(contract=contract, keep_contents=options.keep_contents)
    exchanges = map(sanitizer.sanitize, read_run(summary))
    report = DriftDetector(contract, baseline=baseline.read_baseline()).observe_all(exchanges).report()
    say(summary.render())
    return TargetRun(LIVE, report, summary=summary, seconds=perf_counter() - started)


def _try_proposals(run: VerificationRun) -> VerificationRun:
    """Withdraw the proposals that could not be accepted."""
    findings = list({finding.id: finding for _, finding in run.findings()}.values())
    if not any(finding.proposal for finding in findings):
        return run
    # Imported when needed: it brings the generator, which takes a third of the start.
    from contract_tests.verifier.trial.proposal_trial import ProposalTrial  # noqa: PLC0415

    tried = {finding.id: finding for finding in ProposalTrial(run.description, findings).withdraw_failing()}
    targets: list[TargetRun] = []
    for target in run.targets:
        if target.report is not None:
            found = tuple(
                evolve(each, proposal=tried[each.id].proposal, undecided=tried[each.id].undecided)
                for each in target.report.findings
            )
            target = evolve(target, report=evolve(target.report, findings=found))  # noqa: PLW2901
        targets.append(target)
    return evolve(run, targets=tuple(targets))


def _run_live(options: LiveOptions, contract: Contract, interrupts: Interrupts) -> RunSummary | None:
    """Send the plan, or read an earlier run; return `None` if the plan was only printed."""
    if options.judge is not None:
        return read_journal(options.judge)
    plan = make_plan(options, contract, has_token=has_token())
    if not options.yes:
        say(plan.render())
        if plan.obstacle is not None:
            say(f"With --yes: {plan.obstacle}")
        say("Nothing was sent. Add --yes to send the plan.")
        return None
    if plan.obstacle is not None:
        raise VerifierInputError(plan.obstacle)
    upstream = Upstream(plan.base_url, HeldSecrets.take(), connect_to(plan.base_url), options.timeout)
    say(plan.render() + "\n")
    return LiveRun(plan, contract, upstream).execute(interrupts, say)


def _make_live_options(given: Mapping[str, Any], base_url: str | None) -> LiveOptions:
    tiers, judge = frozenset[Tier](given.get("tier", ())), given.get("judge")
    ids = {name: list(dict.fromkeys(given.get(name, ()))) for name in ("task_id", "clip_id")}
    if judge is not None:
        if tiers or "yes" in given:
            raise VerifierInputError("--judge sends nothing: leave --tier and --yes out.")
    elif not tiers:
        raise VerifierInputError(f"the target live needs --tier: {', '.join(Tier)}.")
    if any(ids.values()) and Tier.READ not in tiers:
        raise VerifierInputError("--task-id and --clip-id are for --tier read.")
    if Tier.PAID in tiers and not given.keys() & {"max_cost", "max_calls"}:
        raise VerifierInputError("--tier paid needs a cap: --max-cost, --max-calls, or both.")
    prices: dict[str, Decimal] = {}
    for operation, price in given.get("price", ()):
        if operation in prices:
            raise VerifierInputError(f"--price {operation} is given twice.")
        prices[operation] = price
    others = {name: value for name, value in given.items() if name in fields_dict(LiveOptions) and name != "only"}
    only = frozenset[str](given.get("only", ()))
    return LiveOptions(tiers=tiers, ids=ids, only=only, prices=prices, base_url=base_url, **others)


def _make_parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m contract_tests.verifier",
        description="Compare what a target answers with the description, and write a report.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    known = "mock, recorded, live, or the path of a recording, a folder of them, a HAR or a JSON log (default: "
    add("--target", metavar="TARGET", help=f"{known}{' and '.join(FREE_TARGETS)}; live with an option of it)")
    add("--base-url", metavar="URL", help="the gateway (default for live: COMETAPI_BASE_URL, else the description's)")
    add("--host", default=HOST, help="the host whose exchanges are read from a HAR or log (default: %(default)s)")
    add("--description", type=Path, metavar="FILE", help="bundled description (default: the generated one)")
    add("--report", type=Path, default=DEFAULT_FOLDER, metavar="FOLDER", help="for the report (default: %(default)s)")
    add("--keep-contents", action="store_true", help="do not sanitize recordings and the report; share neither")
    add("--suite-results", type=Path, metavar="FILE", help="results of the contract suite, to be reported too")
    live = parser.add_argument_group("options of the target live", argument_default=argparse.SUPPRESS)
    for name, (help_text, settings) in _LIVE_ARGUMENTS.items():
        live.add_argument(f"--{name}", help=help_text, **settings)
    return parser


def _value(name: str, convert: Callable[[str], _T], accept: Callable[[_T], object] = bool) -> Callable[[str], _T]:
    """Return a function that converts an argument, or says that it is not what `name` says."""

    def read(text: str) -> _T:
        try:
            value = convert(text)
        except (ValueError, InvalidOperation):
            value = None
        if value is None or not accept(value):
            raise argparse.ArgumentTypeError(f"{text!a} is not {name}")
        return value

    return read


_tier = _value(f"a tier; there are {', '.join(Tier)}", Tier)
_id = _value("an id of letters, digits, '-', '_', '.' and '~'", str, PATH_SEGMENT.fullmatch)
_amount = _value(
    "an amount, such as 0.50", Decimal, lambda value: value.is_finite() and value >= 0 and abs(value.adjusted()) <= 12
)
_count = _value("a number of calls from 1 to 100000", int, lambda value: 1 <= value <= 100_000)
_port = _value("a port", int, lambda value: 0 <= value <= 65_535)
_seconds = _value("a number above 0 and up to 86400", float, lambda value: 0 < value <= 86_400)
# With a lower rate, callers of the proxy would time out before their turn.
_rate = _value("a number of calls per second of at least 0.01", float, lambda value: 0.01 <= value <= 86_400)


def _price(text: str) -> tuple[str, Decimal]:
    operation, is_there, amount = text.partition("=")
    if not is_there or not operation:
        raise argparse.ArgumentTypeError(f"{text!a} is not OPERATION=AMOUNT, such as createPersona=0.01")
    return operation, _amount(amount)


_DEFAULTS: Final[Mapping[str, Any]] = {name: each.default for name, each in fields_dict(LiveOptions).items()}
_LIVE_ARGUMENTS: Final[Mapping[str, tuple[str, dict[str, Any]]]] = {
    "tier": (f"how far to go: {', '.join(Tier)}", {"action": "append", "type": _tier, "metavar": "TIER"}),
    "task-id": ("for --tier read: one of your tasks", {"action": "append", "type": _id, "metavar": "ID"}),
    "clip-id": ("for --tier read: one of your clips", {"action": "append", "type": _id, "metavar": "ID"}),
    "only": ("of --tier free and read, only this operation", {"action": "append", "metavar": "OPERATION"}),
    "max-cost": ("what all calls may cost, in US dollars", {"type": _amount, "metavar": "AMOUNT"}),
    "max-calls": ("how many calls may be sent (default: as planned)", {"type": _count, "metavar": "N"}),
    "price": ("the highest price of a call", {"action": "append", "type": _price, "metavar": "OPERATION=AMOUNT"}),
    "rate": (f"calls per second at most (default: {_DEFAULTS['rate']:g})", {"type": _rate, "metavar": "N"}),
    "wait": (f"seconds that a song may take (default: {_DEFAULTS['wait']:g})", {"type": _seconds, "metavar": "S"}),
    "timeout": (
        f"seconds until a response must be complete (default: {_DEFAULTS['timeout']:g})",
        {"type": _seconds, "metavar": "S"},
    ),
    "out": (f"where the folder of the run is made (default: {_DEFAULTS['out']})", {"type": Path, "metavar": "FOLDER"}),
    "port": ("port of the proxy on 127.0.0.1 (default: a free one)", {"type": _port, "metavar": "N"}),
    "judge": ("send nothing; judge what an earlier run recorded", {"type": Path, "metavar": "FOLDER"}),
    "measure": ("read the key's usage, to print what the run was really charged", {"action": "store_true"}),
    "yes": ("send the plan", {"action": "store_true"}),
}
_LIVE_NAMES: Final = frozenset(name.replace("-", "_") for name in _LIVE_ARGUMENTS)
