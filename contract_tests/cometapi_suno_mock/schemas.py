"""The schemas of a description, compiled once, asked by JSON pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cometapi_suno_mock.pointers import fragment, look, resolve
from cometapi_suno_mock.violations import Violation, explain
from jsonschema_rs import Draft202012, Draft202012Validator, Registry, ValidationError

if TYPE_CHECKING:
    from collections.abc import Mapping

_URI = "urn:cometapi-suno"


class DescriptionError(Exception):
    """The description cannot be used: not found, not readable, or not sound."""


class Schemas:
    """Compiles each schema the first time it is asked for; references reach the whole document.

    Formats are hints and are not asserted.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._registry = Registry([(_URI, dict(document))], draft=Draft202012)
        self._validators: dict[str, Draft202012Validator] = {}

    def at(self, where: str) -> Schema:
        """The schema at a pointer.

        Raises:
            DescriptionError: It is missing, or refers to something that is.
        """
        try:
            where = resolve(self._document, where)
        except KeyError as error:
            raise DescriptionError(f"{where}: nothing there: {error}") from None
        if where not in self._validators:
            reference = {"$ref": _URI + fragment(where)}
            try:
                validator = Draft202012Validator(reference, registry=self._registry, validate_formats=False)
            except ValidationError as error:
                raise DescriptionError(f"{where}: {error.message}") from None
            self._validators[where] = validator
        return Schema(where, look(self._document, where), self._validators[where])


class Schema:
    """One compiled schema."""

    def __init__(self, where: str, source: Mapping[str, Any], validator: Draft202012Validator) -> None:
        self.pointer = where
        self.source = source
        self._validator = validator

    def check(self, value: Any, *, thorough: bool = True) -> list[Violation]:
        """What is wrong with a JSON value, or else the first thing that is; empty when nothing is.

        Of alternatives, the first thing is that the value fits none.
        """
        try:
            if self._validator.is_valid(value):
                return []
            if thorough:
                return explain(self._validator.iter_errors(value))
            if "anyOf" in self.source:  # each error of each alternative would bring a copy of the value
                message = "body: fits none of the described alternatives"
                return [Violation("schema", f"{self.pointer}/anyOf", "", message)]
            self._validator.validate(value)
        except ValidationError as error:
            return explain([error])
        except ValueError as error:  # raised for values nested beyond the validator's limit
            return [Violation("schema", self.pointer, "", f"cannot be checked: {error}")]
        return []
