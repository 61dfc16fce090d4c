"""What users type for what the description says: `personas.create(name=)`, `Persona.id`, `TaskStatus.QUEUED`.

The names follow the generator's rules; a test holds them against the generated package.
"""

from __future__ import annotations

from collections.abc import Iterable
from keyword import iskeyword
from typing import Any, Final

from openapi_python_client.strings import ClassName, PythonIdentifier, snake_case

from scripts.diff.document import Document, Operation, contents
from scripts.diff.views import Spot, View, Views, listed
from scripts.openapi_document import is_object

# The generator's own lists: what an argument, a field and a member are not called.
_TAKEN: Final = frozenset(
    {"timeout", "retries", "headers", "options", "call", "content", "path", "query", "lines", "request"}
)
_MODEL_NAMES: Final = frozenset({"adopt", "from_dict", "renamed", "to_dict", "unknown", "wire_names"})
_ERRORS: Final = {
    "400": "BadRequestError",
    "401": "AuthenticationError",
    "403": "PermissionDeniedError",
    "404": "NotFoundError",
    "413": "PayloadTooLargeError",
    "429": "RateLimitError",
    "503": "ServiceUnavailableError",
}


class Symbols:
    """The names of a description in the client.

    Attributes:
        classes: By component, the class that users can import.
    """

    def __init__(self, document: Document, views: Views) -> None:
        self._document = document
        self._views = views
        self.classes: dict[str, str] = {}
        for operation in document.operations:
            for spot in self._used(operation):
                self._reach(spot)

    def call(self, operation: Operation) -> str:
        """The method of an operation, such as `personas.create`."""
        node = operation.node
        sdk = node.get("x-sdk", {})
        resource = PythonIdentifier(str(sdk.get("resource", (node.get("tags") or ["default"])[0])), "r_")
        wanted = sdk.get("method")
        usable = isinstance(wanted, str) and wanted.isidentifier() and wanted.islower() and wanted[0] != "_"
        if usable and not iskeyword(wanted):
            return f"{resource}.{wanted}"
        return f"{resource}.{PythonIdentifier(str(wanted or operation.id), 'call_')}"

    def argument(self, operation: Operation, wire: str) -> str:
        """An argument of an operation, such as `personas.create(name=)`."""
        name = PythonIdentifier(wire, "field_")
        return f"{self.call(operation)}({name}{'_' if name in _TAKEN else ''}=)"

    def field(self, owner: str, wire: str) -> str:
        """A field of a class, such as `Persona.id`."""
        name = PythonIdentifier(wire, "field_")
        return f"{owner}.{name}{'_' if name in _MODEL_NAMES else ''}"

    def member(self, owner: str, values: list[Any], value: Any) -> str:
        """A member of an open enum, such as `TaskStatus.QUEUED`."""
        word = str(value)
        raw = word.upper() if word[:1].isalpha() else f"VALUE_{values.index(value)}"
        name = PythonIdentifier(snake_case(raw).upper(), "VALUE_").upper()
        return f"{owner}.{name}{'_' if name in ('MRO', 'NAME', 'VALUE') else ''}"

    def members(self, component: str) -> list[str]:
        """What a class has: its fields, or the members of an open enum, without its own name."""
        owner, view = self.classes[component], self._views.of(self._document.component("schemas", component))
        values: list[Any] = view.keywords["x-extensible-enum"].node if "x-extensible-enum" in view.keywords else []
        names = [self.member(owner, values, value) for value in values] + [
            self.field(owner, wire) for wire in view.fields
        ]
        return [name.removeprefix(f"{owner}.") for name in names]

    def error(self, status: str) -> str:
        """The exception that stands for a status."""
        return _ERRORS.get(status) or ("ServerError" if status.startswith("5") else "ResponseError")

    def takes_arguments(self, operation: Operation) -> bool:
        """Whether the fields of the body are arguments of the method, rather than a model being one."""
        return any(self._is_object(self._views.of(spot)) for spot in self._bodies(operation))

    def _bodies(self, operation: Operation) -> list[Spot]:
        if "requestBody" not in operation.node:
            return []
        body = self._document.follow(operation.spot.child("requestBody"))
        return list(contents(body).values())[:1]

    def _used(self, operation: Operation) -> Iterable[Spot]:
        """The schemas that the method's arguments and its result are made of."""
        for parameter in operation.parameters.values():
            yield from contents(parameter).values()
        for body in self._bodies(operation):
            view = self._views.of(body)
            yield from (spot for spots in view.fields.values() for spot in spots) if self._is_object(view) else (body,)
        unwrap = operation.node.get("x-sdk", {}).get("unwrap")
        for status, response in operation.spot.children("responses"):
            if status.startswith("2"):
                for spot in contents(self._document.follow(response)).values():
                    yield from self._result(spot, unwrap)

    def _result(self, spot: Spot, unwrap: str | None) -> Iterable[Spot]:
        if unwrap is None:
            yield spot
            return
        view = self._views.of(spot)
        for each in view.branches if view.choice else [spot]:
            yield from self._views.of(each).fields.get(unwrap, [each])

    def _reach(self, spot: Spot) -> None:
        view = self._views.of(spot)
        enumerated = "x-extensible-enum" in view.keywords
        if view.component and (enumerated or self._is_object(view)):
            if view.component in self.classes:
                return
            self.classes[view.component] = ClassName(view.component, "field_")
        below = [each for spots in view.fields.values() for each in spots] + view.branches + view.parts
        below += [view.keywords[keyword] for keyword in ("items", "additionalProperties") if keyword in view.keywords]
        for each in below:
            if is_object(each.node):
                self._reach(each)

    @staticmethod
    def _is_object(view: View) -> bool:
        types = view.keywords.get("type")
        named = types is not None and listed(types.node) == ["object"]
        return not view.choice and (named or bool(view.fields))
