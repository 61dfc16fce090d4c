"""`python -m cometapi_suno_mock`: the gateway on a local port."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, TypeVar

from cometapi_suno_mock.contract import DescriptionError
from cometapi_suno_mock.example_responses import first_call
from cometapi_suno_mock.gateway import create_app
from cometapi_suno_mock.profiles import READINGS, Reading
from cometapi_suno_mock.serving import listen, run, url
from cometapi_suno_mock.settings import DEMO_KEY, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_DEFAULTS = Settings()
_LONGEST = 3600
N = TypeVar("N", int, float)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM. Returns 0 then, and 2 when it cannot begin."""
    chosen = _parser().parse_args(arguments)
    settings = Settings(
        keys=tuple(chosen.key or [DEMO_KEY]),
        seed=chosen.seed,
        profile=tuple(chosen.profile),
        credits=chosen.credits,
        looks=chosen.looks,
        task_seconds=chosen.task_seconds,
        latency=chosen.latency,
    )
    try:
        app = create_app(chosen.description, settings=settings)
    except (DescriptionError, ValueError) as error:
        return _fail(str(error))
    try:
        listener = listen(chosen.host, chosen.port)
    except OSError as error:
        return _fail(f"cannot listen on {chosen.host}:{chosen.port}: {error.strerror}. Choose another --port.")
    base = url(listener)

    def announce() -> None:
        sys.stdout.write(f"cometapi-suno mock gateway ready on {base} (key {settings.keys[0]}; Ctrl+C stops it)\n")
        sys.stdout.write(first_call(app.contract, base, settings.keys[0]) + "\n")
        sys.stdout.flush()

    with listener:
        run(app, listener, announce)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cometapi-suno-mock",
        description="A stand-in for CometAPI's Suno endpoints, on this machine.",
        epilog="profiles:\n" + "".join(_line(reading) for reading in READINGS),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: %(default)s, this machine only)"
    )
    parser.add_argument(
        "--port", type=_within(int, 0, 65535), default=4010, help="port, 0 for a free one (default: %(default)s)"
    )
    parser.add_argument(
        "--key", action="append", type=_key, help=f"accepted API key, may be repeated (default: {DEMO_KEY})"
    )
    parser.add_argument("--seed", type=int, default=_DEFAULTS.seed, help="ids come from it (default: %(default)s)")
    parser.add_argument(
        "--profile",
        action="append",
        default=[],
        metavar="SOURCE",
        help="follow this source where sources contradict each other, may be repeated (see below)",
    )
    parser.add_argument(
        "--credits",
        type=_within(int, 0, 10**12),
        default=_DEFAULTS.credits,
        help="credits of each key (default: %(default)s)",
    )
    parser.add_argument(
        "--looks",
        type=_within(int, 0, 10**6),
        default=_DEFAULTS.looks,
        help="looks that find a task unfinished (default: %(default)s)",
    )
    parser.add_argument(
        "--task-seconds",
        type=_within(float, 0, _LONGEST),
        metavar="S",
        help="finish tasks by the clock in S seconds instead",
    )
    parser.add_argument(
        "--latency",
        type=_within(float, 0, _LONGEST),
        default=_DEFAULTS.latency,
        metavar="S",
        help="let every answer take S seconds",
    )
    parser.add_argument("--description", metavar="FILE", help="bundled OpenAPI description to serve")
    return parser


def _within(kind: type[N], lowest: int, highest: int) -> Callable[[str], N]:
    """Reads a number from `lowest` to `highest`, and says so of anything else."""

    def read(text: str) -> N:
        try:
            number = kind(text)
        except ValueError:
            number = None
        if number is None or not lowest <= number <= highest:
            raise argparse.ArgumentTypeError(f"{text!r} is no number from {lowest} to {highest}")
        return number

    return read


def _key(text: str) -> str:
    if not text or not all("!" <= character <= "~" for character in text):
        raise argparse.ArgumentTypeError("a key has characters, and none is a blank or outside ASCII")
    return text


def _line(reading: Reading) -> str:
    return f"  {', '.join(reading.sources):<20}  {reading.id:<18}  {reading.says}\n"


def _fail(message: str) -> int:
    sys.stderr.write(f"cometapi-suno-mock: {message}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
