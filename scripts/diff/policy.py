"""Policy: the severity of each kind of change in requests and in responses, and its message.

The table of `README.md` says why. A kind may have cases, written after a colon: `billing:from-free`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from enum import Enum, auto
from typing import Any, Final, NamedTuple, TypeAlias

import attrs

from scripts.diff.change import Change, Direction, Severity
from scripts.diff.client_names import ClientPlace
from scripts.diff.containment import ContainmentVerdict
from scripts.openapi_document import is_array, is_object


class ByValue(Enum):
    """A severity that follows from which values are allowed.

    WHOLE: The schema that encloses the place has the last word.
    OWN: The place decides: a reader of the old description does not know what is new.
    """

    WHOLE = auto()
    OWN = auto()


class PolicyRule(NamedTuple):
    """The severity of a kind of change for who sends and for who reads, and its sentence for each."""

    sent: Severity | ByValue
    read: Severity | ByValue
    sentence: str
    read_sentence: str = ""


_B, _C, _D = Severity
_V, _OWN = ByValue.WHOLE, ByValue.OWN
RULES: Final[dict[str, PolicyRule]] = {
    # Schemas; `values` is for all kinds that end in narrower, wider, other or equal.
    "values": PolicyRule(_V, _V, "{subject}{relation}: {said}."),
    "field-added": PolicyRule(_V, _OWN, "{subject} is new."),
    "field-added-required": PolicyRule(
        _V, _OWN, "{subject} is new, and must be sent.", "{subject} is new, and is always there."
    ),
    "field-removed": PolicyRule(_B, _B, "{subject} is gone."),
    "field-renamed": PolicyRule(_B, _B, "{subject} is now called `{name}`."),
    "field-required": PolicyRule(_V, _V, "{subject} must be sent now.", "{subject} is always there now."),
    "field-optional": PolicyRule(_V, _V, "{subject} may be left out now.", "{subject} may be absent now."),
    "alternative-added": PolicyRule(_V, _V, "{subject}: `{name}` is an alternative now."),
    "alternative-removed": PolicyRule(_V, _V, "{subject}: `{name}` is not an alternative any more."),
    "alternative-removed:class": PolicyRule(_B, _V, "{subject}: `{name}` is not an alternative any more."),
    "known-value-added": PolicyRule(_C, _C, "{subject} knows {name} now."),
    "known-value-removed": PolicyRule(_C, _C, "{subject} no longer knows {name}."),
    "known-value-removed:member": PolicyRule(_B, _B, "{subject} no longer knows {name}."),
    "open-list": PolicyRule(_C, _C, "{subject}: {said}."),
    "class-added": PolicyRule(_C, _C, "The class `{name}` is new{members}."),
    "class-removed": PolicyRule(_B, _B, "The class `{name}` is gone."),
    "class-renamed": PolicyRule(_B, _B, "The class `{name}` is now called `{now}`."),
    "class-changed": PolicyRule(_B, _B, "{subject} is {now} now, and was {name}."),
    "python-name": PolicyRule(_B, _B, "{subject} is `{now}` in Python now, and was `{name}`."),
    "call-shape": PolicyRule(_B, _B, "`{name}` takes {now} now, and took {before}."),
    "default": PolicyRule(_C, _D, "{subject}: {said}."),
    "default:changed": PolicyRule(_B, _D, "{subject}: {said}."),
    "access": PolicyRule(_C, _C, "{subject}: {said}."),
    "access:refused": PolicyRule(_B, _B, "{subject}: {said}."),
    "discriminator": PolicyRule(_C, _C, "{subject}: {said}."),
    "discriminator:elsewhere": PolicyRule(_B, _B, "{subject}: {said}."),
    "deprecated": PolicyRule(_C, _C, "{subject}: {said}."),
    "encoding": PolicyRule(_B, _B, "{subject}: {said}."),
    "unknown-keyword": PolicyRule(_B, _B, "{subject}: {said}; this tool does not know what that means."),
    # Requests and responses
    "parameter-added": PolicyRule(_C, _C, "{subject} is new."),
    "parameter-added-required": PolicyRule(_B, _B, "{subject} is new, and must be sent."),
    "parameter-removed": PolicyRule(_B, _B, "{subject} is gone."),
    "parameter-renamed": PolicyRule(_B, _B, "{subject} is now called `{name}`."),
    "parameter-required": PolicyRule(_B, _B, "{subject} must be sent now."),
    "parameter-optional": PolicyRule(_C, _C, "{subject} may be left out now."),
    "parameter-style": PolicyRule(_B, _B, "{subject} is written in another way: {said}."),
    "body-added": PolicyRule(_C, _C, "There is a request body now."),
    "body-added:required": PolicyRule(_B, _B, "There is a request body now, and it must be sent."),
    "body-removed": PolicyRule(_B, _B, "The request body is gone."),
    "body-required": PolicyRule(_B, _B, "{subject} must be sent now."),
    "body-optional": PolicyRule(_C, _C, "{subject} may be left out now."),
    "media-type-added": PolicyRule(_C, _B, "{subject} can be `{name}` now."),
    "media-type-removed": PolicyRule(_B, _C, "{subject} cannot be `{name}` any more."),
    "empty-body": PolicyRule(_C, _C, "{subject} no longer comes without a body."),
    "empty-body:added": PolicyRule(_B, _B, "{subject} may come without a body now."),
    "status-added": PolicyRule(_C, _C, "Status {name} is described now."),
    "status-added:success": PolicyRule(_B, _B, "Status {name} is described now."),
    "status-removed": PolicyRule(_C, _C, "Status {name} is gone."),
    "status-removed:covered": PolicyRule(_C, _C, "Status {name} is not described by itself any more."),
    "status-removed:success": PolicyRule(_B, _B, "Status {name} is gone."),
    "header-added": PolicyRule(_C, _C, "{subject} is described now."),
    "header-removed": PolicyRule(_B, _B, "{subject} is gone."),
    "header-required": PolicyRule(_B, _C, "{subject} is always there now."),
    "header-optional": PolicyRule(_C, _B, "{subject} may be absent now."),
    "link-added": PolicyRule(_C, _C, "{subject} is new."),
    "link-removed": PolicyRule(_C, _C, "{subject} is gone."),
    "link-changed": PolicyRule(_C, _C, "{subject} leads elsewhere."),
    # Operations
    "operation-added": PolicyRule(_C, _C, "`{name}` is new: {said}."),
    "operation-removed": PolicyRule(_B, _B, "`{name}` is gone: {said}."),
    "operation-moved": PolicyRule(_B, _B, "`{name}` is {now} now, and was {said}."),
    "operation-id": PolicyRule(_C, _C, "The operationId is `{now}` now, and was `{name}`."),
    "sdk-renamed": PolicyRule(_B, _B, "`{name}` is now called `{now}`."),
    "sdk-changed": PolicyRule(_B, _B, "{subject}: {said}."),
    "sdk-changed:adds": PolicyRule(_C, _C, "{subject}: {said}."),
    "hook-added": PolicyRule(_C, _C, "`hooks.parse_notification` is new: just one operation is polled now."),
    "hook-removed": PolicyRule(
        _B, _B, "`hooks.parse_notification` is gone: it needs just one operation that is polled."
    ),
    "billing": PolicyRule(_C, _C, "The charge of {subject} is {now} now, and was {name}: the call {said}."),
    "billing:from-free": PolicyRule(_B, _B, "The charge of {subject} is {now} now, and was {name}: the call {said}."),
    "error-code": PolicyRule(
        _B, _B, "An error with `{name}` means {now} now, and meant {said}: the client may raise another class."
    ),
    "error-code-added": PolicyRule(_C, _C, "An error with `{name}` means {now} now."),
    "price": PolicyRule(_C, _C, "The price of {subject} is {now} now, and was {name}."),
    "availability": PolicyRule(_C, _C, "{subject}: `{name}`: {said}."),
    "availability:ended": PolicyRule(
        _C, _C, "{subject}: the end of `{name}` is on record now, so the client warns of it: {said}."
    ),
    "effect": PolicyRule(_C, _C, "{subject} {now} now, where it {name} before: the call {said}."),
    "effect:creates": PolicyRule(_B, _B, "{subject} {now} now, where it {name} before: the call {said}."),
    "security-added": PolicyRule(_C, _C, "{name} is enough now."),
    "security-removed": PolicyRule(_B, _B, "{name} is not enough any more."),
    "scope-added": PolicyRule(_C, _C, "The security scheme `{name}` offers the scope `{said}` now."),
    "scope-removed": PolicyRule(_B, _B, "The security scheme `{name}` no longer offers the scope `{said}`."),
    "server-added": PolicyRule(_C, _C, "The server {name} is new."),
    "server-removed": PolicyRule(_B, _B, "The server {name} is gone."),
    "server-default": PolicyRule(_C, _C, "The client calls {now} now, and called {name}, which still is a server."),
    "callback-added": PolicyRule(_C, _C, "The {said} `{name}` is new."),
    "callback-removed": PolicyRule(_B, _B, "The {said} `{name}` is gone."),
    "callback-changed": PolicyRule(
        _B, _B, "The {said} `{name}` is another one; this tool does not compare it further."
    ),
    # Documentation
    "words": PolicyRule(_D, _D, "{subject}: {said}."),
    "example": PolicyRule(_D, _D, "{subject}: {said}."),
    "evidence": PolicyRule(_D, _D, "{subject}: {said}."),
    "evidence-removed": PolicyRule(_D, _D, "{subject}: evidence of `{name}` removed{said}."),
    "extension": PolicyRule(_C, _C, "{subject}: `{name}` {said}; this tool does not know what it means."),
    "component-added": PolicyRule(_D, _D, "{subject} is new."),
    "component-removed": PolicyRule(_D, _D, "{subject} is gone."),
    "unused": PolicyRule(_D, _D, "{subject} {said}; no operation uses it."),
    "unused:elsewhere": PolicyRule(
        _D, _D, "{subject} {said}; only a webhook or the mapping of a discriminator leads to it."
    ),
    "rewritten": PolicyRule(_D, _D, "{subject} is written differently, and means the same."),
}
_RELATIONS: Final = {
    Direction.SENT: {"narrower": "takes less", "wider": "takes more", "other": "takes something else"},
    Direction.READ: {
        "narrower": "can be less than before",
        "wider": "can be more than before",
        "other": "can be something else",
    },
}
_UNDECIDED: Final = "It could not be decided whether this breaks anything, so it counts as breaking."
_LONGEST: Final = 60

Places: TypeAlias = tuple[str | None, str | None]  # pointers in the old description and in the new one


@attrs.frozen(kw_only=True)
class ChangeContext:
    """Where a change is.

    Attributes:
        direction: Whether its values are sent or read.
        subject: What its values are, as a sentence begins with them.
        old: What they are in the old client.
        new: What they are in the new one.
        optional: They may be absent.
    """

    direction: Direction
    subject: str
    old: ClientPlace
    new: ClientPlace
    optional: bool = False

    @property
    def sent(self) -> bool:
        """Whether the values are what users send."""
        return self.direction is Direction.SENT

    def part(self, subject: str, old: ClientPlace, new: ClientPlace, *, optional: bool = False) -> ChangeContext:
        """Return the context of a part of the values."""
        return ChangeContext(direction=self.direction, subject=subject, old=old, new=new, optional=optional)


@attrs.frozen(kw_only=True)
class ChangeDraft(Change):
    """A change at one place, before it is known which operations it affects.

    Attributes:
        by_value: Its severity follows from which values are allowed; None when it does not.
    """

    by_value: ByValue | None = None

    def at(self, operations: tuple[str, ...]) -> Change:
        """Return the change, for the operations that it affects."""
        return attrs.evolve(self, operations=operations)


Drafts: TypeAlias = Iterator[ChangeDraft]


def draft(
    kind: str,
    places: Places,
    *symbols: str,
    direction: Direction,
    verdict: ContainmentVerdict | None = None,
    **words: str,
) -> ChangeDraft:
    """Return a change as the table has it.

    Args:
        kind: A key of the table.
        places: Where it is.
        symbols: What it affects in the client.
        direction: Whose side it is on.
        verdict: Which values are allowed, for a severity that follows from it.
        words: What the sentence names.
    """
    rule = RULES[kind if kind in RULES else "values"]
    read = direction is Direction.READ
    severity, sentence = rule.read if read else rule.sent, rule.read_sentence if read else ""
    by_value, example, undecided = None, None, ""
    if isinstance(severity, ByValue):
        assert verdict is not None, kind  # noqa: S101
        by_value = severity
        severity = Severity.BREAKING if verdict.breaking else Severity.COMPATIBLE
        example = verdict.example
        undecided = f" {_UNDECIDED}" if verdict.breaking and not verdict.is_decided else ""
    return ChangeDraft(
        severity=severity,
        kind=kind.partition(":")[0],
        direction=direction,
        old=_leave_side(places[0]),
        new=_leave_side(places[1]),
        sentence=(sentence or rule.sentence).format(**words) + undecided,
        symbols=tuple(dict.fromkeys(symbols)),
        example=example,
        by_value=by_value,
    )


def _leave_side(pointer: str | None) -> str | None:
    """Return a pointer of the joined descriptions as it is in its own."""
    return re.sub("^/(old|new)(?=/|$)", "", pointer) if pointer is not None else None


def draft_in(
    context: ChangeContext,
    kind: str,
    places: Places,
    *symbols: str,
    verdict: ContainmentVerdict | None = None,
    **words: str,
) -> ChangeDraft:
    """Return a change of the values of a context."""
    words = {"subject": context.subject, **words}
    symbols = symbols or (context.old.symbol,)
    return draft(kind, places, *symbols, direction=context.direction, verdict=verdict, **words)


def settle(drafts: list[ChangeDraft], whole: ContainmentVerdict) -> list[ChangeDraft]:
    """Return what was found inside a schema, seen from the schema as a whole.

    What takes nothing away from the whole breaks nothing; and when the whole breaks something, a change inside it does.
    """
    if not any(each.by_value for each in drafts):
        return drafts
    if not whole.breaking:
        return [
            attrs.evolve(
                each, severity=Severity.COMPATIBLE, example=None, sentence=each.sentence.removesuffix(f" {_UNDECIDED}")
            )
            if each.by_value and each.severity is Severity.BREAKING
            else each
            for each in drafts
        ]
    if any(each.severity is Severity.BREAKING for each in drafts):
        return drafts
    undecided = "" if whole.is_decided else f" {_UNDECIDED}"
    return [
        attrs.evolve(each, severity=Severity.BREAKING, example=whole.example, sentence=each.sentence + undecided)
        if each.by_value is ByValue.WHOLE
        else each
        for each in drafts
    ]


def name_relation(direction: Direction, part: ContainmentVerdict, whole: ContainmentVerdict) -> str:
    """Return what has become of the values, where that is true of the part and of the whole."""
    words = _RELATIONS[direction]
    return f" {words[part.relation]}" if part.relation == whole.relation and part.relation in words else ""


def name_change(keyword: str, old: list[Any], new: list[Any]) -> str:
    """Return what a keyword says now, and said before; an empty list is for a keyword that is not set."""
    was, now = _name_value(keyword, old), _name_value(keyword, new)
    if not was or not now:
        return f"`{keyword}` is {'set now' if not old else 'not set any more' if not new else 'another one'}"
    return f"`{keyword}` is {now}, and was {was}"


def name_values(values: Iterable[Any]) -> str:
    """Return values as a sentence names them."""
    return ", ".join(f"`{each}`" if isinstance(each, str) else f"`{json_text(each)}`" for each in values)


def shorten_schema(value: Any) -> str:
    """Return a schema as one line of limited length, for a message about a schema without a name."""
    shown = json_text({key: each for key, each in value.items() if key != "description"} if is_object(value) else value)
    shown = shown.replace('"#/old/', '"#/').replace('"#/new/', '"#/')
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 3]}..."


def begin_lower(sentence: str) -> str:
    """Return a sentence with a small first letter, for the middle of another one."""
    return sentence[:1].lower() + sentence[1:]


def json_text(value: Any) -> str:
    """Return a value as JSON for people."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _name_value(keyword: str, found: list[Any]) -> str:
    """Return what a keyword says in a few words; "" when it takes more than a few."""
    if not found:
        return "not set"
    value = found[0]
    if is_object(value) or (is_array(value) and any(is_object(each) for each in value)):
        return "" if len(json_text(value)) > _LONGEST else f"`{json_text(value)}`"
    if keyword == "type":
        return " or ".join(value) if is_array(value) else str(value)
    if is_array(value):
        return name_values(value) or "empty"
    return f"`{value if isinstance(value, str) else json_text(value)}`"
