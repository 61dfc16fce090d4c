"""Compare two descriptions: every operation, the servers, the classes of the client, then the documentation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from scripts.diff.change import Change, Direction, merge_changes
from scripts.diff.client_names import ClientNames, ClientPlace
from scripts.diff.containment import Containment
from scripts.diff.documentation_changes import compare_documentation
from scripts.diff.joined_descriptions import (
    ComparedDocument,
    ComparedOperation,
    References,
    canonical_text,
    find_changed_members,
    join_descriptions,
    locate_keyword,
)
from scripts.diff.normalized_schema import SchemaNormalizer, as_list, as_object
from scripts.diff.policy import ChangeContext, ChangeDraft, Drafts, Places, draft, draft_in, name_change, name_values
from scripts.diff.requests_responses import MessageComparison, compare_rest
from scripts.diff.schema_changes import SchemaComparison
from scripts.generator.client_view import ClientView
from scripts.openapi_document import OPEN_ENUM, copy_edited, find_effect, is_object, join_pointer

# What is compared as documentation, or by another function.
_UNDERSTOOD: Final = frozenset({"summary", "description", "externalDocs", "tags"}) | {
    "operationId", "parameters", "requestBody", "responses", "security", "callbacks"
}  # fmt: skip
_KEY: Final = "SunoClient(api_key=)"
_SERVER: Final = "SunoClient(base_url=)"
_HOOK: Final = "hooks.parse_notification"
_CHARGES: Final = {
    "free": "is sent again when its outcome is not known, if it only reads",
    "from free": "is not sent again any more when its outcome is not known",
    "": "keeps its retries",
}
_EFFECTS: Final = {
    "creates": "is not sent again any more when its outcome is not known",
    "reads": "may be sent again if it is free",
}


def compare(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """Return what changed from one description to the other, the worst first.

    Raises:
        LookupError: A reference leads to nothing; `python -m scripts.lint` says which.
    """
    return [] if canonical_text(old) == canonical_text(new) else _Comparison(old, new).find_changes()


class _Comparison:
    def __init__(self, old: dict[str, Any], new: dict[str, Any]) -> None:
        self.raw = old, new
        references = References(join_descriptions(old, new))
        self.documents = ComparedDocument(old, "old", references), ComparedDocument(new, "new", references)
        read: dict[str, ClientView | None] = {}
        self.names = ClientNames(old, read), ClientNames(new, read)
        containment = Containment(references)
        self.views = SchemaNormalizer(references, containment.allows_null)
        self.messages = MessageComparison(references, self.names, SchemaComparison(self.views, containment))
        self.pairs, gone, come = _pair_operations(*self.documents)
        self.alone = gone, come

    @property
    def are_named(self) -> bool:
        """Whether the generator accepts every operation of both."""
        return self.names[0].is_complete and self.names[1].is_complete

    def is_same(self, old: ComparedOperation, new: ComparedOperation) -> bool:
        """Return whether an operation differs in words only, references included."""
        return self.documents[0].meaning(old) == self.documents[1].meaning(new)

    def find_changes(self) -> list[Change]:
        nodes = self.documents[0].node, self.documents[1].node
        found = [each.at((name,)) for name, each in self._compare_operations()]
        for part in (self._compare_servers(), self._compare_scopes(), self._compare_received("webhook", nodes)):
            found += [each.at(()) for each in part]
        hooks = self.names[0].has_hook, self.names[1].has_hook
        if hooks[0] != hooks[1] and self.are_named:
            kind = "hook-removed" if hooks[0] else "hook-added"
            found.append(draft(kind, ("/paths", "/paths"), _HOOK, direction=Direction.BOTH).at(()))
        found += list(self._compare_classes(found))
        found += compare_documentation(self.raw, self.documents, self.names, found)
        return merge_changes(found)

    def _compare_operations(self) -> Iterator[tuple[str, ChangeDraft]]:
        gone, come = self.alone
        for each in gone:
            yield each.id, _draft_operation("operation-removed", (each.node.pointer, None), each, self.names[0])
        for each in come:
            yield each.id, _draft_operation("operation-added", (None, each.node.pointer), each, self.names[1])
        comparisons = (
            self._compare_facts,
            self.messages.compare_parameters,
            self.messages.compare_request,
            self.messages.compare_responses,
        )
        for old, new in self.pairs:
            for compare_part in (self._compare_security, *(() if self.is_same(old, new) else comparisons)):
                for each_draft in compare_part(old, new):
                    yield new.id, each_draft

    def _compare_facts(self, old: ComparedOperation, new: ComparedOperation) -> Drafts:
        """Yield what changed of what is said of the operation itself."""
        was, now = self.names[0].call(old), self.names[1].call(new)
        context = ChangeContext(
            direction=Direction.BOTH,
            subject=f"`{was}`",
            old=ClientPlace(names=self.names[0], symbol=was),
            new=ClientPlace(names=self.names[1], symbol=now),
        )

        def make(kind: str, keyword: str, *symbols: str, **words: str) -> ChangeDraft:
            places = locate_keyword(keyword, old.node, new.node)
            return draft_in(context, kind, places, *symbols, verdict=None, **words)

        if old.identity != new.identity:
            yield make("operation-moved", "", name=old.id, now=new.where, said=old.where)
        if old.id != new.id:
            yield make("operation-id", "operationId", name=old.id, now=new.id)
        if was not in (now, old.id) and now != new.id:  # the id stands in for a name that is not known
            yield make("sdk-renamed", "x-sdk", was, now, name=was, now=now)
        yield from self._compare_sdk(old, new, was)
        charges = [str(as_object(each.value.get("x-billing")).get("charge", "unknown")) for each in (old, new)]
        if charges[0] != charges[1]:
            # A caller that calls often because it is free would pay without having changed a line.
            case = "from free" if charges[0] == "free" else ""
            kind = "billing:from-free" if case else "billing"
            said = _CHARGES.get(charges[1], _CHARGES[case])
            yield make(kind, "x-billing", name=charges[0], now=charges[1], said=said)
        effects = find_effect(old.method, old.value), find_effect(new.method, new.value)
        if effects[0] != effects[1]:
            kind = "effect:creates" if effects[1] == "creates" else "effect"
            said = _EFFECTS.get(effects[1], _EFFECTS["reads"])
            yield make(kind, "x-effect", name=effects[0], now=effects[1], said=said)
        yield from self._compare_received("callback", (old.node, new.node))
        yield from compare_rest(old.node, new.node, _UNDERSTOOD, attrs.evolve(context, subject=f"`{old.id}`"))

    def _compare_sdk(self, old: ComparedOperation, new: ComparedOperation, call: str) -> Drafts:
        """Yield what changed of what `x-sdk` asks of the client apart from the name."""
        was, now = _find_sdk(old), _find_sdk(new)
        for keyword, before, after in find_changed_members(was, now):
            if keyword in ("resource", "method"):
                continue
            first, second = (
                join_pointer(each.node.pointer, "x-sdk", keyword) if keyword in sdk else each.node.pointer
                for each, sdk in ((old, was), (new, now))
            )
            adds = self._only_adds(keyword, was.get(keyword), now.get(keyword), old)
            yield draft(
                f"sdk-changed{':adds' if adds else ''}",
                (first, second),
                *_find_helpers(keyword, [*before, *after], call),
                direction=Direction.BOTH,
                subject=f"`{call}`",
                said=_describe_sdk(f"x-sdk.{keyword}", before, after),
            )

    def _only_adds(self, keyword: str, old: Any, new: Any, operation: ComparedOperation) -> bool:
        """Return whether calls and results stay what they were."""
        if keyword == "bare":
            # Branches that may answer bare: fewer of them narrow what is returned, and so does saying it at all.
            return old is None or (new is not None and set(new) <= set(old))
        if keyword == "poll" and is_object(old) and is_object(new):
            return self._ends_the_same(old, new, operation)
        if keyword == "address":  # the result is a `FileLink` as before; what changed of its fields is another change
            return old is not None and new is not None
        return keyword in ("poll", "workflow", "follow_up", "defaults") and old is None

    def _ends_the_same(self, old: dict[str, Any], new: dict[str, Any], operation: ComparedOperation) -> bool:
        """Return whether waiting ends as it did, for each status that was known before."""
        if any(canonical_text(old.get(name)) != canonical_text(new.get(name)) for name in ("id", "status", "reason")):
            return False
        if old.get("batch") is not None and canonical_text(old["batch"]) != canonical_text(new.get("batch")):
            return False
        before, after = ({name: set(poll.get(name, ())) for name in ("done", "failed")} for poll in (old, new))
        known = self._known_statuses(operation, str(old.get("status")))
        for name, values in before.items():
            added = after[name] - values
            # Without a list of what is known, an added status may be one that was waited through.
            if values - after[name] or (added and (not known or added & (known | before["done"] | before["failed"]))):
                return False
        return not after["done"] & after["failed"] - before["done"] & before["failed"]

    def _known_statuses(self, operation: ComparedOperation, field: str) -> set[str]:
        """Return the values of the field that says how far a task is, as the old description lists them."""
        unwrap = as_object(operation.value.get("x-sdk")).get("unwrap")
        waiting = [
            node.child("schema")
            for status, response in operation.responses.items()
            for _, node in response.children("content")
            if status.startswith(("2", "d")) and "schema" in node.value
        ]
        for name in [unwrap, field] if unwrap else [field]:
            views = [self.views.view(node) for node in waiting]
            views += [self.views.view(branch) for view in views for branch in view.branches]
            waiting = [node for view in views for node in view.fields.get(name, ())]
        found = [self.views.view(node).keywords.get(keyword) for node in waiting for keyword in ("enum", OPEN_ENUM)]
        return {str(value) for node in found if node for value in as_list(node.value)}

    def _compare_security(self, old: ComparedOperation, new: ComparedOperation) -> Drafts:
        """Yield the ways to authenticate that callers lost or gained; a way that asks for less is not a loss."""
        before, after = (_find_ways(each, document) for each, document in zip((old, new), self.documents, strict=True))
        places = self._security_places(old, new)
        for kind, ways, others in (("security-removed", before, after), ("security-added", after, before)):
            for way, name in ways.items():
                if not any(other <= way for other in others):
                    yield draft(kind, places, _KEY, direction=Direction.SENT, name=name)

    def _security_places(self, old: ComparedOperation, new: ComparedOperation) -> Places:
        """Return where the security requirements are; where the scheme is, if only the scheme changed."""
        if canonical_text(old.security) == canonical_text(new.security):
            schemes = [document.schemes for document in self.documents]
            for name in (name for way in old.security for name in way):
                if canonical_text(schemes[0].get(name)) != canonical_text(schemes[1].get(name)):
                    at = join_pointer("/components/securitySchemes", name)
                    return at, at
        if "security" not in old.value and "security" not in new.value:
            return "/security", "/security"
        return locate_keyword("security", old.node, new.node)

    def _compare_scopes(self) -> Drafts:
        """Yield the scopes that a security scheme offers; which of them a call needs is said by the operation."""
        schemes = [document.schemes for document in self.documents]
        for name in (each for each in schemes[0] if each in schemes[1]):
            flows = [as_object(each[name].get("flows")) for each in schemes]
            for flow in (each for each in flows[0] if each in flows[1]):
                was, now = (as_object(as_object(each[flow]).get("scopes")) for each in flows)
                at = join_pointer("/components/securitySchemes", name, "flows", flow, "scopes")
                for kind, scopes in (("scope-removed", was.keys() - now), ("scope-added", now.keys() - was)):
                    for scope in sorted(scopes):
                        yield draft(kind, (at, at), _KEY, direction=Direction.SENT, name=name, said=scope)

    def _compare_servers(self) -> Drafts:
        """Yield where calls go; the client goes to the first."""
        before, after = (document.servers for document in self.documents)
        was, now = ({url for urls in servers for url in urls} for servers in (before, after))
        for kind, servers, others in (("removed", before, now), ("added", after, was)):
            for index, urls in enumerate(servers):
                for url in (each for each in urls if each not in others):
                    at = f"/servers/{index}"
                    places = (at, "/servers") if kind == "removed" else ("/servers", at)
                    name = name_values([url.replace("{any}", "{...}")])
                    yield draft(f"server-{kind}", places, _SERVER, direction=Direction.SENT, name=name)
        if before[0][0] != after[0][0] and before[0][0] in now:
            names = {"name": name_values([before[0][0]]), "now": name_values([after[0][0]])}
            places = "/servers/0", "/servers/0"
            yield draft("server-default", places, _SERVER, direction=Direction.SENT, verdict=None, **names)

    def _compare_received(self, what: str, nodes: tuple[Any, Any]) -> Drafts:
        """Yield what changed of the requests that users receive when they ask for them: callbacks or webhooks."""
        was, now = (dict(node.children(f"{what}s")) for node in nodes)
        for name in dict.fromkeys((*was, *now)):
            first, second = was.get(name), now.get(name)
            if first and second and self.views.say_the_same(first.value, second.value):
                continue
            kind = f"callback-{'added' if first is None else 'removed' if second is None else 'changed'}"
            places = first.pointer if first else None, second.pointer if second else None
            yield draft(kind, places, direction=Direction.READ, name=name, said=what)

    def _compare_classes(self, found: list[Change]) -> Iterator[Change]:
        """Yield the classes that users could import and can no more, and those that are new to them."""
        renamed = {symbol for change in found if change.kind == "class-renamed" for symbol in change.symbols}
        changed = [pair for pair in self.pairs if not self.is_same(*pair)]
        needed = [
            {name for each in (*(pair[side] for pair in changed), *alone) for name in self.names[side].classes_of(each)}
            for side, alone in enumerate(self.alone)
        ]
        # The classes of what the generator refuses would seem to be gone.
        if needed[0] == needed[1] or not self.are_named:
            return
        for index, kind in enumerate(("class-removed", "class-added")):
            names, others = self.names[index], self.names[1 - index]
            for name in names.classes:
                if name in others.classes or name in renamed:
                    continue
                at, members = names.component_of(name), names.members(name)
                said = f", with {name_values(members)}" if members else ""
                places = (at, None) if index == 0 else (None, at)
                made = draft(kind, places, name, direction=Direction.BOTH, name=name, members=said)
                yield made.at(self.documents[index].affected_operations(at) if at else ())


def _draft_operation(kind: str, places: Places, operation: ComparedOperation, names: ClientNames) -> ChangeDraft:
    call = names.call(operation)
    return draft(kind, places, call, direction=Direction.BOTH, name=operation.id, said=operation.where)


def _pair_operations(
    old: ComparedDocument, new: ComparedDocument
) -> tuple[list[tuple[ComparedOperation, ComparedOperation]], list[ComparedOperation], list[ComparedOperation]]:
    """Return the operations that belong together (by path and method, else by operationId), and the others."""
    before, after = list(old.operations), list(new.operations)
    pairs: list[tuple[ComparedOperation, ComparedOperation]] = []
    for mark in ("identity", "id"):
        marks = {getattr(each, mark): each for each in after}
        pairs += [(each, marks[getattr(each, mark)]) for each in before if getattr(each, mark) in marks]
        found = {id(operation) for pair in pairs for operation in pair}
        before, after = ([each for each in group if id(each) not in found] for group in (before, after))
    return pairs, before, after


def _describe_sdk(keyword: str, old: list[Any], new: list[Any]) -> str:
    if not (old and new and is_object(old[0]) and is_object(new[0])):
        return name_change(keyword, old, new)
    changes = find_changed_members(old[0], new[0])
    return "; ".join(name_change(f"{keyword}.{name}", was, now) for name, was, now in changes)


def _find_sdk(operation: ComparedOperation) -> dict[str, Any]:
    """Return `x-sdk` without evidence and doubts, which do not change the client."""
    return as_object(copy_edited(operation.value.get("x-sdk"), lambda keyword: not keyword.startswith("x-")))


def _find_helpers(keyword: str, values: list[Any], call: str) -> list[str]:
    """Return the methods that `poll`, `workflow` and `follow_up` of `x-sdk` make."""
    resource = call.partition(".")[0]
    if keyword == "poll":
        return [f"{resource}.wait"]
    if keyword in ("workflow", "follow_up"):
        return [f"{resource}.{each['method']}" for each in values if is_object(each) and "method" in each]
    return [f"{call}()"]


def _find_ways(operation: ComparedOperation, document: ComparedDocument) -> Mapping[frozenset[str], str]:
    """Return each way to be allowed: what it asks for, and how it is named."""
    found: dict[frozenset[str], str] = {}
    for choice in operation.security or [{}]:
        ways: list[frozenset[str]] = [frozenset()]
        for name, scopes in choice.items():
            forms = _normalize_scheme(document.schemes.get(name, {}))
            asked = [frozenset(f"{form} {scope}" for scope in ("", *scopes)) for form in forms]
            ways = [way | each for way in ways for each in asked]
        found |= dict.fromkeys(ways, " with ".join(f"`{name}`" for name in choice) or "A call without a key")
    return found


def _normalize_scheme(scheme: dict[str, Any]) -> list[str]:
    """Return a security scheme in its normal form, once for each flow."""
    said = {key: scheme.get(key) for key in ("type", "scheme", "in", "name", "openIdConnectUrl")}
    if said["type"] == "http":
        said["scheme"] = str(said["scheme"]).lower()  # RFC 9110, 11.1
    if said["in"] == "header":
        said["name"] = str(said["name"]).lower()  # RFC 9110, 5.1
    flows = as_object(scheme.get("flows")) or {"": {}}
    urls = {
        flow: {key: url for key, url in as_object(each).items() if key.endswith("Url")} for flow, each in flows.items()
    }
    return [canonical_text([said, flow, urls[flow]]) for flow in flows]
