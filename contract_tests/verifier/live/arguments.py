"""What the command line asks for."""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import NoReturn

from attrs import frozen

from contract_tests.verifier.live.errors import BadInputError
from contract_tests.verifier.live.paid_workflow import WAIT
from contract_tests.verifier.live.planned_requests import SEGMENT, Tier

_SLOWEST = 0.01
"""Calls per second: with fewer, callers would give up before it is their turn."""
_EPILOG = """\
The key is read from COMETAPI_KEY. Without --yes nothing is sent: the plan is printed, and that is all.
Exit status: 0 the plan was sent and came back as described, or was only printed; 1 something else came, or the run
ended early; 2 something given cannot be used, nothing was sent; 130 and 143 interrupted.
"""


@frozen(kw_only=True)
class Options:
    """What the command line asks for."""

    tiers: frozenset[Tier]
    ids: Mapping[str, Sequence[str]]
    only: frozenset[str]
    prices: Mapping[str, Decimal]
    max_cost: Decimal | None
    max_calls: int | None
    rate: float
    wait: float
    patience: float
    base_url: str | None
    description: Path | None
    out: Path
    port: int
    judge: Path | None
    yes: bool


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise BadInputError(message)


def parse(arguments: Sequence[str] | None) -> Options:
    """Read them.

    Raises:
        BadInputError: They do not make sense.
    """
    given = _parser().parse_args(arguments)
    tiers = frozenset(given.tier)
    ids = {"task_id": list(dict.fromkeys(given.task_id)), "clip_id": list(dict.fromkeys(given.clip_id))}
    if given.judge is not None:
        if tiers or given.yes:
            raise BadInputError("--judge sends nothing: leave --tier and --yes out.")
    elif not tiers:
        raise BadInputError(f"say how far to go with --tier: {', '.join(Tier)}.")
    if any(ids.values()) != (Tier.READ in tiers):
        raise BadInputError("--tier read and the ids to read, --task-id or --clip-id, go together.")
    if Tier.PAID in tiers and given.max_cost is None and given.max_calls is None:
        raise BadInputError("--tier paid needs an amount: --max-cost, --max-calls, or both.")
    prices: dict[str, Decimal] = {}
    for operation, price in given.price:
        if operation in prices:
            raise BadInputError(f"--price {operation}: given twice.")
        prices[operation] = price
    return Options(
        tiers=tiers,
        ids=ids,
        only=frozenset(given.only),
        prices=prices,
        max_cost=given.max_cost,
        max_calls=given.max_calls,
        rate=given.rate,
        wait=given.wait,
        patience=given.timeout,
        base_url=given.base_url,
        description=given.description,
        out=given.out,
        port=given.port,
        judge=given.judge,
        yes=given.yes,
    )


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m contract_tests.verifier.live",
        description="Verify the description against the live service, within limits.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--tier", action="append", default=[], type=_tier, metavar="TIER", help=f"how far to go: {', '.join(Tier)}")
    add("--task-id", action="append", default=[], type=_id, metavar="ID", help="for --tier read: a task of yours")
    add("--clip-id", action="append", default=[], type=_id, metavar="ID", help="for --tier read: a clip of yours")
    add("--only", action="append", default=[], metavar="OPERATION", help="of --tier free and read, only this one")
    add("--max-cost", type=_amount, metavar="AMOUNT", help="what all calls may cost, in the unit of --price")
    add("--max-calls", type=_count, metavar="N", help="how many calls may be sent (default: as the plan has)")
    add(
        "--price",
        action="append",
        default=[],
        type=_price,
        metavar="OPERATION=AMOUNT",
        help="what one call costs at most",
    )
    add("--rate", type=_rate, default=2.0, metavar="N", help="calls per second at most (default: %(default)s)")
    add("--wait", type=_positive, default=WAIT, metavar="S", help="seconds that a song may take (default: %(default)s)")
    add("--timeout", type=_positive, default=120.0, metavar="S", help="seconds for one answer (default: %(default)s)")
    add("--base-url", metavar="URL", help="the service (default: COMETAPI_BASE_URL, else the description's)")
    add("--description", type=Path, metavar="FILE", help="bundled description (default: the generated one)")
    add("--out", type=Path, default=Path("build/live"), metavar="FOLDER", help="where runs go (default: %(default)s)")
    add("--port", type=_port, default=0, metavar="N", help="port of the proxy on 127.0.0.1 (default: a free one)")
    add("--judge", type=Path, metavar="FOLDER", help="send nothing; judge what an earlier run recorded")
    add("--yes", action="store_true", help="send the plan")
    return parser


def _tier(text: str) -> Tier:
    try:
        return Tier(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no tier; there are {', '.join(Tier)}") from None


def _id(text: str) -> str:
    if SEGMENT.fullmatch(text) is None:
        raise argparse.ArgumentTypeError(f"{text!a} is no id: letters, digits, '-', '_', '.' and '~' are")
    return text


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0 or abs(amount.adjusted()) > 12:
        raise argparse.ArgumentTypeError(f"{text!r} is no amount; one like 0.50 is needed")
    return amount


def _price(text: str) -> tuple[str, Decimal]:
    operation, is_there, amount = text.partition("=")
    if not is_there or not operation:
        raise argparse.ArgumentTypeError(f"{text!r}: OPERATION=AMOUNT is needed, as in createPersona=0.01")
    return operation, _amount(amount)


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:10]) <= 100_000:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of calls; 1 to 100000 are")
    return int(text)


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text[:6]) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port")
    return int(text)


def _rate(text: str) -> float:
    rate = _positive(text)
    if rate < _SLOWEST:
        raise argparse.ArgumentTypeError(f"{text!r} is slower than {_SLOWEST:g} calls per second")
    return rate


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0, and of at most 86400")
    return number
