"""The baseline: drift that is tolerated, why, and until when. After that day it is a finding again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from attrs import frozen
from jsonschema_rs import Draft202012Validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from contract_tests.verifier.drift.findings import DriftFinding
from contract_tests.verifier.exchange import VerifierInputError
from contract_tests.verifier.exchange.exchange import find_problem
from contract_tests.verifier.exchange.recordings import read_text
from scripts.text_and_files import format_path

DEFAULT: Final = Path(__file__).with_name("baseline.yaml")

_TEXT: Final = {"type": "string", "minLength": 5}
_ENTRY: Final = {
    "finding": {"type": "string", "pattern": "^[0-9a-f]{10}$"},
    "about": _TEXT,
    "reason": _TEXT,
    "expires": {"type": "string", "format": "date", "pattern": "^[1-9]"},  # RFC 3339 has a year 0000, Python has not
    "target": {"type": "string", "minLength": 1},
}
_ITEM: Final = {"type": "object", "required": [*_ENTRY], "additionalProperties": False, "properties": _ENTRY}
_SCHEMA: Final = Draft202012Validator(
    {
        "type": "object",
        "required": ["tolerated"],
        "additionalProperties": False,
        "properties": {"tolerated": {"type": ["array", "string"], "maxLength": 0, "items": _ITEM}},
    },
    validate_formats=True,
)


@frozen
class BaselineEntry:
    """A tolerated finding.

    Attributes:
        finding: Id of the finding.
        about: The drift, in words.
        reason: Why it is tolerated.
        expires: The last day on which it is tolerated.
        target: The server on whose answers it is tolerated, as recordings name it.
    """

    finding: str
    about: str
    reason: str
    expires: date
    target: str


@frozen
class Baseline:
    """The tolerated findings, by id and target."""

    entries: Mapping[tuple[str, str], BaselineEntry]

    @classmethod
    def of(cls, entries: Iterable[BaselineEntry] = ()) -> Baseline:
        """Return the baseline of some entries."""
        return cls({(entry.finding, entry.target): entry for entry in entries})

    def find_entry(self, finding: DriftFinding, day: date) -> BaselineEntry | None:
        """Return an entry of a finding that is tolerated on a day wherever it was seen; `None` if it is not."""
        found = [self.entries.get((finding.id, target)) for target in finding.seen_on]
        return found[0] if found and all(entry is not None and day <= entry.expires for entry in found) else None


def read_baseline(path: Path = DEFAULT) -> Baseline:
    """Read a baseline file.

    Raises:
        VerifierInputError: The file cannot be read, has another form, or names a finding twice for a target.
    """
    reader: Any = YAML(typ="base", pure=True)  # reads every scalar as text: an id may look like a number
    try:
        value = reader.load(read_text(path))
    except YAMLError as error:
        reason = " ".join(str(error).split())
        raise VerifierInputError(f"{format_path(path)}: not YAML: {reason[:160]}") from None
    problem = find_problem(_SCHEMA, value)
    if problem:
        raise VerifierInputError(f"{format_path(path)}: {problem}")
    found: dict[tuple[str, str], BaselineEntry] = {}
    for index, each in enumerate(value["tolerated"] or ()):
        expires = date.fromisoformat(each["expires"])
        entry = BaselineEntry(each["finding"], each["about"], each["reason"], expires, each["target"])
        if (entry.finding, entry.target) in found:
            raise VerifierInputError(f"{format_path(path)}: /tolerated/{index}: {entry.finding} is named twice")
        found[entry.finding, entry.target] = entry
    return Baseline(found)


def today() -> date:
    """Return the current day in UTC, on which entries expire."""
    return datetime.now(UTC).date()
