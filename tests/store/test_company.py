"""The company's own service: asked correctly, believed only when it answers as agreed."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.kit.db import Database
from bot.kit.ids import CustomerId
from bot.store.company.client import CompanyServiceDown, UnknownThere
from bot.store.company.sources import CompanyService, OwnTables, Source, make_source
from bot.store.customers.service import NewCustomer, add_customer
from bot.store.points.service import earn
from tests.store.builders import a_customer, note
from tests.store.conftest import NOW

SECRET = "shared"
CARD = {"number": "620588218821", "type": "储值卡", "principal": 12_000, "bonus": 2_000}


class Company:
    """A company's service that answers what a test tells it to."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.status, self.delay, self.raw = 200, 0.0, ""
        self.requests: list[web.BaseRequest] = []
        app = web.Application()
        app.router.add_get("/api/customers/{customer}/{what}", self._answer)
        self.server = TestServer(app)

    async def _answer(self, request: web.Request) -> web.Response:
        self.requests.append(request)
        await asyncio.sleep(self.delay)
        if self.status != 200 or self.raw:
            return web.Response(status=self.status, text=self.raw, headers={"Location": "/elsewhere"})
        return web.json_response(self.answers[request.match_info["what"]])


@pytest.fixture
async def company() -> AsyncIterator[Company]:
    made = Company()
    await made.server.start_server()
    yield made
    await made.server.close()


@pytest.fixture
async def source(company: Company) -> AsyncIterator[Source]:
    made = make_source(str(company.server.make_url("/api/")), SECRET, timeout=0.5)
    yield made
    await made.close()


@pytest.fixture
async def customer(database: Database) -> CustomerId:
    async with database.write() as session:
        return await add_customer(session, NewCustomer("王小明", external_id="C/1 甲"), NOW)


@pytest.mark.parametrize(
    ("status", "raw", "delay"),
    [(500, "", 0), (401, "", 0), (302, "", 0), (200, "not json", 0), (200, "[1]", 0), (200, "", 2)],
)
async def test_a_service_that_fails_is_said_to_be_down(
    database: Database,
    company: Company,
    source: Source,
    customer: CustomerId,
    status: int,
    raw: str,
    delay: float,
):
    """An error, a redirect, nonsense or silence all give the same honest sentence, in time."""
    company.answers["points"] = {"total": 5}
    company.status, company.raw, company.delay = status, raw, delay
    async with database.read() as session:
        with pytest.raises(CompanyServiceDown, match="暂时没有回应"):
            await asyncio.wait_for(source.points(session, customer, NOW), 1.5)


@pytest.mark.parametrize(
    ("what", "answer"),
    [
        ("points", {}),
        ("points", {"total": -1}),
        ("points", {"total": "5"}),
        ("points", {"total": 5, "expiring": [{"points": 5, "on": "soon"}]}),
        ("balance", {"cards": [CARD | {"principal": 1.5}]}),
        ("balance", {"cards": [CARD | {"number": "1"}]}),
        (
            "complaints",
            {"complaints": [{"number": "T1", "subject": "x", "state": "lost", "received_at": "2026"}]},
        ),
    ],
)
async def test_an_answer_that_does_not_fit_is_not_shown(
    database: Database, company: Company, source: Source, customer: CustomerId, what: str, answer: Any
):
    """Negative, fractional or missing amounts and unknown states are refused as a whole."""
    company.answers[what] = answer
    async with database.read() as session:
        with pytest.raises(CompanyServiceDown):
            match what:
                case "points":
                    await source.points(session, customer, NOW)
                case "balance":
                    await source.balance(session, customer, NOW)
                case _:
                    await source.complaint(session, customer, None, NOW)


async def test_a_closed_port_is_down_and_an_unknown_customer_is_unknown(
    database: Database, company: Company, source: Source, customer: CustomerId
):
    """The two are told apart; who has no id at the company is not asked about."""
    gone = make_source("http://127.0.0.1:9", SECRET, timeout=0.5)
    company.status = 404
    async with database.write() as session:
        nobody = await a_customer(session)
        with pytest.raises(CompanyServiceDown):
            await gone.points(session, customer, NOW)
        with pytest.raises(UnknownThere):
            await source.points(session, customer, NOW)
        with pytest.raises(UnknownThere):
            await source.points(session, nobody, NOW)
    await gone.close()
    assert len(company.requests) == 1


async def test_a_request_is_signed_for_its_path(
    database: Database, company: Company, source: Source, customer: CustomerId
):
    """The company can check the signature over time and path, with the id percent-encoded."""
    company.answers["points"] = {"total": 5}
    async with database.read() as session:
        await source.points(session, customer, NOW)
    (request,) = company.requests
    path = "/customers/C%2F1%20%E7%94%B2/points"
    assert request.raw_path == "/api" + path
    signed = f"{request.headers['X-Huitouke-Timestamp']}.GET.{path}".encode()
    expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert request.headers["X-Huitouke-Signature"] == f"sha256={expected}"


async def test_points_and_balance_come_in_our_own_shape(
    database: Database, company: Company, source: Source, customer: CustomerId
):
    """Sorted, with validity worked out, and unknown fields ignored."""
    company.answers["points"] = {
        "total": 900,
        "tier": "金卡",
        "mood": "good",
        "expiring": [{"points": 2, "on": "2026-12-31"}, {"points": 1, "on": "2026-12-01"}],
        "next_tier": {"name": "钻石卡", "missing": 10},
    }
    company.answers["balance"] = {
        "cards": [
            CARD | {"number": "62050001", "valid_until": "2026-11-21"},
            CARD | {"valid_until": "2026-12-01"},
            CARD | {"number": "62050003", "blocked": True},
        ],
        "held": 300,
    }
    async with database.read() as session:
        points = await source.points(session, customer, NOW)
        balance = await source.balance(session, customer, NOW)
    assert [each.points for each in points.expiring] == [1, 2]
    assert points.next_tier is not None
    assert [card.state for card in balance.cards] == ["expiring", "valid", "expired"]
    assert (balance.total, balance.held) == (14_000, 300)


async def test_complaints_run_on_our_clocks(
    database: Database, company: Company, source: Source, customer: CustomerId
):
    """The open one is meant, 24 hours and 15 days count from its receipt, an unknown number is none."""
    old = {
        "number": "T1",
        "subject": "旧",
        "state": "investigating",
        "received_at": "2026-11-01T00:00:00+08:00",
    }
    new = {"number": "T2", "subject": "新", "state": "closed", "received_at": "2026-11-20T00:00:00+08:00"}
    company.answers["complaints"] = {"complaints": [new, old]}
    async with database.read() as session:
        seen = await source.complaint(session, customer, None, NOW)
        named = await source.complaint(session, customer, "t2", NOW)
        none = await source.complaint(session, customer, "T3", NOW)
    assert seen is not None
    assert named is not None
    assert (seen.number, seen.overdue, seen.may_appeal, seen.state_text) == ("T1", True, True, "处理中")
    assert "申诉" in seen.next_step
    assert seen.first_reply_due - seen.received_at == timedelta(hours=24)
    assert (named.number, named.others_open, none) == ("T2", 1, None)


async def test_without_an_address_our_own_tables_answer(database: Database):
    """The same questions, answered by the store."""
    source = make_source("", "")
    assert isinstance(source, OwnTables)
    assert isinstance(make_source("http://x", "s"), CompanyService)
    async with database.write() as session:
        who = await a_customer(session)
        await earn(session, who, 5, note(), None)
        assert (await source.points(session, who, NOW)).total == 5
        assert (await source.balance(session, who, NOW)).total == 0
        assert await source.complaint(session, who, None, NOW) is None
