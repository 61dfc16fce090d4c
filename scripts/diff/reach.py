"""Which operations a place of the description belongs to, and what it is called."""

from __future__ import annotations

from scripts.diff.document import Document
from scripts.diff.symbols import Symbols
from scripts.diff.values.nodes import Pool, references
from scripts.openapi_document import join, split


class Reach:
    """The places of one description."""

    def __init__(self, document: Document, symbols: Symbols, pool: Pool) -> None:
        self._document = document
        self._symbols = symbols
        self._reached: dict[str, frozenset[str]] = {}
        below: dict[str, frozenset[str]] = {}

        def closure(reference: str) -> frozenset[str]:
            if reference not in below:
                below[reference] = frozenset({reference})
                inner = [closure(each) for each in references(pool.target(reference))]
                below[reference] = frozenset({reference}).union(*inner)
            return below[reference]

        for operation in document.operations:
            parts = [operation.node, *(spot.node for spot in operation.parameters.values())]
            found = frozenset[str]().union(*(closure(each) for part in parts for each in references(part)))
            pointers = {each.partition("#")[2] for each in found}
            pointers |= {spot.pointer for spot in operation.parameters.values()}
            for choice in operation.node.get("security", document.data.get("security", [])):
                pointers |= {join("/components/securitySchemes", name) for name in choice}
            self._reached[operation.id] = frozenset({*pointers, operation.spot.pointer})

    def operations(self, pointer: str) -> tuple[str, ...]:
        """The operations that a place belongs to; none when it belongs to the description as a whole."""
        return tuple(name for name, places in self._reached.items() if any(_inside(pointer, at) for at in places))

    def is_used(self, pointer: str) -> bool:
        """Whether an operation comes to a place, or the place belongs to none of the components."""
        return not pointer.startswith("/components/") or bool(self.operations(pointer))

    def name(self, pointer: str) -> str:
        """What a place is called in a sentence."""
        tokens = split(pointer)
        match tokens:
            case ["components", "schemas", component, "properties", field, *rest]:
                return f"`{component}.{field}`" + _below(rest)
            case ["components", _, component, *rest]:
                return f"`{component}`" + _below(rest)
            case ["paths", path, method, *rest]:
                operation = next(
                    (each.id for each in self._document.operations if (each.path, each.method) == (path, method)), path
                )
                return f"`{operation}`" + _below(rest)
            case []:
                return "the description"
            case _:
                return f"`{'/'.join(tokens)}`"

    def symbols(self, pointer: str) -> tuple[str, ...]:
        """What a place is in the client."""
        match split(pointer):
            case ["components", "schemas", component, "properties", field, *_] if component in self._symbols.classes:
                return (self._symbols.field(self._symbols.classes[component], field),)
            case ["components", "schemas", component, *_] if component in self._symbols.classes:
                return (self._symbols.classes[component],)
            case ["components", "schemas", component, "properties", field, *_]:
                return self._arguments(component, field)
            case ["paths", path, method, *_]:
                found = [each for each in self._document.operations if (each.path, each.method) == (path, method)]
                return tuple(self._symbols.call(each) for each in found)
            case _:
                return ()

    def _arguments(self, component: str, field: str) -> tuple[str, ...]:
        """The arguments that a field of a request body has become."""
        at = f"#{join('/components/schemas', component)}"
        return tuple(
            self._symbols.argument(operation, field)
            for operation in self._document.operations
            if self._symbols.takes_arguments(operation)
            and any(each.endswith(at) for each in references(operation.node.get("requestBody", {})))
        )


def _inside(pointer: str, place: str) -> bool:
    return pointer == place or pointer.startswith(f"{place}/")


def _below(tokens: list[str]) -> str:
    return f" ({'/'.join(tokens)})" if tokens else ""
