"""What one operation gives: the shape of its 2xx body, and how it is read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import evolve, frozen
from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties import ModelProperty, Property
from openapi_python_client.parser.properties.union import UnionProperty

from scripts.generator.generation_error import GenerationError
from scripts.generator.python_types import Catalog, Shape, plain_shape, shape_of, union

# How the parser says that a body is taken -> how `Answer.parse` reads it.
_READS = {"response.json()": "JSON", "response.text": "TEXT", "response.content": "BYTES", "None": "NOTHING"}
_PLAIN = {
    "TEXT": plain_shape(text=True),
    "BYTES": plain_shape(text=False),
    "NOTHING": Shape(names=("None",), expected=("nothing",), kinds=("NoneType",)),
}


@frozen
class ResultView:
    """What a call returns.

    Attributes:
        reads: How the body is taken: JSON, TEXT, BYTES or NOTHING.
        shape: What the envelope holds, or the body when there is no envelope.
        bare: A body that comes without the envelope, where sources say that one may.
        certain: The result has no envelope and cannot do without some field, so no error body fits it.
        needs: (name, expected type) of what an envelope cannot do without beside the result.
    """

    reads: str
    shape: Shape
    bare: Shape | None
    certain: bool = False
    needs: tuple[tuple[str, str], ...] = ()

    @property
    def null_is_empty(self) -> bool:
        """A list that may be null is given as a list."""
        return set(self.shape.kinds) == {"list", "NoneType"}

    @property
    def decoded(self) -> str:
        """Annotation of `shape`."""
        shape = self.shape
        if self.null_is_empty:
            shape = evolve(shape, names=tuple(name for name in shape.names if name != "None"))
        return shape.annotation(sent=False)

    @property
    def annotation(self) -> str:
        """Annotation of what the method returns."""
        return self.decoded if self.bare is None else f"{self.decoded} | {self.bare.annotation(sent=False)}"

    @property
    def shapes(self) -> list[Shape]:
        return [self.shape, self.bare] if self.bare else [self.shape]


def result_view(where: str, sdk: dict[str, Any], endpoint: Endpoint, catalog: Catalog) -> ResultView:
    """What an operation returns.

    Raises:
        GenerationError: Its 2xx responses cannot be read as one type.
    """
    patterns = endpoint.responses.patterns
    good = [each for each in patterns if each.status_code.range and each.status_code.range[0] // 100 == 2]
    if not good:
        raise GenerationError(f"{where}: no 2xx response.")
    found = {_read(where, each.source["attribute"], each.prop, sdk.get("unwrap"), catalog) for each in good}
    if len(found) > 1:
        raise GenerationError(f"{where}: its 2xx responses have different schemas.")
    return found.pop()


def _read(where: str, source: str, prop: Property, unwrap: str | None, catalog: Catalog) -> ResultView:
    reads = _READS[source]
    if reads != "JSON":
        return ResultView(reads, _PLAIN[reads], None)
    if unwrap is None:
        shape = shape_of(prop, catalog, where)
        required = (any(each.required for each in catalog.properties(name)) for name, _ in shape.models)
        return ResultView(reads, shape, None, certain=bool(shape.kinds) and all(required))
    wrapped: list[Shape] = []
    bare: list[Shape] = []
    needs: dict[tuple[str, str], None] = {}
    for each in prop.inner_properties if isinstance(prop, UnionProperty) else [prop]:
        member = _member(each, unwrap, catalog)
        if member is not None and isinstance(each, ModelProperty):
            needs |= dict.fromkeys(_needs(each, unwrap, catalog, where))
        (bare if member is None else wrapped).append(shape_of(member or each, catalog, where))
    if not wrapped:
        raise GenerationError(f"{where}: x-sdk unwraps {unwrap!r}, which no 2xx body has.")
    return ResultView(reads, union(wrapped, where), union(bare, where) if bare else None, needs=tuple(needs))


def _needs(envelope: ModelProperty, unwrap: str, catalog: Catalog, where: str) -> Iterator[tuple[str, str]]:
    for member in catalog.properties(envelope.class_info.name):
        if member.required and member.name != unwrap:
            yield member.name.get_untrusted_value(), shape_of(member, catalog, where).told


def _member(prop: object, name: str, catalog: Catalog) -> Property | None:
    members = catalog.properties(prop.class_info.name) if isinstance(prop, ModelProperty) else []
    return next((member for member in members if member.name == name), None)
