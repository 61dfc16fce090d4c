"""A gateway with virtual time that loses answers: it may do a call and then break the connection; its log is late."""

from __future__ import annotations

import json
import random
from email.utils import formatdate
from typing import Any, Literal
from urllib.parse import parse_qsl

import httpx
from attrs import define, field

LossKind = Literal["done, then broken", "broken before", "done late", "done, then 504", "504 before"]
LOSSES: tuple[LossKind, ...] = ("done, then broken", "broken before", "done late", "done, then 504", "504 before")

PRICES = {"/suno/submit/music": 72_000, "/suno/submit/lyrics": 10_000, "/suno/persona/create": 500}
ACTIONS = {"/suno/submit/music": "MUSIC", "/suno/submit/lyrics": "LYRICS"}


@define
class Row:
    """A task or a charge: when the server did it, when it shows, and the row without its time."""

    at: float
    shows: float
    content: dict[str, Any]


@define
class AccountServer(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """The gateway.

    Attributes:
        chance: Decides delays.
        skew: Seconds by which its clock is ahead of the client's.
        now: The client's clock.
        loss: What becomes of the next paid call; None answers it.
        lag: Seconds between the end of a call and late work.
        made: How many paid calls were done.
        seen: Every `Authorization` header with the path that it was sent to.
    """

    chance: random.Random
    skew: float = 0.0
    now: float = 1_900_000_000.0
    loss: LossKind | None = None
    lag: float = 0.0
    has_request_ids: bool = True
    max_delay: float = 20.0
    tasks: list[Row] = field(factory=list[Row])
    charges: list[Row] = field(factory=list[Row])
    results: dict[str, Any] = field(factory=dict[str, Any])
    seen: list[tuple[str, str]] = field(factory=list[tuple[str, str]])
    made: int = 0

    def commit(self, path: str, body: dict[str, Any], at: float, request_id: str, *, quota: int | None = None) -> str:
        """Do a paid call at a time of the client's clock, and return the id of what it made."""
        self.made += 1
        made = f"made-{self.made}"
        cost = PRICES[path] if quota is None else quota
        delay = self.chance.uniform(0, self.max_delay)
        model = "suno_" + path.split("/")[2]
        action = ACTIONS.get(path)
        if action:
            self.results[made] = (
                {"id": made, **body} if action == "LYRICS" else [{"id": f"{made}-clip", "metadata": body}]
            )
            task = {"task_id": made, "platform": "suno", "action": action, "status": "SUCCESS", "quota": cost}
            self.tasks.append(Row(at, at + delay, task))
        row = {"quota": cost, "type": 2, "model_name": model}
        self.charges.append(Row(at, at + delay, row | ({"request_id": request_id} if self.has_request_ids else {})))
        return made

    def used(self) -> int:
        """Quota units that were charged."""
        return sum(row.content["quota"] for row in self.charges if row.shows <= self.now)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._answer(request)
        response.headers["Date"] = formatdate(self.now + self.skew, usegmt=True)
        return response

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self.seen.append((path, request.headers["authorization"]))
        if path in PRICES:
            return self._do_paid_call(path, json.loads(request.content))
        query = dict(parse_qsl(request.url.query.decode()))
        if path == "/api/task/self":
            return _reply(self._list(self.tasks, query, ("created_at", "submit_time")))
        if path == "/api/log/self":
            return _reply(self._list(self.charges, query, ("created_at",)))
        if path == "/v1/dashboard/billing/usage":
            return _reply({"total_usage": self.used() / 5_000})
        if path == "/v1/dashboard/billing/subscription":
            return _reply({"hard_limit_usd": 100_000_000})
        task_id = path.rpartition("/")[2]
        task = {"task_id": task_id, "status": "SUCCESS", "data": self.results[task_id]}
        return _reply({"code": "success", "message": "", "data": task})

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self.handle_request(request)

    def _do_paid_call(self, path: str, body: dict[str, Any]) -> httpx.Response:
        loss, self.loss = self.loss, None
        request_id = f"request-{self.made}-{self.chance.randrange(10**9)}"
        headers = {"x-oneapi-request-id": request_id}
        takes = self.chance.uniform(0.1, 30.0)
        if loss in ("broken before", "504 before"):
            self.now += takes
        elif loss == "done late":
            self.now += takes
            self.commit(path, body, self.now + self.lag, request_id)
        else:
            done = self.chance.uniform(0.0, takes)
            made = self.commit(path, body, self.now + done, request_id)
            self.now += takes
            if loss is None:
                answer = {"id": made} if path not in ACTIONS else {"code": "success", "message": "", "data": made}
                return _reply(answer, headers=headers)
        if loss in ("done, then 504", "504 before"):
            return _reply({"error": {"message": "late", "code": "x"}}, status=504, headers=headers)
        raise httpx.ReadError("the connection broke")

    def _list(self, rows: list[Row], query: dict[str, str], times: tuple[str, ...]) -> dict[str, Any]:
        start, end = int(query.get("start_timestamp", 0)), int(query.get("end_timestamp", 10**12))
        found = [
            row.content | dict.fromkeys(times, int(row.at + self.skew))
            for row in sorted(rows, key=lambda row: -row.at)
            if row.shows <= self.now and start <= int(row.at + self.skew) <= end
        ]
        size, page = int(query["page_size"]), int(query["p"])
        return {"success": True, "data": {"total": len(found), "items": found[(page - 1) * size : page * size]}}


def _reply(value: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> httpx.Response:
    return httpx.Response(status, json=value, headers=headers)
