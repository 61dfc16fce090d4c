"""The API key and the access token of the tests, and a search for them in everything that a program can show."""

from __future__ import annotations

import pickle
import traceback
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import cast
from urllib.parse import quote, quote_plus

KEY = "sk-Zebra/7+q%Lynx~Okapi=41"
"""A key whose percent-encoded form differs from its raw form."""
TOKEN = "Token/of+the%Account~77"
"""Such an access token."""

_TESTS = str(Path(__file__).parent.parent)


def _escape(secret: str) -> Iterator[str]:
    """Yield a secret in raw, in other letter cases, escaped in several ways, and in hex."""
    yield from (
        secret,
        secret.lower(),
        secret.upper(),
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        quote(quote(secret)),
    )
    yield from ("".join(f"%{ord(each):02{case}}" for each in secret) for case in "xX")
    yield from ("".join(f"\\u{ord(each):04{case}}" for each in secret) for case in "xX")
    yield from ("".join(f"&#{ord(each)};" for each in secret), "".join(f"&#x{ord(each):x};" for each in secret))
    yield "".join(f"\\u{{{ord(each):x}}}" for each in secret)
    yield from ("".join(f"%u{ord(each):04x}" for each in secret), "".join(f"&#{ord(each)}" for each in secret))
    yield from (secret.replace("/", "\\/"), secret.replace("/", "\\u002f"), secret.replace("/", "\\u002F"))
    yield from (secret.replace("/", "\\\\/"), secret.replace("+", "\\u002b"), secret.replace("/", "\\x2f"))
    yield from (secret.encode().hex(), secret.encode().hex().upper())


def _encode(secret: str) -> Iterator[str]:
    """Yield a secret in every written form, base64 at each of the three possible offsets among them."""
    yield from _escape(secret)
    for offset in range(3):
        raw = b"\0" * offset + secret.encode()
        # The first and the last letters of base64 depend on the neighbours.
        yield from (encode(raw).decode()[4:-4] for encode in (b64encode, urlsafe_b64encode))


FORMS = tuple(dict.fromkeys(_encode(KEY)))
"""Every written form of the key."""
TOKEN_FORMS = tuple(dict.fromkeys(_encode(TOKEN)))
"""Every written form of the access token."""


ECHOED_FORMS = (
    *_escape(KEY),
    *(
        encode(f"{before}{KEY}".encode()).decode()
        for encode in (b64encode, urlsafe_b64encode)
        for before in ("", "x:", "y")
    ),
)
"""What a server may send back: every written form, and base64 of texts that end with the key."""


def find_leaks(*texts: str | bytes) -> list[str]:
    """Return the surroundings of the key and of the token, wherever they appear in any form."""
    whole = "\n".join(text.decode("latin-1") if isinstance(text, bytes) else text for text in texts)
    return [whole[max(0, whole.find(form) - 60) :][:160] for form in (*FORMS, *TOKEN_FORMS) if form in whole]


def render_object(thing: object) -> Iterator[str]:
    """Yield repr, str and format of an object and of everything reachable from it."""
    for each in _walk_objects(thing, set(), within=False):
        yield from {repr(each), str(each), f"{each}"}


def render_error(error: BaseException) -> Iterator[str | bytes]:
    """Yield everything that a program can show of an error: attributes, causes, pickles, tracebacks with locals."""
    yield from render_object(error)
    yield pickle.dumps(error)
    yield "".join(traceback.format_exception(error))
    for each in list_errors(error):
        yield from (repr(each), str(each), repr(each.args), repr(vars(each)))
        yield from _locals(each.__traceback__)
        yield from render_object(each)


def list_errors(error: BaseException | None) -> list[BaseException]:
    """Return an error with its causes and contexts: a reporter may show both."""
    return [] if error is None else [error, *list_errors(error.__cause__), *list_errors(error.__context__)]


def _locals(trace: TracebackType | None) -> Iterator[str]:
    """Yield the local variables of all frames except those of tests, as a crash reporter shows them."""
    while trace is not None:
        if not trace.tb_frame.f_code.co_filename.startswith(_TESTS):
            yield repr(trace.tb_frame.f_locals)
        trace = trace.tb_next


def _walk_objects(thing: object, seen: set[int], *, within: bool) -> Iterator[object]:
    """Yield an object and its members; `within` says that a container has shown it already."""
    if id(thing) in seen:
        return
    seen.add(id(thing))
    shown, held = _members_of(thing)
    if not (shown and within):
        yield thing
    for each in held:
        yield from _walk_objects(each, seen, within=shown)


def _members_of(thing: object) -> tuple[bool, list[object]]:
    """Return whether an object is plain data, which its container shows, and its members."""
    if isinstance(thing, str | bytes | int | float | type | None):
        return True, []
    if isinstance(thing, dict):
        return True, list(cast("dict[object, object]", thing).values())
    if isinstance(thing, list | tuple | set | frozenset):
        # A named tuple may have a repr that hides its items, but crash reporters show the items of every tuple.
        items = cast("list[object]", thing)
        return type(items) in (list, tuple, set, frozenset), list(items)
    slots: list[str] = [name for kind in type(thing).__mro__ for name in vars(kind).get("__slots__", ())]
    held: list[object] = [getattr(thing, name) for name in slots if hasattr(thing, name)]
    return False, [*held, *vars(thing).values()] if hasattr(thing, "__dict__") else held
