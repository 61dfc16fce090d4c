"""Properties of a model that are read from one of its fields, by `x-sdk.derived` of a schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from scripts.generator.client_view import DerivedFieldView, FieldView
from scripts.generator.generation_error import GenerationError
from scripts.generator.python_names import MODEL_MEMBERS
from scripts.openapi_document import is_array, is_object

PERCENTAGE: Final = "percentage"


def view_derived_fields(owner: str, derived: Any, fields: list[FieldView]) -> Iterator[DerivedFieldView]:
    """Yield the properties that `x-sdk.derived` adds to a model.

    Args:
        owner: The class of the model.
        derived: The value of the extension: `{name: {field, as}}`.
        fields: The fields of the model.
    """
    by_wire = {each.wire: each for each in fields}
    taken = {each.name for each in fields} | MODEL_MEMBERS
    for name, value in derived.items() if is_object(derived) else [("", None)]:
        node = value if is_object(value) else {}
        field = by_wire.get(str(node.get("field")))
        if field is None or not name.isidentifier() or name in taken:
            raise GenerationError(
                f"{owner}: x-sdk.derived is not `{{name: {{field, as}}}}` with a new name and a field."
            )
        made = _view_derived_field(name, field, node.get("as"))
        if made is None:
            raise GenerationError(f"{owner}.{name}: {field.wire} is never {node.get('as')!r}.")
        yield made


def _view_derived_field(name: str, field: FieldView, kind: Any) -> DerivedFieldView | None:
    if kind == PERCENTAGE:
        doc = f"`{field.name}` as a number from 0 to 100; `None` when it cannot be read as one."
        return DerivedFieldView(name, "float | None", f"read_percentage(self.{field.name})", doc)
    if is_array(kind) and field.type.items and kind == [each.name for each in field.type.items.models]:
        doc = f"The items of `{field.name}` when it is a list of {kind[0]}; empty when it is not."
        return DerivedFieldView(name, f"list[{kind[0]}]", f"read_items(self.{field.name}, {kind[0]})", doc)
    if kind in [each.name for each in field.type.models]:
        doc = f"`{field.name}` when it is a {kind}; `None` when it is not."
        return DerivedFieldView(name, f"{kind} | None", f"read_object(self.{field.name}, {kind})", doc)
    return None
