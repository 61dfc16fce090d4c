"""Values whose end is on record: a warning, once for each value in a process, when one is sent."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, cast

RETIRED_VALUES: Mapping[str, Mapping[str, str]] = {
    "MusicModel": {
        "chirp-fenix": "2026-09-09",
        "chirp-crow": "2026-09-09",
        "chirp-v5": "2026-09-09",
        "chirp-bluejay": "2026-09-09",
        "chirp-auk-turbo": "2026-09-09",
        "chirp-v4": "2026-09-09",
        "chirp-v3-5": "",
        "chirp-v3.5": "",
        "chirp-v3-0": "",
        "chirp-v3.0": "",
    }
}
"""Enum -> value -> the day of its end, "" where the day is not on record. An end that a source contests is not here."""

WARNED: set[tuple[str, str]] = set()
"""Enum and value of every warning so far."""


class RetiredValueWarning(FutureWarning):
    """A value was sent whose end is on record, so that the service may refuse it."""


def warn_of_retired(operation: str, name: str, enum: str, value: object) -> None:
    """Warn of a value, or of the values in a list, unless it was warned of before."""
    if isinstance(value, list | tuple):
        for each in cast("list[object]", value):
            warn_of_retired(operation, name, enum, each)
    elif isinstance(value, str) and value in RETIRED_VALUES[enum] and (enum, str(value)) not in WARNED:
        WARNED.add((enum, str(value)))
        ended = RETIRED_VALUES[enum][value]
        day = f" ({ended})" if ended else ""
        text = (
            f"{operation}: {name} is {str(value)!r}, whose end is on record{day}: the call may be refused. See {enum}."
        )
        warnings.warn(text, RetiredValueWarning, stacklevel=_find_caller())


def warn_of_retired_fields(operation: str, request: Any) -> None:
    """Warn of the fields of a request model."""
    fields: Mapping[str, str] = getattr(request, "retired_fields", {})
    for name, enum in fields.items():
        warn_of_retired(operation, name, enum, getattr(request, name))


def _find_caller() -> int:
    """Return the stack level of the first frame outside of this package, as `warnings.warn` counts for its caller."""
    from inspect import currentframe  # inspect takes long to import

    level, frame = 0, currentframe()
    while frame is not None and str(frame.f_globals.get("__name__")).startswith(f"{__package__}."):
        level, frame = level + 1, frame.f_back
    return level
