"""A description as it is compared: its operations with what they inherit, and what a place leads to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from scripts.diff.views import Spot
from scripts.openapi_document import METHODS, is_object, join, split


@attrs.frozen(eq=False)
class Operation:
    """One operation.

    Attributes:
        path: Its path.
        method: Its HTTP method.
        spot: Where it stands.
        parameters: By place and name, those of its path among them; names of headers in lower case.
    """

    path: str
    method: str
    spot: Spot
    parameters: Mapping[tuple[str, str], Spot]

    @property
    def id(self) -> str:
        """Its operationId, or what stands in for one that is missing."""
        return str(self.node.get("operationId", f"{self.method.upper()} {self.path}"))

    @property
    def node(self) -> Mapping[str, Any]:
        """What is said of it."""
        node: Mapping[str, Any] = self.spot.node
        return node


class Document:
    """A description whose references carry its tag."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.root = Spot("", data)
        self.operations = list(self._operations())

    def follow(self, spot: Spot) -> Spot:
        """What a reference leads to; the spot itself when it is none.

        Raises:
            LookupError: It leads to nothing.
        """
        while is_object(spot.node) and isinstance(spot.node.get("$ref"), str):
            target = self.root
            for token in split(spot.node["$ref"].partition("#")[2]):
                target = target.child(token)
            spot = target
        return spot

    def components(self, kind: str) -> dict[str, Any]:
        """The components of a kind, by name."""
        found: dict[str, Any] = self.data.get("components", {}).get(kind, {})
        return found

    def component(self, kind: str, name: str) -> Spot:
        """A component."""
        return self.root.child("components", kind, name)

    def _operations(self) -> Iterator[Operation]:
        for path, item in self.root.children("paths"):
            place = self.follow(item)
            shared = [self.follow(spot) for _, spot in place.children("parameters")]
            for method in place.node:
                if method in METHODS:
                    spot = place.child(method)
                    own = [self.follow(each) for _, each in spot.children("parameters")]
                    yield Operation(path, method, spot, {_parameter_key(each.node): each for each in (*shared, *own)})


def _parameter_key(node: Mapping[str, Any]) -> tuple[str, str]:
    place, name = str(node.get("in")), str(node.get("name"))
    return place, name.lower() if place == "header" else name


def contents(spot: Spot) -> dict[str, Spot]:
    """The schemas of a body or parameter by media type; one that needs none stands under ""."""
    if "schema" in spot.node:
        return {"": spot.child("schema")}
    return {
        media: each.child("schema") if "schema" in each.node else Spot(join(each.pointer, "schema"), True)
        for media, each in spot.children("content")
    }
