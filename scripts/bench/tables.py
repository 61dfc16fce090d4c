"""The tables of `make bench`: which client does what in each, and the budgets of this client."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from operator import attrgetter, methodcaller
from typing import Any

from attrs import evolve, frozen

from scripts.bench.budgets import MeasuredTable, RowBudget
from scripts.bench.competitors import Competitor
from scripts.bench.competitors.generated_clients import OpenapiGeneratorClient, StockClient
from scripts.bench.competitors.raw_httpx import HttpxClient, HttpxOrjsonClient, HttpxTransportOnly
from scripts.bench.competitors.sdks import REQUIRED_LISTS, SdkClient
from scripts.bench.competitors.this_client import ThisClient, ThisClientOverWire
from scripts.bench.fresh_process import sample_fresh_process
from scripts.bench.generate_competitors import make_portable
from scripts.bench.measuring import SampledRow, measure_kept_bytes, sample_cpu, sample_cpu_async
from scripts.bench.payloads import ARGUMENTS
from scripts.bench.transports import CallTarget

OURS, SPEED, BASELINE = "cometapi_suno", "cometapi_suno[speed]", HttpxClient.name
_IMPORT_BASELINE = f"import {BASELINE}"
_AFTER_PARSING = (
    "after parsing, the depth of the body is measured (9 % of the time that the standard library takes to parse a "
    "persona of 37 KB) and its 63 instances are made (16 %)."
)
_WHY_NOT_A_TWELFTH = (
    "the SDK passes an optional list as a whole to pydantic's compiled validator, which makes this call six times "
    "cheaper than with a required one. orjson takes two thirds of a twelfth of it and making the instances the rest: "
    "nothing is left for the request."
)
_TRANSPORT = (
    f"`{HttpxTransportOnly.name}` is httpx's transport alone, which this client passes by. The rest is what paid calls "
    "need: knowing whether a request was sent, and deadlines for each read."
)
_DECODE_BUDGETS = (RowBudget(OURS, 1.15, BASELINE, reason=_AFTER_PARSING), RowBudget(SPEED, 0.58, BASELINE))
_MEMORY_BUDGETS = (RowBudget(OURS, 1.1, BASELINE), RowBudget(SPEED, 1.1, HttpxOrjsonClient.name))
_SDK_BUDGETS = tuple(
    budget
    for sdk in ("openai SDK", "cometapi SDK")
    for budget in (
        RowBudget(SPEED, 1 / 12, sdk + REQUIRED_LISTS),
        RowBudget(SPEED, 1 / 12, sdk, reason=_WHY_NOT_A_TWELFTH),
    )
)
_MEMORY_CALL_BUDGETS = {
    "4 KB": (RowBudget(OURS, 0.45, BASELINE), RowBudget(SPEED, 0.38, BASELINE), *_SDK_BUDGETS),
    "37 KB": (
        RowBudget(OURS, 0.78, BASELINE, reason=_AFTER_PARSING),
        RowBudget(SPEED, 0.48, BASELINE),
        *_SDK_BUDGETS,
    ),
}
_LOOPBACK_CALL_BUDGETS = {
    "4 KB": (RowBudget(SPEED, 0.68, BASELINE, reason=_TRANSPORT),),
    "37 KB": (RowBudget(SPEED, 0.65, BASELINE, reason=_TRANSPORT),),
}
_LOOPBACK_AWAITED_BUDGETS = (RowBudget(SPEED, 0.88, BASELINE),)


@frozen(kw_only=True)
class Comparison:
    """The clients that are compared, and their targets. Its methods make the rows of a table."""

    competitors: list[Competitor]
    memory: Mapping[str, CallTarget]
    loopback: Mapping[str, CallTarget]
    loop: asyncio.AbstractEventLoop

    def sample_blocking(self, run_of: Callable[[Competitor], Callable[[], object] | None]) -> list[SampledRow]:
        """Sample the CPU time of an operation."""
        runs = [(each, run) for each in self.competitors if (run := run_of(each))]
        return [SampledRow(each.name, sample=sample_cpu(run, each.prepare)) for each, run in runs]

    def sample_awaited(self, target: CallTarget) -> list[SampledRow]:
        """Sample the CPU time of an awaited call."""
        runs = [(each, run) for each in self.competitors if (run := each.call_async(target))]
        return [SampledRow(each.name, sample=sample_cpu_async(run, each.prepare, self.loop)) for each, run in runs]

    def sample_fresh(self, code_of: Callable[[Competitor], str | None], *first: str) -> list[SampledRow]:
        """Sample the CPU time of a piece of code in a fresh process. The rows in `first` are code and name in one."""
        codes = [(code, code) for code in first]
        codes += [(each.name, code) for each in self.competitors if (code := code_of(each))]
        setup = f"base_url, arguments = {self.loopback['4 KB'].base_url!r}, {ARGUMENTS!r}"
        return [SampledRow(name, sample=sample_fresh_process(code, setup=setup), every=9) for name, code in codes]

    def measure_memory(self, body: bytes) -> list[SampledRow]:
        """Measure the memory that a result keeps: once, because it does not vary."""
        rows: list[SampledRow] = []
        for each in self.competitors:
            if decode := each.decode(body):
                each.prepare()
                rows.append(SampledRow(each.name, sample=partial(float, measure_kept_bytes(decode))))
        return rows


def make_competitors(description: Mapping[str, Any], *, with_openapi_generator: bool) -> list[Competitor]:
    """Make every client that takes part, in the order of the rows."""
    schemas = make_portable(description)["components"]["schemas"]
    competitors: list[Competitor] = [HttpxClient(), HttpxOrjsonClient(), HttpxTransportOnly()]
    competitors += [ThisClient(speed=False), ThisClient(speed=True), ThisClientOverWire("new connections")]
    for library in ("pyreqwest", "aiohttp"):
        competitors.append(ThisClientOverWire(library, http_client=library, keep_connections=True))
    competitors.append(StockClient())
    competitors += [OpenapiGeneratorClient()] if with_openapi_generator else []
    for lists in (False, True):
        competitors.append(SdkClient("openai", "OpenAI", schemas, lists=lists))
        competitors.append(SdkClient("cometapi", "CometAPI", schemas, lists=lists))
    return competitors


def make_tables(comparison: Comparison, only: str) -> list[MeasuredTable]:
    """Return the tables with `only` in their title, ready to be measured."""
    tables = (*_codec_tables(comparison), *_call_tables(comparison), *_start_tables(comparison))
    return [evolve(table, rows=make_rows()) for table, make_rows in tables if only in table.title]


_TableAndRows = tuple[MeasuredTable, Callable[[], list[SampledRow]]]


def _codec_tables(comparison: Comparison) -> Iterator[_TableAndRows]:
    for size, target in comparison.memory.items():
        about = f"From the {len(target.body):,} bytes of a persona to the result. `{BASELINE}` is untyped `json.loads`."
        budgets = _DECODE_BUDGETS if size == "37 KB" else ()
        table = MeasuredTable(title=f"Decode, {size}", about=about, budgets=budgets)
        yield table, partial(comparison.sample_blocking, methodcaller("decode", target.body))
    about = "What a decoded persona keeps, by `tracemalloc`. A dict made by orjson is the larger one."
    table = MeasuredTable(title="Memory, 37 KB", about=about, unit="KiB", budgets=_MEMORY_BUDGETS)
    yield table, partial(comparison.measure_memory, comparison.memory["37 KB"].body)
    about = "From the arguments of `personas.create` to the bytes of the request's body."
    yield MeasuredTable(title="Encode", about=about), partial(comparison.sample_blocking, methodcaller("encode"))


def _call_tables(comparison: Comparison) -> Iterator[_TableAndRows]:
    about = "The response comes from a transport injected into the client. openapi-generator has its urllib3 replaced."
    for size, target in comparison.memory.items():
        table = MeasuredTable(title=f"Call in memory, {size}", about=about, budgets=_MEMORY_CALL_BUDGETS[size])
        yield table, partial(comparison.sample_blocking, methodcaller("call", target))
        title = f"Awaited call in memory, {size}"
        table = MeasuredTable(title=title, about="The same with asyncio.", budgets=_SDK_BUDGETS)
        yield table, partial(comparison.sample_awaited, target)
    about = (
        "A server in another process, one kept connection, except in the row with new ones, which is what this client "
        "does by default for calls that may be charged; CPU of the client's process alone."
    )
    for size, target in comparison.loopback.items():
        table = MeasuredTable(title=f"Call over loopback, {size}", about=about, budgets=_LOOPBACK_CALL_BUDGETS[size])
        yield table, partial(comparison.sample_blocking, methodcaller("call", target))
        title = f"Awaited call over loopback, {size}"
        table = MeasuredTable(title=title, about="The same with asyncio.", budgets=_LOOPBACK_AWAITED_BUDGETS)
        yield table, partial(comparison.sample_awaited, target)


def _start_tables(comparison: Comparison) -> Iterator[_TableAndRows]:
    about = "The package, in a fresh process. The interpreter's own start is left out."
    table = MeasuredTable(title="Import", about=about, unit="ms", budgets=(RowBudget(OURS, 0.2, BASELINE),))
    yield table, partial(comparison.sample_fresh, attrgetter("imports"))
    about = (
        "Import and a client, in a fresh process. This client and openapi-python-client make their connections and the "
        "TLS context on the first call, which the next table counts."
    )
    budgets = (RowBudget(OURS, 1.25, _IMPORT_BASELINE),)
    table = MeasuredTable(title="Ready to call", about=about, unit="ms", budgets=budgets)
    yield table, partial(comparison.sample_fresh, attrgetter("ready"), _IMPORT_BASELINE)
    about = "Import, a client with its TLS context, and one call over loopback, in a fresh process."
    table = MeasuredTable(title="First persona", about=about, unit="ms")
    yield table, partial(comparison.sample_fresh, attrgetter("first_call"))
    about = "A further client in a process that already has one."
    table = MeasuredTable(title="Another client", about=about, budgets=(RowBudget(OURS, 100),))
    yield table, partial(comparison.sample_blocking, methodcaller("create"))
