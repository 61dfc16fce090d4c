"""The key that the tests use, and the search for it in everything that a program might show."""

from __future__ import annotations

import pickle
import traceback
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote, quote_plus

import cometapi_suno

KEY = "sk-Zebra/7+q%Lynx~Okapi=41"
"""A key whose percent-encoded form differs from its raw one."""

_PACKAGE = str(Path(cometapi_suno.__file__).parent)
_DEEPEST = 12


def forms(key: str = KEY) -> list[str]:
    """The key raw, percent-encoded, and in base64 at each of the three places that it can have among other bytes."""
    found = [key, quote(key), quote(key, safe=""), quote_plus(key)]
    for offset in range(3):
        raw = b"\0" * offset + key.encode()
        # The first and the last letters of base64 depend on the neighbours.
        found += [encode(raw).decode()[4:-4] for encode in (b64encode, urlsafe_b64encode)]
    return list(dict.fromkeys(found))


def leaks(*texts: str | bytes, key: str = KEY) -> list[str]:
    """The texts that hold the key in any form, cut to where it stands."""
    found: list[str] = []
    for text in texts:
        shown = text.decode("latin-1") if isinstance(text, bytes) else text
        found += [shown[max(0, shown.find(form) - 60) :][:160] for form in forms(key) if form in shown]
    return found


def shown_by(thing: object) -> Iterator[str]:
    """What repr, str, format, vars and pickle show of an object, and of everything that its attributes lead to."""
    for each in _reachable(thing, set(), 0):
        yield from (repr(each), str(each), f"{each}", f"{each!r:>40}")
        if isinstance(each, bytes):
            yield each.decode("latin-1")


def shown_by_error(error: BaseException) -> Iterator[str | bytes]:
    """What a program can show of an error: itself, its attributes, its causes, and tracebacks with our locals."""
    yield from shown_by(error)
    yield pickle.dumps(error)
    chain: BaseException | None = error
    while chain is not None:
        yield from (repr(chain), str(chain), repr(chain.args), repr(vars(chain)))
        chain = chain.__cause__ or chain.__context__
    yield "".join(traceback.format_exception(error))
    told: traceback.TracebackException | None = traceback.TracebackException.from_exception(error, capture_locals=True)
    while told is not None:
        for frame in told.stack:
            if frame.filename.startswith(_PACKAGE):
                yield repr(frame.locals)
        told = told.__cause__ or told.__context__


def _reachable(thing: object, seen: set[int], depth: int) -> Iterator[object]:
    if id(thing) in seen or depth > _DEEPEST:
        return
    seen.add(id(thing))
    yield thing
    for each in _held(thing):
        yield from _reachable(each, seen, depth + 1)


def _held(thing: object) -> list[object]:
    """The attributes of an object, or the items of a container."""
    if isinstance(thing, str | bytes | int | float | type | None):
        return []
    if isinstance(thing, dict):
        pairs = cast("dict[object, object]", thing)
        return [*pairs.keys(), *pairs.values()]
    if isinstance(thing, list | tuple | set | frozenset):
        return list(cast("list[object]", thing))
    slots: list[str] = [name for kind in type(thing).__mro__ for name in vars(kind).get("__slots__", ())]
    held: list[Any] = [getattr(thing, name) for name in slots if hasattr(thing, name)]
    return [*held, *vars(thing).values()] if hasattr(thing, "__dict__") else held
