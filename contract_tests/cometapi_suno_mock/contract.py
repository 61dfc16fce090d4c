"""The contract: what the description says of each operation, and what breaks it in a request or a response."""

from __future__ import annotations

import re
from math import isfinite
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar
from urllib.parse import unquote

import attrs
from cometapi_suno_mock.compiled_schemas import CompiledSchema, DescriptionError, SchemaCompiler, Violation
from cometapi_suno_mock.media import NotJsonError, choose, is_array, is_json, is_object, parse_media_type, read_json
from cometapi_suno_mock.pointers import format_reference, join_pointer, look_up, resolve, split_pointer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Given: TypeAlias = Mapping[str, str | Sequence[str]]
    """The parameters of one place as text. A list has one text for each item."""

__all__ = ["Contract", "DescriptionError", "OperationContract", "Violation"]

_MANY = 1_000
"""Commas in a request above which only the first error is looked for: one for each of 130,000 items takes 4 s."""
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_PLACES = ("path", "query", "header")
_INTEGER = re.compile("-?[0-9]+")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORDS = {"true": True, "false": False, "null": None}
_PARAMETER = re.compile(r"\{([^{}]+)\}")

_T = TypeVar("_T")


@attrs.frozen
class MediaTypeContract:
    """A described body of one media type."""

    media: str
    schema: CompiledSchema | None
    examples: Mapping[str, Any]
    """The described example values, in the order of the description."""
    carries_json: bool
    """Whether the body is JSON: by its media type, or by a schema of anything but a string."""


@attrs.frozen
class ResponseContract:
    """The described response with one status."""

    pointer: str
    content: Mapping[str, MediaTypeContract]
    may_be_empty: bool


@attrs.frozen
class RequestBodyContract:
    """The described request body."""

    pointer: str
    required: bool
    content: Mapping[str, MediaTypeContract]


@attrs.frozen
class ParameterContract:
    """A described parameter; its value arrives as text."""

    name: str
    place: str
    required: bool
    pointer: str
    schema: CompiledSchema | None

    def check(self, given: Given) -> list[Violation]:
        """Check it among the given parameters of its place; header names are in lower case."""
        texts = given.get(self.name.lower() if self.place == "header" else self.name)
        if texts is None:
            message = f"{self.name}: required {self.place} parameter is missing"
            return [Violation("parameter", self.pointer, "", message)] if self.required else []
        if self.schema is None:
            return []
        closest: list[Violation] | None = None
        for value in _read_texts([texts] if isinstance(texts, str) else texts):
            found = self.schema.check(value)
            if not found:
                return []
            if closest is None or _count_wrong_types(found) < _count_wrong_types(closest):
                closest = found
        return [
            attrs.evolve(each, kind="parameter", message=f"{self.name}: {each.message.removeprefix('body: ')}")
            for each in closest or ()
        ]


@attrs.frozen
class PriceOnRecord:
    """A price of `x-billing`.

    Attributes:
        amount: The amount in US dollars.
        constants: The constants of the variant that it is for, by field; empty for any body.
    """

    amount: float
    constants: Mapping[str, Any]


@attrs.frozen(eq=False, repr=False)
class OperationContract:
    """One operation: its identity, and its described requests and responses."""

    id: str
    method: str
    path: str
    pointer: str
    sdk: str
    tag: str
    summary: str
    billing: str
    prices: Sequence[PriceOnRecord]
    """Those of variants first."""
    effect: str
    credential: str
    """The client's argument with the secret that authorizes a request."""
    parameters: Sequence[ParameterContract]
    body: RequestBodyContract | None
    answers: Mapping[int, ResponseContract]
    """The described responses, by status."""

    def __repr__(self) -> str:
        return f"<OperationContract {self.id}: {self.method} {self.path}>"

    @property
    def success(self) -> int:
        """The described status of success."""
        return next((status for status in self.answers if status // 100 == 2), 200)

    @property
    def statuses(self) -> Sequence[int]:
        """The described statuses, in the order of the description."""
        return tuple(self.answers)

    def check_request(
        self,
        *,
        path_params: Given,
        query: Given,
        headers: Given,
        content_type: str | None,
        body: bytes,
    ) -> list[Violation]:
        """Return how a request breaks the contract; empty when it does not."""
        found = self.check_parameters(path_params=path_params, query=query, headers=headers)
        return found + self.read_body(content_type, body)[1]

    def check_parameters(self, *, path_params: Given, query: Given, headers: Given) -> list[Violation]:
        """Return how the parameters of a request break the contract."""
        given = {"path": path_params, "query": query, "header": headers}
        return [violation for parameter in self.parameters for violation in parameter.check(given[parameter.place])]

    def read_body(self, content_type: str | None, body: bytes) -> tuple[Any, list[Violation]]:
        """Return the JSON value of a request body, and how it breaks the contract."""
        described = self.body
        if described is None:
            return None, []
        if not body:
            missing = Violation("body-missing", described.pointer, "", "body: required body is missing")
            return None, [missing] if described.required else []
        content = choose(described.content, content_type or "")
        if content is None:
            message = f"content type {_format_media(content_type)}: described are {', '.join(described.content)}"
            return None, [Violation("content-type", f"{described.pointer}/content", "", message)]
        return _read(content, f"{described.pointer}/content", body, thorough=body.count(b",") <= _MANY)

    def check_response(self, *, status: int, content_type: str | None, body: bytes) -> list[Violation]:
        """Return how a response breaks the contract; empty when it does not."""
        content, found = self._find_content(status, content_type, empty=not body)
        return found if content is None else _read(content, self.answers[status].pointer, body)[1]

    def check_answer(self, *, status: int, content_type: str | None, value: Any) -> list[Violation]:
        """Do the same as `check_response` for the JSON value of a body; None means an empty body."""
        content, found = self._find_content(status, content_type, empty=value is None)
        if content is None or content.schema is None:
            return found
        return content.schema.check(value)

    def _find_content(
        self, status: int, content_type: str | None, *, empty: bool
    ) -> tuple[MediaTypeContract | None, list[Violation]]:
        answer = self.answers.get(status)
        if answer is None:
            described = ", ".join(map(str, self.answers))
            message = f"status {status} is not described; described are {described}"
            return None, [Violation("status", f"{self.pointer}/responses", "", message)]
        if empty:
            if answer.may_be_empty:
                return None, []
            return None, [Violation("empty-body", answer.pointer, "", f"status {status}: the body is empty")]
        content = choose(answer.content, content_type or "")
        if content is None:
            described = ", ".join(answer.content) or "no content"
            message = f"status {status}: content type {_format_media(content_type)}: described are {described}"
            return None, [Violation("content-type", answer.pointer, "", message)]
        return content, []


class Contract:
    """Every operation of a bundled description.

    Args:
        description: OpenAPI 3.1 as plain JSON values, examples inlined.

    Raises:
        DescriptionError: A reference does not resolve, or a schema is not valid.
    """

    def __init__(self, description: Mapping[str, Any]) -> None:
        self.description = description
        schemas = SchemaCompiler(description)
        operations = [
            _OperationReader(description, schemas, path, method).read()
            for path, item in description.get("paths", {}).items()
            for method in _METHODS
            if method in item
        ]
        self.operations: Mapping[str, OperationContract] = {operation.id: operation for operation in operations}
        self.match = PathRouter((operation.method, operation.path, operation) for operation in operations).match
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


class PathRouter(Generic[_T]):
    """Finds targets by method and path: a lookup for fixed paths, a short search for path templates.

    Args:
        table: Method, path template and target. A path parameter is not empty, and stays within its path segment.
    """

    def __init__(self, table: Iterable[tuple[str, str, _T]]) -> None:
        self._fixed: dict[tuple[str, str], _T] = {}
        self._templated: dict[tuple[str, int], list[tuple[_PathTemplate, _T]]] = {}
        for method, text, target in table:
            template = _PathTemplate(text)
            rows = self._templated.setdefault((method, len(template.segments)), [])
            rows.append((template, target))
            rows.sort(key=lambda row: -row[0].literal_length)  # the most specific first
            if not _PARAMETER.search(text):
                self._fixed[method, text] = target

    def match(self, method: str, path: str) -> tuple[_T, dict[str, str]] | None:
        """Return the target and the decoded path parameters, or None."""
        target = self._fixed.get((method, path))
        if target is not None:
            return target, {}
        segments = [unquote(segment) for segment in path.split("/")]
        for template, target in self._templated.get((method, len(segments)), ()):
            parameters = template.bind(segments)
            if parameters is not None:
                return target, parameters
        return None


class _PathTemplate:
    """A path template, such as `/clips/{clip_id}.mid`."""

    def __init__(self, text: str) -> None:
        self.literal_length = len(_PARAMETER.sub("", text))
        self.segments = [_PARAMETER.split(segment) for segment in text.split("/")]
        """Literals and, at odd indices, names of parameters."""
        self._patterns = [
            re.compile("(.+)".join(map(re.escape, parts[::2])), re.DOTALL) if len(parts) > 1 else None
            for parts in self.segments
        ]

    def bind(self, given: Sequence[str]) -> dict[str, str] | None:
        """Return the parameters of a path with as many decoded segments; None when it does not match."""
        parameters: dict[str, str] = {}
        for parts, pattern, text in zip(self.segments, self._patterns, given, strict=True):
            if pattern is None:
                if parts[0] != text:
                    return None
                continue
            found = pattern.fullmatch(text)
            if found is None:
                return None
            parameters.update(zip(parts[1::2], found.groups(), strict=True))
        return parameters


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
            effect=source.get("x-effect", "reads"),
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
                where, source = self._resolve(join_pointer("", *owner, "parameters", index))
                if source["in"] in _PLACES:
                    schema = self.schemas.at(f"{where}/schema") if "schema" in source else None
                    required = bool(source.get("required", False))
                    read = ParameterContract(source["name"], source["in"], required, where, schema)
                    found[read.place, read.name] = read
        return tuple(found.values())

    def _read_body(self, where: str) -> RequestBodyContract:
        where, source = self._resolve(where)
        return RequestBodyContract(where, bool(source.get("required", False)), self._read_content(where, source))

    def _read_status(self, where: str, status: str) -> int:
        if not _INTEGER.fullmatch(status):
            raise DescriptionError(f"{where}: the mock needs each status by itself, not {status}")
        return int(status)

    def _read_response(self, where: str) -> ResponseContract:
        where, source = self._resolve(where)
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
        named = {key: self._resolve(join_pointer(where, "examples", key))[1] for key in entry.get("examples", {})}
        return single | {key: example["value"] for key, example in named.items() if "value" in example}

    def _resolve(self, where: str) -> tuple[str, Mapping[str, Any]]:
        try:
            where = resolve(self.document, where)
        except KeyError as error:
            raise DescriptionError(f"{where}: the reference does not resolve: {error}") from None
        return where, look_up(self.document, where)


def parse_parameter(kind: Any, text: str) -> Any:
    """Return the value of a parameter's text, or the text itself when it is not of the described type."""
    value = _read_text(text) if kind in ("integer", "number", "boolean") else text
    return text if kind == "integer" and isinstance(value, float) else value


def _read_texts(texts: Sequence[str]) -> Iterator[Any]:
    """Yield the values that the texts of a parameter may stand for, whatever its type."""
    if len(texts) == 1:
        yield texts[0]
        yield _read_text(texts[0])
    yield list(texts)
    yield [_read_text(text) for text in texts]


def _read_text(text: str) -> Any:
    """Return the JSON value that a text looks like, or the text."""
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) < _MANY else text
    if _NUMBER.fullmatch(text) and isfinite(float(text)):
        return float(text)
    return _WORDS.get(text, text)


def _count_wrong_types(found: list[Violation]) -> int:
    return sum(each.pointer.endswith("/type") for each in found)


def _format_media(content_type: str | None) -> str:
    return parse_media_type(content_type or "") or "(none)"


def _read(content: MediaTypeContract, where: str, body: bytes, *, thorough: bool = True) -> tuple[Any, list[Violation]]:
    if not content.carries_json:
        text = body.decode("utf-8", "replace")
        return text, content.schema.check(text) if content.schema is not None else []
    try:
        value = read_json(body)
    except NotJsonError as error:
        return None, [Violation("json", where, "", f"body: invalid JSON: {error}")]
    return value, content.schema.check(value, thorough=thorough) if content.schema is not None else []
