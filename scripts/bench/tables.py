"""The tables: which contender does what in each, and what this client promises there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from operator import attrgetter, methodcaller
from typing import Any

from attrs import frozen

from scripts.bench.budgets import Promise, within
from scripts.bench.fresh_process import in_fresh_process
from scripts.bench.competitors.competitor import Contender
from scripts.bench.competitors.openapi_generator import OpenapiGenerator
from scripts.bench.competitors.this_client import Ours
from scripts.bench.competitors.raw_httpx import Httpx, HttpxOrjson, HttpxTransport
from scripts.bench.competitors.sdks import REQUIRED_LISTS, Sdk
from scripts.bench.competitors.generated_clients import Stock
from scripts.bench.measuring import Case, repeated, repeated_async
from scripts.bench.memory import kept_bytes
from scripts.bench.portable_spec import understood
from scripts.bench.transports import Target

OURS, SPEED, FLOOR = "cometapi_suno", "cometapi_suno[speed]", Httpx.name
SDKS = ("openai SDK", "cometapi SDK")
_DECODING = (
    Promise(
        OURS,
        1.15,
        FLOOR,
        "at the edge: both read with the parser of the standard library, and making the 63 instances of a persona of "
        "37 KB takes 10 % of its time, whatever else a model does. Runs differ between 1.13 and 1.16.",
    ),
    Promise(SPEED, 0.58, FLOOR),
)
_WHY_NOT_A_TWELFTH = (
    "the SDK hands an optional list whole to pydantic's compiled reader, which makes this call six times cheaper than "
    "with a required one. orjson takes two thirds of a twelfth of it and making the instances the rest: nothing is "
    "left for the request."
)
_TRANSPORT = f"`{HttpxTransport.name}` is the part of it that lies below this client, and below httpx alike."


@frozen(kw_only=True)
class Table:
    """One table of the page.

    Attributes:
        title: Its heading.
        about: What is measured, in a sentence.
        cases: Its rows.
        unit: `us`, `ms` or `KiB`.
        floor: Name of the row that the others are compared with.
        promises: What its rows may cost at most.
    """

    title: str
    about: str
    cases: list[Case]
    unit: str = "us"
    floor: str = FLOOR
    promises: Sequence[Promise] = ()

    @property
    def rows(self) -> dict[str, Case]:
        """The rows by their names."""
        return {case.name: case for case in self.cases}


@frozen(kw_only=True)
class Field:
    """Who is compared, against which targets, and in which tables: those whose title has `only` in it."""

    contenders: list[Contender]
    memory: Mapping[str, Target]
    loopback: Mapping[str, Target]
    loop: asyncio.AbstractEventLoop
    only: str = ""

    def fresh(self, title: str, code_of: Callable[[Contender], str | None], floor: str = "") -> list[Case]:
        """Rows of what a fresh process spends on a piece of code, and on `floor` before them."""
        given = [(each.name, code) for each in self._for(title) if (code := code_of(each))]
        base_url = self.loopback["4 KB"].base_url
        return [
            Case(title, name, in_fresh_process(code, base_url), every=9)
            for name, code in ([(floor, floor)] if floor and given else []) + given
        ]

    def blocking(self, title: str, run_of: Callable[[Contender], Callable[[], object] | None]) -> list[Case]:
        """Rows of what an operation costs."""
        given = [(each, run) for each in self._for(title) if (run := run_of(each))]
        return [Case(title, each.name, repeated(run, each.prepare)) for each, run in given]

    def _for(self, title: str) -> list[Contender]:
        return self.contenders if self.only in title else []

    def awaited(self, title: str, target: Target) -> list[Case]:
        """Rows of what an awaited call costs."""
        given = [(each, run) for each in self._for(title) if (run := each.call_async(target))]
        return [Case(title, each.name, repeated_async(run, each.prepare, self.loop)) for each, run in given]

    def kept(self, title: str, body: bytes) -> list[Case]:
        """Rows of the memory that a result keeps: measured once, for it does not vary."""
        runs = [(each, run) for each in self._for(title) if (run := each.decode(body))]
        cases: list[Case] = []
        for each, run in runs:
            each.prepare()
            cases.append(Case(title, each.name, partial(float, kept_bytes(run))))
        return cases


def contenders(description: Mapping[str, Any], *, with_openapi_generator: bool) -> list[Contender]:
    """Everyone who takes part."""
    schemas = understood(description)["components"]["schemas"]
    known: list[Contender] = [Httpx(), HttpxOrjson(), HttpxTransport(), Ours(speed=False), Ours(speed=True), Stock()]
    known += [OpenapiGenerator()] if with_openapi_generator else []
    for lists in (False, True):
        known += [Sdk("openai", "OpenAI", schemas, lists=lists), Sdk("cometapi", "CometAPI", schemas, lists=lists)]
    return known


def tables(given: Field) -> list[Table]:
    """Every wanted table, ready to be measured."""
    return [table for table in (*_decoding(given), *_calls(given), *_beginnings(given)) if table.cases]


def _decoding(given: Field) -> Iterator[Table]:
    for size, target in given.memory.items():
        title = f"Decode, {size}"
        yield Table(
            title=title,
            about=f"From the {len(target.body):,} bytes of a persona to the result. `{FLOOR}` is untyped `json.loads`.",
            promises=_DECODING if size == "37 KB" else (),
            cases=given.blocking(title, methodcaller("decode", target.body)),
        )
    title = "Memory, 37 KB"
    yield Table(
        title=title,
        about="What a decoded persona keeps, by `tracemalloc`. A dict made by orjson is the larger one.",
        unit="KiB",
        promises=[Promise(OURS, 1.1, FLOOR), Promise(SPEED, 1.1, HttpxOrjson.name)],
        cases=given.kept(title, given.memory["37 KB"].body),
    )
    title = "Encode"
    yield Table(
        title=title,
        about="From the arguments of `personas.create` to the bytes of the request's body.",
        cases=given.blocking(title, methodcaller("encode")),
    )


def _calls(given: Field) -> Iterator[Table]:
    memory, loopback = given.memory, given.loopback
    promised: dict[tuple[str, str], list[Promise]] = {
        ("in memory", "4 KB"): within({OURS: 0.45, SPEED: 0.38}, FLOOR),
        ("in memory", "37 KB"): within({OURS: 0.78, SPEED: 0.48}, FLOOR),
        ("over loopback", "4 KB"): [Promise(SPEED, 0.68, FLOOR, _TRANSPORT)],
        ("over loopback", "37 KB"): [Promise(SPEED, 0.65, FLOOR, _TRANSPORT)],
    }
    for where, targets in (("in memory", memory), ("over loopback", loopback)):
        about = (
            "The answer comes out of a transport put into the client. openapi-generator has its urllib3 replaced."
            if targets is memory
            else "A server in another process, one kept connection; CPU of the client's process alone."
        )
        for size, target in targets.items():
            beside_sdks = [
                promise
                for sdk in SDKS
                for promise in (
                    Promise(SPEED, 1 / 12, sdk + REQUIRED_LISTS),
                    Promise(SPEED, 1 / 12, sdk, _WHY_NOT_A_TWELFTH),
                )
            ]
            title = f"Call {where}, {size}"
            yield Table(
                title=title,
                about=about,
                promises=[*promised[where, size], *(beside_sdks if targets is memory else ())],
                cases=given.blocking(title, methodcaller("call", target)),
            )
            title = f"Awaited call {where}, {size}"
            yield Table(
                title=title,
                about="The same with asyncio.",
                promises=beside_sdks if targets is memory else within({SPEED: 0.88}, FLOOR),
                cases=given.awaited(title, target),
            )


def _beginnings(given: Field) -> Iterator[Table]:
    title = "Import"
    yield Table(
        title=title,
        about="The package, in a fresh process. The interpreter's own start is left out.",
        unit="ms",
        promises=within({OURS: 0.2}, FLOOR),
        cases=given.fresh(title, attrgetter("imports")),
    )
    title, floor = "Ready to call", f"import {FLOOR}"
    yield Table(
        title=title,
        about="Import and a client, in a fresh process. This client and openapi-python-client make their connections "
        "and the TLS context on the first call, which the next table counts.",
        unit="ms",
        floor=floor,
        promises=within({OURS: 1.25}, floor),
        cases=given.fresh(title, attrgetter("ready"), floor),
    )
    title = "First persona"
    yield Table(
        title=title,
        about="Import, a client with its TLS context, and one call over loopback, in a fresh process.",
        unit="ms",
        cases=given.fresh(title, attrgetter("first_call")),
    )
    title = "Another client"
    yield Table(
        title=title,
        about="A further client in a process that has had one.",
        promises=within({OURS: 100}, ""),
        cases=given.blocking(title, methodcaller("create")),
    )
