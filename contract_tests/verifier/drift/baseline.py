"""What is known and tolerated, why, and until when. After that day it is a finding again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from attrs import frozen
from cometapi_suno_mock.media import is_object
from cometapi_suno_mock.pointers import pointer
from jsonschema_rs import Draft202012Validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from contract_tests.verifier.exchange.recordings import read_text
from scripts.openapi_document import shown

DEFAULT = Path(__file__).with_name("baseline.yaml")

_DAY = r"^\d{4}-\d{2}-\d{2}$"
_SCHEMA = Draft202012Validator(
    {
        "type": "object",
        "required": ["tolerated"],
        "additionalProperties": False,
        "properties": {
            "tolerated": {
                "type": ["array", "string"],
                "maxLength": 0,
                "items": {
                    "type": "object",
                    "required": ["finding", "about", "reason", "expires"],
                    "additionalProperties": False,
                    "properties": {
                        "finding": {"type": "string", "pattern": "^[0-9a-f]{10}$"},
                        "about": {"type": "string", "minLength": 5},
                        "reason": {"type": "string", "minLength": 5},
                        "expires": {"type": "string", "pattern": _DAY},
                    },
                },
            }
        },
    }
)


class BaselineError(Exception):
    """A baseline cannot be used. The message is one line: `file: pointer: reason`."""


@frozen
class Tolerated:
    """One finding that is tolerated.

    Attributes:
        finding: Its id.
        about: What it is, for people.
        reason: Why it is tolerated.
        expires: The last day on which it is.
    """

    finding: str
    about: str
    reason: str
    expires: date


@frozen
class Baseline:
    """The findings that are tolerated, by id."""

    entries: Mapping[str, Tolerated]

    @classmethod
    def of(cls, entries: Iterable[Tolerated] = ()) -> Baseline:
        """A baseline of these."""
        return cls({entry.finding: entry for entry in entries})

    def tolerates(self, finding: str, today: date) -> bool:
        """Whether a finding is tolerated on a day."""
        entry = self.entries.get(finding)
        return entry is not None and today <= entry.expires


def read(path: Path = DEFAULT) -> Baseline:
    """The baseline of a file.

    Raises:
        BaselineError: It cannot be read, says something else than a baseline does, or names a finding twice.
    """
    reader: Any = YAML(typ="base", pure=True)  # every scalar is a text: an id may look like a number
    try:
        value = reader.load(read_text(path, BaselineError))
    except YAMLError as error:
        reason = " ".join(str(error).split())
        raise BaselineError(f"{shown(path)}: not YAML: {reason[:160]}") from None
    for wrong in _SCHEMA.iter_errors(value):
        raise BaselineError(f"{shown(path)}: {pointer(wrong.instance_path) or '/'}: {wrong.message[:160]}")
    assert is_object(value)
    found: dict[str, Tolerated] = {}
    for index, entry in enumerate(value["tolerated"] or ()):
        if entry["finding"] in found:
            raise BaselineError(f"{shown(path)}: /tolerated/{index}: {entry['finding']} stands there twice")
        try:
            expires = date.fromisoformat(entry["expires"])
        except ValueError as error:
            raise BaselineError(f"{shown(path)}: /tolerated/{index}/expires: {error}") from None
        found[entry["finding"]] = Tolerated(entry["finding"], entry["about"], entry["reason"], expires)
    return Baseline(found)


def today() -> date:
    """The day by which entries expire."""
    return datetime.now(UTC).date()
