"""A description that is asked for the same places again and again, and remembers them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cometapi_suno_mock.media import is_object
from cometapi_suno_mock.pointers import fragment, look
from jsonschema_rs import Draft202012, Draft202012Validator, Registry

_URI = "urn:drift:open"
_ANNOTATIONS = frozenset({"$ref", "$comment", "description", "summary", "title", "deprecated", "example", "examples"})


class Tree:
    """The nodes of a description by JSON pointer.

    Args:
        document: The bundled description, which is not changed from here on.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self._nodes: dict[str, Any] = {}
        self._targets: dict[str, str] = {}
        self._registry = Registry([(_URI, dict(document))], draft=Draft202012)
        self._validators: dict[str, Draft202012Validator] = {}

    def at(self, where: str) -> Any:
        """The node at a pointer.

        Raises:
            KeyError: Nothing is there.
        """
        if where not in self._nodes:
            self._nodes[where] = look(self.document, where)
        return self._nodes[where]

    def source(self, where: str) -> Mapping[str, Any]:
        """The object at a pointer."""
        found: Mapping[str, Any] = self.at(where)
        return found

    def resolve(self, where: str) -> str:
        """Follow `$ref` from a pointer until it names a node that asks something by itself.

        Raises:
            KeyError: It leads nowhere, or to itself.
        """
        if where not in self._targets:
            seen = [where]
            while self._only_refers(seen[-1]):
                seen.append(str(self.at(seen[-1])["$ref"]).removeprefix("#"))
                if seen[-1] in seen[:-1]:
                    raise KeyError(f"{where} refers to itself")
            self._targets[where] = seen[-1]
        return self._targets[where]

    def _only_refers(self, where: str) -> bool:
        node = self.at(where)
        if not is_object(node) or "$ref" not in node:
            return False
        return all(name in _ANNOTATIONS or name.startswith("x-") for name in node)

    def fits(self, where: str, value: Any) -> bool:
        """Whether a JSON value fits the schema at a pointer, open as it is written; formats do not count."""
        if where not in self._validators:
            reference = {"$ref": _URI + fragment(self.resolve(where))}
            self._validators[where] = Draft202012Validator(reference, registry=self._registry, validate_formats=False)
        try:
            return self._validators[where].is_valid(value)
        except ValueError:  # nested beyond the validator's limit
            return False
