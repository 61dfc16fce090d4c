"""The key that the tests use, and the search for it in everything that a program might show."""

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
"""A key whose percent-encoded form differs from its raw one."""

_TESTS = str(Path(__file__).parent.parent)


def _forms() -> Iterator[str]:
    """The key raw, percent-encoded, and in base64 at each of the three places that it can have among other bytes."""
    yield from (KEY, quote(KEY), quote(KEY, safe=""), quote_plus(KEY))
    for offset in range(3):
        raw = b"\0" * offset + KEY.encode()
        # The first and the last letters of base64 depend on the neighbours.
        yield from (encode(raw).decode()[4:-4] for encode in (b64encode, urlsafe_b64encode))


FORMS = tuple(dict.fromkeys(_forms()))
"""What the key may look like."""


def leaks(*texts: str | bytes) -> list[str]:
    """What stands around the key, wherever it is in the texts in any form."""
    whole = "\n".join(text.decode("latin-1") if isinstance(text, bytes) else text for text in texts)
    return [whole[max(0, whole.find(form) - 60) :][:160] for form in FORMS if form in whole]


def shown_by(thing: object) -> Iterator[str]:
    """What repr, str, format and vars show of an object, and of everything that its attributes lead to."""
    for each in _reachable(thing, set(), within=False):
        yield from {repr(each), str(each), f"{each}"}


def shown_by_error(error: BaseException) -> Iterator[str | bytes]:
    """What a program can show of an error: itself, its attributes, its causes, and tracebacks with their locals."""
    yield from shown_by(error)
    yield pickle.dumps(error)
    yield "".join(traceback.format_exception(error))
    chain: BaseException | None = error
    while chain is not None:
        yield from (repr(chain), str(chain), repr(chain.args), repr(vars(chain)))
        yield from _locals(chain.__traceback__)
        chain = chain.__cause__ or chain.__context__


def _locals(trace: TracebackType | None) -> Iterator[str]:
    """The variables of all functions but the tests' own, as a crash reporter shows them."""
    while trace is not None:
        if not trace.tb_frame.f_code.co_filename.startswith(_TESTS):
            yield repr(trace.tb_frame.f_locals)
        trace = trace.tb_next


def _reachable(thing: object, seen: set[int], *, within: bool) -> Iterator[object]:
    """An object and what it leads to; `within` tells that a container has shown it already."""
    if id(thing) in seen:
        return
    seen.add(id(thing))
    shown, held = _held(thing)
    if not (shown and within):
        yield thing
    for each in held:
        yield from _reachable(each, seen, within=shown)


def _held(thing: object) -> tuple[bool, list[object]]:
    """Whether an object is plain data, which its container shows, and what it holds."""
    if isinstance(thing, str | bytes | int | float | type | None):
        return True, []
    if isinstance(thing, dict):
        return True, list(cast("dict[object, object]", thing).values())
    if isinstance(thing, list | tuple | set | frozenset):
        return True, list(cast("list[object]", thing))
    slots: list[str] = [name for kind in type(thing).__mro__ for name in vars(kind).get("__slots__", ())]
    held: list[object] = [getattr(thing, name) for name in slots if hasattr(thing, name)]
    return False, [*held, *vars(thing).values()] if hasattr(thing, "__dict__") else held
