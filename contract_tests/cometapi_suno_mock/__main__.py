"""`python -m cometapi_suno_mock`: serve the gateway on a local port."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable, Sequence
from functools import partial

try:
    from cometapi_suno_mock.contract import DescriptionError
    from cometapi_suno_mock.example_responses import format_curl_hint
    from cometapi_suno_mock.gateway import create_app
    from cometapi_suno_mock.profiles import PROFILES
    from cometapi_suno_mock.refusal_rules import ALL
    from cometapi_suno_mock.serving import get_base_url, listen, run
    from cometapi_suno_mock.settings import DEMO_KEY, Settings
except ModuleNotFoundError as error:  # the extra is not installed, or not whole
    advice = "" if "pip install" in str(error) else ". Install it with pip install 'cometapi-suno[mock]'"
    sys.exit(f"cometapi-suno-mock: {error}{advice}")

_DEFAULTS = Settings()
_LONGEST = 3600


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM. Return 0 then, and 2 when the server cannot start."""
    chosen = _build_parser().parse_args(arguments)
    settings = Settings(
        keys=tuple(chosen.key or [DEMO_KEY]),
        seed=chosen.seed,
        profile=tuple(chosen.profile),
        credits=chosen.credits,
        polls=chosen.polls,
        task_seconds=chosen.task_seconds,
        notify=chosen.notify,
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
    base = get_base_url(listener)
    if not chosen.quiet:
        _log_requests()

    def announce() -> None:
        sys.stdout.write(f"cometapi-suno mock gateway ready on {base} (key {settings.keys[0]}; Ctrl+C stops it)\n")
        sys.stdout.write(format_curl_hint(app.contract, base, settings.keys[0]) + "\n")
        sys.stdout.flush()

    with listener:
        run(app, listener, announce)
    return 0


def _log_requests() -> None:
    """Print a line for each request; complaints of the gateway itself go to stderr as ever."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    handler.addFilter(lambda record: record.levelno == logging.INFO)
    requests = logging.getLogger("cometapi_suno_mock.requests")
    requests.addHandler(handler)
    requests.setLevel(logging.INFO)
    requests.propagate = False


def _build_parser() -> argparse.ArgumentParser:
    profiles = (f"  {', '.join(profile.sources):<20}  {profile.id:<18}  {profile.says}\n" for profile in PROFILES)
    refusals = (f"  {', '.join(rule.sources):<28}  {rule.id:<16}  {rule.status} {rule.message}\n" for rule in ALL)
    parser = argparse.ArgumentParser(
        prog="cometapi-suno-mock",
        description="Serve a mock of CometAPI's Suno endpoints on this machine.",
        epilog=f"profiles:\n{''.join(profiles)}\nrefusals:\n{''.join(refusals)}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (default: %(default)s, this machine only)")
    text = "port, 0 for a free one (default: %(default)s)"
    add("--port", type=partial(_parse_number, int, 0, 65535), default=4010, help=text)
    add("--key", action="append", type=_parse_key, help=f"accepted API key, may be repeated (default: {DEMO_KEY})")
    add("--seed", type=int, default=_DEFAULTS.seed, help="seed of the generated ids (default: %(default)s)")
    text = "where sources contradict each other, follow this source or profile; may be repeated (see below)"
    add("--profile", action="append", default=[], metavar="NAME", help=text)
    text = "credits of each key (default: %(default)s)"
    add("--credits", type=partial(_parse_number, int, 0, 10**12), default=_DEFAULTS.credits, help=text)
    text = "number of polls that find a new task unfinished (default: %(default)s)"
    add("--polls", type=partial(_parse_number, int, 0, 10**6), default=_DEFAULTS.polls, help=text)
    text = "finish tasks after S seconds instead of after a number of polls"
    add("--task-seconds", type=partial(_parse_number, float, 0, _LONGEST), metavar="S", help=text)
    text = "end tasks that have a notify_hook without polls, after --task-seconds or at once, and post them there"
    add("--notify", action="store_true", help=text)
    text = "delay every response by S seconds"
    add("--latency", type=partial(_parse_number, float, 0, _LONGEST), default=_DEFAULTS.latency, metavar="S", help=text)
    add("--quiet", action="store_true", help="do not log each request")
    add("--description", metavar="FILE", help="bundled OpenAPI description to serve")
    return parser


def _parse_number(kind: Callable[[str], float], lowest: int, highest: int, text: str) -> float:
    try:
        number = kind(text)
    except ValueError:
        number = None
    if number is None or not lowest <= number <= highest:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from {lowest} to {highest}")
    return number


def _parse_key(text: str) -> str:
    if not text or not all("!" <= character <= "~" for character in text):
        raise argparse.ArgumentTypeError("a key is one or more printable ASCII characters without spaces")
    return text


def _fail(message: str) -> int:
    sys.stderr.write(f"cometapi-suno-mock: {message}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
