"""The contract: every operation of the description, found by its id or by method and path."""

from __future__ import annotations

import importlib.resources
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias, cast
from urllib.parse import unquote

import attrs
from cometapi_suno_mock.compiled_schemas import DescriptionError, SchemaCompiler, Violation
from cometapi_suno_mock.media import NotJsonError, is_array, is_json, is_object, parse_media_type, read_json
from cometapi_suno_mock.operation_contract import (
    MediaTypeContract,
    OperationContract,
    ParameterContract,
    PriceOnRecord,
    RequestBodyContract,
    ResponseContract,
)
from cometapi_suno_mock.pointers import format_reference, join_pointer, look_up, split_pointer

__all__ = ["Contract", "DescriptionError", "OperationContract", "Violation", "load_contract"]

Source: TypeAlias = Mapping[str, Any] | str | Path
"""A bundled description, or its path."""

_CHECKOUT = Path(__file__).resolve().parents[2] / "generated" / "openapi.json"
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_PLACES = ("path", "query", "header")
_PARAMETER = re.compile(r"\{([^{}]+)\}")


class Contract:
    """Every operation of a bundled description.

    Args:
        description: OpenAPI 3.1 as plain JSON values, examples inlined.

    Raises:
        DescriptionError: A reference does not resolve, or a schema is not valid.
    """

    def __init__(self, description: Mapping[str, Any]) -> None:
        self.description = description
        self.schemas = SchemaCompiler(description)
        """Its schemas by JSON pointer."""
        operations = [
            _OperationReader(description, self.schemas, path, method).read()
            for path, item in description.get("paths", {}).items()
            for method in _METHODS
            if method in item
        ]
        self.operations: Mapping[str, OperationContract] = {operation.id: operation for operation in operations}
        self.match = _PathRouter(operations).match
        """Find the operation of a method and a path (percent-encoded, without query), with its path parameters."""
        self.retired_values = _find_retired_values(description)
        """The values and aliases whose end is on record, also where a source contests it, by the name of a field."""

    def find_sources(self, violation: Violation) -> list[str]:
        """Return the sources of the closest node with evidence, from what a violation breaks up to its component."""
        where = split_pointer(violation.pointer)
        if where[-1:] == ["required"]:  # the message begins with the missing field
            where[-1:] = ["properties", violation.message.partition(":")[0]]
        for end in range(len(where), 2, -1):
            try:
                node = look_up(self.description, join_pointer("", *where[:end]))
            except KeyError:
                continue
            if is_object(node) and "x-evidence" in node:
                return [str(entry["source"]) for entry in node["x-evidence"]]
        return []


def load_contract(source: Source | None = None) -> Contract:
    """Load the contract of a description, by default of the one in the package or in the checkout.

    Raises:
        DescriptionError: The file is missing, or is not an OpenAPI description as a JSON object.
    """
    return _load_default() if source is None else _load(source)


@cache
def _load_default() -> Contract:
    """Load the default contract once: it takes a hundred times as long as the rest of a gateway."""
    return _load(None)


def _load(source: Source | None) -> Contract:
    description = _read_description(source)
    try:
        return Contract(description)
    except (AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        where = "the description" if source is None or isinstance(source, Mapping) else source
        reason = f"{type(error).__name__}: {error}"
        raise DescriptionError(f"{where}: not a valid OpenAPI description: {reason}") from error


def _read_description(source: Source | None) -> Mapping[str, Any]:
    """Return the given description, else the one in the package, else the one of the checkout."""
    if isinstance(source, Mapping):
        return dict(source)
    packaged = importlib.resources.files(__package__ or "cometapi_suno_mock") / "openapi.json"
    try:
        if source is not None:
            text = Path(source).read_bytes()
        elif packaged.is_file():
            text = packaged.read_bytes()
        else:
            text = _CHECKOUT.read_bytes()
    except OSError as error:
        raise DescriptionError(
            f"cannot read a description: {error.strerror}: {error.filename}."
            " Pass one, or run `make generate` in a checkout."
        ) from None
    try:
        found = read_json(text)
    except NotJsonError as error:
        raise DescriptionError(f"{source or packaged}: not JSON: {error}") from None
    if not isinstance(found, dict) or "paths" not in found:
        raise DescriptionError(f"{source or packaged}: not an OpenAPI description: `paths` is missing")
    return cast("dict[str, Any]", found)


def _find_retired_values(description: Mapping[str, Any]) -> Mapping[str, Sequence[str]]:
    schemas: Mapping[str, Any] = description.get("components", {}).get("schemas", {})
    ended = {
        format_reference(join_pointer("/components/schemas", name)): [
            each for value, life in lives.items() if "until" in life for each in (value, *life.get("aliases", ()))
        ]
        for name, schema in schemas.items()
        if is_object(schema) and is_object(lives := schema.get("x-availability"))
    }
    found: dict[str, list[str]] = {}
    for schema in schemas.values():
        properties: Mapping[str, Any] = schema.get("properties", {}) if is_object(schema) else {}
        for field, node in properties.items():
            found.setdefault(field, []).extend(ended.get(str(node.get("$ref")), []) if is_object(node) else [])
    return {field: values for field, values in found.items() if values}


class _PathRouter:
    """Finds operations: a lookup for fixed paths, a short search for path templates.

    A path parameter is not empty, and stays within its path segment.
    """

    def __init__(self, operations: Iterable[OperationContract]) -> None:
        self._fixed: dict[tuple[str, str], OperationContract] = {}
        self._templated: dict[tuple[str, int], list[tuple[_PathTemplate, OperationContract]]] = {}
        for operation in operations:
            template = _PathTemplate(operation.path)
            rows = self._templated.setdefault((operation.method, len(template.segments)), [])
            rows.append((template, operation))
            rows.sort(key=lambda row: -row[0].literal_length)  # the most specific first
            if not template.names:
                self._fixed[operation.method, operation.path] = operation

    def match(self, method: str, path: str) -> tuple[OperationContract, dict[str, str]] | None:
        """Return the operation and the decoded path parameters, or None."""
        operation = self._fixed.get((method, path))
        if operation is not None:
            return operation, {}
        segments = [unquote(segment) for segment in path.split("/")]
        for template, operation in self._templated.get((method, len(segments)), ()):
            parameters = template.bind(segments)
            if parameters is not None:
                return operation, parameters
        return None


class _PathTemplate:
    """A path template, such as `/clips/{clip_id}.mid`."""

    def __init__(self, text: str) -> None:
        self.literal_length = len(_PARAMETER.sub("", text))
        self.names = _PARAMETER.findall(text)
        literals = [_PARAMETER.split(segment)[::2] for segment in text.split("/")]
        self.segments = [re.compile("(.+)".join(map(re.escape, parts)), re.DOTALL) for parts in literals]

    def bind(self, given: Sequence[str]) -> dict[str, str] | None:
        """Return the parameters of a path with as many decoded segments; None when it does not match."""
        values: list[str] = []
        for pattern, text in zip(self.segments, given, strict=True):
            found = pattern.fullmatch(text)
            if found is None:
                return None
            values += found.groups()
        return dict(zip(self.names, values, strict=True))


@attrs.frozen
class _OperationReader:
    """Reads one operation of the description."""

    document: Mapping[str, Any]
    schemas: SchemaCompiler
    path: str
    method: str

    def read(self) -> OperationContract:
        where = join_pointer("", "paths", self.path, self.method)
        source: Mapping[str, Any] = look_up(self.document, where)
        sdk: Mapping[str, str] = source.get("x-sdk", {})
        return OperationContract(
            id=source.get("operationId", f"{self.method} {self.path}"),
            method=self.method.upper(),
            path=self.path,
            pointer=where,
            sdk=".".join(sdk[key] for key in ("resource", "method") if key in sdk),
            tag=next(iter(source.get("tags", [])), ""),
            summary=source.get("summary", ""),
            billing=source.get("x-billing", {}).get("charge", "unknown"),
            prices=self._read_prices(source.get("x-billing", {}).get("prices")),
            effect=source.get("x-effect", "unknown"),
            credential=self._find_credential(source),
            parameters=self._read_parameters(),
            body=self._read_body(f"{where}/requestBody") if "requestBody" in source else None,
            answers={
                self._read_status(where, status): self._read_response(f"{where}/responses/{status}")
                for status in source.get("responses", {})
            },
        )

    def _read_prices(self, prices: Any) -> tuple[PriceOnRecord, ...]:
        found: list[PriceOnRecord] = []
        for price in prices if is_array(prices) else []:
            if is_object(price) and price.get("currency") == "USD":
                name = price.get("variant")
                at = join_pointer("/components/schemas", name, "properties") if name else ""
                properties: Mapping[str, Any] = look_up(self.document, at) if at else {}
                constants = {key: each["const"] for key, each in properties.items() if "const" in each}
                found.append(PriceOnRecord(price["amount"], constants))
        return tuple(sorted(found, key=lambda each: not each.constants))

    def _find_credential(self, source: Mapping[str, Any]) -> str:
        schemes = self.document.get("components", {}).get("securitySchemes", {})
        named = [schemes.get(name, {}) for way in source.get("security", []) for name in way]
        return str(named[0].get("x-sdk", {}).get("argument", "api_key")) if named else "api_key"

    def _read_parameters(self) -> tuple[ParameterContract, ...]:
        """Read the parameters of the path; those of the operation replace them where name and place agree."""
        found: dict[tuple[str, str], ParameterContract] = {}
        for owner in (("paths", self.path), ("paths", self.path, self.method)):
            for index in range(len(look_up(self.document, join_pointer("", *owner)).get("parameters", []))):
                where, source = self.schemas.resolve(join_pointer("", *owner, "parameters", index))
                if source["in"] in _PLACES:
                    schema = self.schemas.at(f"{where}/schema") if "schema" in source else None
                    required = bool(source.get("required", False))
                    examples = self._read_examples(where, source)
                    read = ParameterContract(source["name"], source["in"], required, where, schema, examples)
                    found[read.place, read.name] = read
        return tuple(found.values())

    def _read_body(self, where: str) -> RequestBodyContract:
        where, source = self.schemas.resolve(where)
        return RequestBodyContract(where, bool(source.get("required", False)), self._read_content(where, source))

    def _read_status(self, where: str, status: str) -> int:
        if not re.fullmatch("[0-9]+", status):
            raise DescriptionError(f"{where}: the mock needs each status by itself, not {status}")
        return int(status)

    def _read_response(self, where: str) -> ResponseContract:
        where, source = self.schemas.resolve(where)
        content = self._read_content(where, source)
        return ResponseContract(where, content, may_be_empty="x-empty-body" in source or not content)

    def _read_content(self, where: str, source: Mapping[str, Any]) -> dict[str, MediaTypeContract]:
        offers = (
            self._read_media_type(join_pointer(where, "content", name), name, entry)
            for name, entry in source.get("content", {}).items()
        )
        return {content.media: content for content in offers}

    def _read_media_type(self, where: str, name: str, entry: Mapping[str, Any]) -> MediaTypeContract:
        media = parse_media_type(name)
        schema = self.schemas.at(f"{where}/schema") if "schema" in entry else None
        structured = schema is not None and schema.source.get("type") != "string"
        examples = self._read_examples(where, entry)
        return MediaTypeContract(media, schema, examples, carries_json=structured or is_json(media))

    def _read_examples(self, where: str, entry: Mapping[str, Any]) -> dict[str, Any]:
        single = {"example": entry["example"]} if "example" in entry else {}
        named = {
            key: self.schemas.resolve(join_pointer(where, "examples", key))[1] for key in entry.get("examples", {})
        }
        return single | {key: example["value"] for key, example in named.items() if "value" in example}
