"""Texts that follow some patterns and not others, found by taking the patterns apart letter by letter.

A pattern is a small tree; its derivative by a letter is what must follow that letter. Going through the derivatives of
several patterns at once finds the shortest text, or shows that there is none. What is not regular (look-around, back
references, anchors in the middle) is refused.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection
from functools import cache
from importlib import import_module
from itertools import pairwise
from typing import Any, Final, TypeAlias

# Nothing; the empty text; one of some letters, as ranges; a, then b; any of these; a, any number of times.
Tree: TypeAlias = tuple[Any, ...]
Ranges: TypeAlias = tuple[tuple[int, int], ...]

NOTHING: Final[Tree] = ("nothing",)
EMPTY: Final[Tree] = ("empty",)
_LAST: Final = 0x10FFFF
_ANY: Final[Ranges] = ((0, _LAST),)
_STEPS: Final = 4000
_MOST_REPEATS: Final = 200
_DIGITS: Final[Ranges] = ((48, 57),)
_WORD_LETTERS: Final[Ranges] = ((48, 57), (65, 90), (95, 95), (97, 122))
_SPACE: Final[Ranges] = ((9, 13), (32, 32))
_parser: Any = import_module("re._parser")  # gives the tree of a pattern; `sre_parse`, its older name, is deprecated


class NotRegularError(ValueError):
    """A pattern cannot be taken apart."""


def shortest(
    follow: Collection[str], avoid: Collection[str], excluded: Collection[str], least: int, most: int | None
) -> tuple[str | None, bool]:
    """The shortest text that follows all of `follow` and none of `avoid`, and whether none proves that there is none.

    Args:
        follow: Patterns.
        avoid: Patterns.
        excluded: Texts that it must not be.
        least: Characters at least.
        most: Characters at most; None for any number.

    Raises:
        NotRegularError: One of the patterns cannot be taken apart.
    """
    start = (*(_tree(each) for each in (*follow, *avoid)), *map(_word, excluded))
    wanted = len(follow)
    letters = _letters(start)
    cap = least if most is None else most + 1
    seen: set[tuple[tuple[Tree, ...], int]] = set()
    waiting: deque[tuple[tuple[Tree, ...], str]] = deque([(start, "")])
    for _ in range(_STEPS):
        if not waiting:
            return None, True
        state, text = waiting.popleft()
        mark = state, min(len(text), cap)
        if NOTHING in state[:wanted] or mark in seen or (most is not None and len(text) > most):
            continue
        seen.add(mark)
        done = [_is_open(each) for each in state]
        if len(text) >= least and all(done[:wanted]) and not any(done[wanted:]):
            return text, True
        waiting += [(tuple(_derive(each, ord(letter)) for each in state), text + letter) for letter in letters]
    return None, False


def _word(text: str) -> Tree:
    tree = EMPTY
    for letter in reversed(text):
        tree = _then(("letters", ((ord(letter), ord(letter)),)), tree)
    return tree


@cache
def _tree(pattern: str) -> Tree:
    try:
        parsed = _parser.parse(pattern)
    except re.error as error:
        raise NotRegularError(pattern) from error
    return _searched(list(parsed))


def _searched(items: list[Any]) -> Tree:
    """A pattern may be found anywhere in a text, unless it is anchored."""
    if len(items) == 1 and str(items[0][0]) == "BRANCH":
        return _either(*(_searched(list(each)) for each in items[0][1][1]))
    anywhere: Tree = ("many", ("letters", _ANY))
    before = after = anywhere
    if items and _is_anchor(items[0], "AT_BEGINNING"):
        items, before = items[1:], EMPTY
    if items and _is_anchor(items[-1], "AT_END"):
        items, after = items[:-1], EMPTY
    return _then(before, _then(_sequence(items), after))


def _is_anchor(item: Any, name: str) -> bool:
    return str(item[0]) == "AT" and str(item[1]).startswith(name)


def _sequence(items: Any) -> Tree:
    tree = EMPTY
    for item in reversed(list(items)):
        tree = _then(_item(*item), tree)
    return tree


def _item(name: Any, argument: Any) -> Tree:
    match str(name):
        case "LITERAL":
            return ("letters", ((argument, argument),))
        case "NOT_LITERAL":
            return ("letters", _without(((argument, argument),)))
        case "ANY":
            return ("letters", _without(((10, 10),)))
        case "IN":
            return ("letters", _set(argument))
        case "BRANCH":
            return _either(*(_sequence(each) for each in argument[1]))
        case "SUBPATTERN":
            return _sequence(argument[3])
        case "MAX_REPEAT" | "MIN_REPEAT":
            return _repeated(*argument)
        case _:
            raise NotRegularError(str(name))


def _repeated(least: int, most: Any, items: Any) -> Tree:
    inner, endless = _sequence(items), str(most) == "MAXREPEAT"
    if max(least, 0 if endless else int(most)) > _MOST_REPEATS:
        raise NotRegularError("it repeats too often")
    tree: Tree = ("many", inner) if endless else EMPTY
    for _ in range(0 if endless else int(most) - least):
        tree = _either(EMPTY, _then(inner, tree))
    for _ in range(least):
        tree = _then(inner, tree)
    return tree


def _set(items: Any) -> Ranges:
    found: list[tuple[int, int]] = []
    negated = False
    for name, argument in items:
        match str(name):
            case "NEGATE":
                negated = True
            case "LITERAL":
                found.append((argument, argument))
            case "RANGE":
                found.append(argument)
            case _:
                found += _category(str(argument))
    ranges = tuple(sorted(found))
    return _without(ranges) if negated else ranges


def _category(name: str) -> Ranges:
    kind = name.removeprefix("CATEGORY_")
    ranges = {"DIGIT": _DIGITS, "WORD": _WORD_LETTERS, "SPACE": _SPACE}.get(kind.removeprefix("NOT_"))
    if ranges is None:
        raise NotRegularError(name)
    return _without(ranges) if kind.startswith("NOT_") else ranges


def _without(ranges: Ranges) -> Ranges:
    left: list[tuple[int, int]] = []
    start = 0
    for low, high in sorted(ranges):
        if low > start:
            left.append((start, low - 1))
        start = max(start, high + 1)
    return (*left, (start, _LAST)) if start <= _LAST else tuple(left)


def _then(first: Tree, second: Tree) -> Tree:
    if NOTHING in (first, second):
        return NOTHING
    if first == EMPTY:
        return second
    return first if second == EMPTY else ("then", first, second)


def _either(*trees: Tree) -> Tree:
    found: set[Tree] = set()
    for tree in trees:
        found |= tree[1] if tree[0] == "either" else {tree}
    found.discard(NOTHING)
    if len(found) < 2:
        return found.pop() if found else NOTHING
    return ("either", frozenset(found))


@cache
def _is_open(tree: Tree) -> bool:
    """Whether the text may end here."""
    match tree[0]:
        case "empty" | "many":
            return True
        case "then":
            return _is_open(tree[1]) and _is_open(tree[2])
        case "either":
            return any(_is_open(each) for each in tree[1])
        case _:
            return False


@cache
def _derive(tree: Tree, letter: int) -> Tree:
    """What must follow a letter."""
    match tree[0]:
        case "letters":
            return EMPTY if any(low <= letter <= high for low, high in tree[1]) else NOTHING
        case "then":
            after = _then(_derive(tree[1], letter), tree[2])
            return _either(after, _derive(tree[2], letter)) if _is_open(tree[1]) else after
        case "either":
            return _either(*(_derive(each, letter) for each in tree[1]))
        case "many":
            return _then(_derive(tree[1], letter), tree)
        case _:
            return NOTHING


def _letters(trees: Collection[Tree]) -> list[str]:
    """One letter of each group that no pattern tells apart, a readable one where there is one."""
    edges = {0, _LAST + 1}
    waiting = list(trees)
    while waiting:
        tree = waiting.pop()
        if tree[0] == "letters":
            edges.update(edge for low, high in tree[1] for edge in (low, high + 1))
        else:
            waiting += tree[1] if tree[0] == "either" else tree[1:]
    bounds = sorted(edges)
    found: list[str] = []
    for low, after in pairwise(bounds):
        wanted = (97, 65, 48, 45, 95, 46, 32, *range(33, 127), 233)
        found.append(chr(next((each for each in wanted if low <= each < after), low)))
    # Half of a surrogate pair is no text.
    return sorted(
        (each for each in found if not 0xD800 <= ord(each) <= 0xDFFF), key=lambda each: (not each.isprintable(), each)
    )
