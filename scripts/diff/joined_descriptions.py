"""Two descriptions joined in one document, with media types, URLs, header names and statuses in their normal form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import islice, product
from typing import Any, Final
from urllib.parse import unquote, urljoin, urlsplit

import attrs
from jsonschema_rs import canonical

from scripts.openapi_document import (
    copy_edited,
    find_parameters,
    find_references,
    format_reference,
    is_array,
    is_object,
    join_pointer,
    locate,
    look_up,
    parse_reference,
    resolve,
    walk_objects,
    walk_operations,
)

_MOST_SERVERS: Final = 100
_NOTES: Final = frozenset(
    {"description", "summary", "example", "examples", "externalDocs", "$comment", "x-evidence", "x-doubt"}
)


def canonical_text(value: Any) -> str:
    """Return a value as canonical JSON: equal for equal values, however they are written."""
    return canonical.json.to_string(value)


def meaning_text(value: Any) -> str:
    """Return what a part of a description says without words, examples and evidence."""
    return canonical_text(copy_edited(value, lambda keyword: keyword not in _NOTES))


def find_changed_members(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, list[Any], list[Any]]]:
    """Yield the name of each member that differs, with its old and new value as a list of one; empty for none."""
    for name in dict.fromkeys((*old, *new)):
        was, now = ([side[name]] if name in side else [] for side in (old, new))
        if canonical_text(was) != canonical_text(now):
            yield name, was, now


def join_descriptions(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Return one document with both descriptions, so that a schema made from parts of both keeps its references."""

    def move(description: dict[str, Any], side: str) -> Any:
        def edit(reference: Any) -> Any:
            return re.sub("^#", f"#/{side}", reference) if isinstance(reference, str) else reference

        return copy_edited(description, lambda _: True, {"$ref": edit})

    return {"old": move(old, "old"), "new": move(new, "new")}


@attrs.frozen(eq=False)
class DocumentNode:
    """A part of the joined descriptions, and its JSON pointer there."""

    pointer: str
    value: Any

    def child(self, *tokens: str | int) -> DocumentNode:
        """Return the node below it."""
        pointer = join_pointer("", *tokens)
        return DocumentNode(self.pointer + pointer, look_up(self.value, pointer))

    def children(self, keyword: str) -> Iterator[tuple[str, DocumentNode]]:
        """Yield what is under the names of a map, or under the indexes of a list."""
        found = self.value.get(keyword, {})
        items = enumerate(found) if is_array(found) else found.items()
        for name, item in items:
            yield str(name), DocumentNode(join_pointer(self.pointer, keyword, name), item)


def locate_keyword(keyword: str, old: DocumentNode, new: DocumentNode) -> tuple[str, str]:
    """Return where a keyword is in two nodes; the node itself where it has none."""
    first, second = (
        join_pointer(each.pointer, keyword) if keyword in each.value else each.pointer for each in (old, new)
    )
    return first, second


class References:
    """What the references of a document lead to; each part is searched for references once."""

    def __init__(self, root: dict[str, Any]) -> None:
        self._root = root
        self._direct: dict[str, list[str]] = {}

    def follow(self, node: DocumentNode) -> DocumentNode:
        """Return what a reference leads to; the node itself when it is not a reference.

        Raises:
            LookupError: It leads to nothing.
        """
        return DocumentNode(*locate(self._root, node.value, node.pointer))

    def step(self, reference: str) -> DocumentNode:
        """Return what a reference leads to, which may be another reference."""
        pointer = parse_reference(reference)
        return DocumentNode(pointer, look_up(self._root, pointer))

    def closure_of(self, *values: Any) -> set[str]:
        """Return the pointers of everything that some values refer to, directly or through others."""
        found: set[str] = set()
        waiting = [parse_reference(reference) for value in values for _, reference in find_references(value)]
        while waiting:
            pointer = waiting.pop()
            if pointer not in found:
                found.add(pointer)
                if pointer not in self._direct:
                    inner = find_references(look_up(self._root, pointer))
                    self._direct[pointer] = [parse_reference(reference) for _, reference in inner]
                waiting += self._direct[pointer]
        return found


@attrs.frozen(eq=False)
class ComparedOperation:
    """One operation, with what it inherits from its path.

    Attributes:
        path: Its path.
        method: Its HTTP method.
        node: Where it is.
        parameters: By place and name; names of headers in lower case.
        responses: By status.
        body: Its request body; None without one.
        security: The ways to be allowed to call it.
        places: Pointers of what it consists of in its description, references followed.
    """

    path: str
    method: str
    node: DocumentNode
    parameters: Mapping[tuple[str, str], DocumentNode]
    responses: Mapping[str, DocumentNode]
    body: DocumentNode | None
    security: list[dict[str, list[str]]]
    places: frozenset[str]

    @property
    def id(self) -> str:
        """Its operationId; method and path where it has none."""
        return str(self.value.get("operationId", self.where))

    @property
    def where(self) -> str:
        """Its method and path."""
        return f"{self.method.upper()} {self.path}"

    @property
    def value(self) -> Mapping[str, Any]:
        """What is said of it."""
        value: Mapping[str, Any] = self.node.value
        return value

    @property
    def slots(self) -> list[str]:
        """Names of the path parameters, in the order of the path."""
        return re.findall(r"{([^{}]*)}", self.path)

    @property
    def identity(self) -> str:
        """Its method and path, whatever the path parameters are called."""
        return f"{self.method} {re.sub(r'{[^{}]*}', '{}', self.path)}"

    def find_response_key(self, status: str) -> str | None:
        """Return the key of the response for a status: its own, that of its class, or the default; None without one."""
        return next((key for key in (status, f"{status[:1]}XX", "default") if key in self.responses), None)


class ComparedDocument:
    """One of the joined descriptions."""

    def __init__(self, raw: dict[str, Any], side: str, references: References) -> None:
        self.raw = raw
        self.own = References(raw)
        self.node = references.step(f"#/{side}")
        self.operations = list(self._find_operations(references))
        self._meanings: dict[str, str] = {}

    @cached_property
    def servers(self) -> list[list[str]]:
        """The URLs of each server in their normal form, the default one first."""
        servers: list[dict[str, Any]] = self.raw.get("servers") or [{"url": "/"}]
        return [list(_find_urls(each)) for each in servers]

    @property
    def schemes(self) -> dict[str, dict[str, Any]]:
        """The security schemes by name."""
        found = self.raw.get("components", {}).get("securitySchemes", {})
        return {name: resolve(self.raw, each) for name, each in found.items()}

    def affected_operations(self, pointer: str) -> tuple[str, ...]:
        """Return the operations that a place belongs to; none when it belongs to the whole description."""
        return tuple(each.id for each in self.operations if any(_is_inside(pointer, at) for at in each.places))

    def meaning(self, operation: ComparedOperation) -> dict[str, str]:
        """Return what is said of an operation, by place."""
        for at in operation.places - self._meanings.keys():
            self._meanings[at] = meaning_text(look_up(self.raw, at))
        return {at: self._meanings[at] for at in operation.places}

    def is_used(self, pointer: str) -> bool:
        """Return whether an operation uses a component, or a part of it; true for what is not a component."""
        places = frozenset[str]().union(*(each.places for each in self.operations))
        component = pointer.startswith("/components/")
        return not component or any(do_overlap(pointer, at) for at in places)

    def is_mentioned(self, pointer: str) -> bool:
        """Return whether a webhook or the mapping of a discriminator leads to a component."""
        targets = [{"$ref": target} for each in walk_objects(self.raw) for target in _find_targets(each.node)]
        return pointer in self.own.closure_of(self.raw.get("webhooks", {}), targets)

    def _find_operations(self, references: References) -> Iterator[ComparedOperation]:
        def node(pointer: str) -> DocumentNode:
            return DocumentNode(self.node.pointer + pointer, look_up(self.node.value, pointer))

        for each in walk_operations(self.raw):
            at, parameters = node(each.pointer), find_parameters(self.raw, each)
            security: list[dict[str, list[str]]] = each.node.get("security", self.raw.get("security", []))
            schemes = (name for way in security for name in way if name in self.schemes)
            inside = self.own.closure_of(each.node, *(parameter.node for parameter in parameters))
            inside |= {each.pointer, *(parameter.pointer for parameter in parameters)}
            yield ComparedOperation(
                path=each.path,
                method=each.method,
                node=at,
                parameters={_name_parameter(found.node): node(found.pointer) for found in parameters},
                responses={_name_status(status): references.follow(item) for status, item in at.children("responses")},
                body=references.follow(at.child("requestBody")) if "requestBody" in each.node else None,
                security=security,
                places=frozenset(inside).union(join_pointer("/components/securitySchemes", name) for name in schemes),
            )


def normalize_media_type(name: str) -> str:
    """Return a media type as it compares: in lower case, parameters in order, and without `charset=utf-8`.

    UTF-8 is what JSON is always in (RFC 8259, 8.1), and what is assumed of the rest.
    """
    kind, *parameters = name.split(";")
    kept: set[str] = set()
    for parameter in parameters:
        key, _, value = (part.strip() for part in parameter.lower().partition("="))
        if key and key != "boundary" and (key, value.strip('"')) not in (("charset", "utf-8"), ("charset", "utf8")):
            exact = parameter.partition("=")[2].strip().strip('"')
            kept.add(f"{key}={value if key == 'charset' else exact}")
    return "; ".join((kind.strip().lower(), *sorted(kept)))


def find_contents(node: DocumentNode) -> dict[str, DocumentNode]:
    """Return the content of a body or parameter by media type; a schema that needs none is under ""."""
    found = {"": node} if "schema" in node.value else {}
    for name, each in node.children("content"):
        key = normalize_media_type(name)
        found[key if key not in found else name] = each
    return found


def find_schema(node: DocumentNode) -> DocumentNode:
    """Return the schema of a media type or parameter; without one, any value is allowed."""
    return node.child("schema") if "schema" in node.value else DocumentNode(f"{node.pointer}/schema", True)


def normalize_url(url: str) -> str:
    """Return a URL in its normal form (RFC 3986, 6.2), without the slash at its end."""
    parts = urlsplit(url)
    scheme, user, host = parts.scheme.lower(), *parts.netloc.rpartition("@")[::2]
    host = re.sub({"http": ":(80)?$", "https": ":(443)?$"}.get(scheme, "$^"), "", host.lower())
    place = f"{user}@{host}" if user else host
    path = re.sub("%[0-9A-Fa-f]{2}", _normalize_escape, parts.path)
    base = f"{scheme}://{place}" if place else ""
    query = f"?{parts.query}" if parts.query else ""
    return f"{base}{urljoin('http://any/', path)[len('http://any') :].rstrip('/')}{query}" or "/"


def _normalize_escape(found: re.Match[str]) -> str:
    letter = unquote(found[0], "latin-1")
    return letter if re.fullmatch("[A-Za-z0-9._~-]", letter) else found[0].upper()


def _find_urls(server: dict[str, Any]) -> Iterator[str]:
    """Yield the URLs that a server can have, the default one first; a variable without a list of values stays open."""
    values = {
        name: dict.fromkeys(map(str, (each.get("default", ""), *each.get("enum", ("{any}",)))))
        for name, each in server.get("variables", {}).items()
    }
    for chosen in islice(product(*values.values()), _MOST_SERVERS):
        url = str(server.get("url", ""))
        for name, value in zip(values, chosen, strict=True):
            url = url.replace(f"{{{name}}}", value)
        yield normalize_url(url)


def _name_parameter(value: Mapping[str, Any]) -> tuple[str, str]:
    place, name = str(value.get("in")), str(value.get("name"))
    return place, name.lower() if place == "header" else name


def _find_targets(node: dict[str, Any]) -> Iterator[str]:
    """Yield the references in the mapping of a discriminator; a name alone is that of a component."""
    discriminator = node.get("discriminator")
    for target in discriminator.get("mapping", {}).values() if is_object(discriminator) else ():
        yield target if "#" in target else format_reference(join_pointer("/components/schemas", target))


def _name_status(status: str) -> str:
    return status if status == "default" else status.upper()


def do_overlap(pointer: str, other: str) -> bool:
    """Return whether one of two places is inside the other, or they are the same."""
    return _is_inside(pointer, other) or _is_inside(other, pointer)


def _is_inside(pointer: str, place: str) -> bool:
    return pointer == place or pointer.startswith(f"{place}/")
