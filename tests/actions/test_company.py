"""A company that keeps points, balances and complaints itself: told as it says, and honestly when down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from actions import runtime
from bot.kit.ids import CustomerId
from bot.store.access.service import access_records
from bot.store.company.sources import make_source
from bot.store.customers.models import Customer as CustomerRow
from tests.actions.conftest import Customer, prove

DOWN = "公司的业务系统暂时没有回应"
PERSON = "转人工"
SAID = {
    "points": {
        "total": 3_200,
        "tier": "金卡",
        "expiring": [{"points": 800, "on": "2026-12-01"}],
        "next_tier": {"name": "钻石卡", "missing": 24_800},
    },
    "balance": {
        "cards": [
            {"number": "620588218821", "type": "储值卡", "principal": 12_000, "bonus": 2_000},
        ]
    },
    "complaints": {
        "complaints": [
            {
                "number": "K-77",
                "subject": "水管漏水",
                "state": "investigating",
                "received_at": "2026-11-21T08:00:00+08:00",
                "first_reply_at": "2026-11-21T12:00:00+08:00",
            }
        ]
    },
}


@dataclass
class CompanyServer:
    """A company's service, as one would write it in an afternoon."""

    delay: float = 0.0
    asked: list[str] = field(default_factory=list)

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/v1/customers/{customer}/{what}", self.answer)
        return app

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        await asyncio.sleep(self.delay)
        if request.match_info["customer"] != "C-1":
            raise web.HTTPNotFound()
        return web.json_response(SAID[request.match_info["what"]])


@pytest.fixture
async def company(visitor: Customer, customer_id: CustomerId) -> AsyncIterator[CompanyServer]:
    """The service, configured; the customer is known there and has proved who they are."""
    made = CompanyServer()
    server = TestServer(made.app())
    await server.start_server()
    source = make_source(str(server.make_url("/v1")), "shared", timeout=0.4)
    visitor.runtime = replace(visitor.runtime, source=source)
    runtime.use(visitor.runtime)
    async with visitor.runtime.database.write() as session:
        (await session.get_one(CustomerRow, customer_id)).external_id = "C-1"
    await prove(visitor)
    yield made
    await source.close()
    await server.close()


async def said(visitor: Customer, action: str, text: str = "") -> dict[str, Any]:
    await visitor.call(action, text)
    (one,) = visitor.said
    return one


@pytest.mark.parametrize("action", ["points", "points_expiry", "balance", "complaint_status", "membership"])
async def test_a_service_that_does_not_answer_is_told_in_chinese_within_the_limit(
    visitor: Customer, company: CompanyServer, customer_id: CustomerId, action: str
) -> None:
    """No number is guessed: the customer hears it, may try again or ask for a person; the read is logged."""
    company.delay = 5
    async with asyncio.timeout(3):
        answer = await said(visitor, f"action_{action}")
    assert DOWN in answer["text"]
    assert [button["title"] for button in answer["buttons"]] == ["再查一次", PERSON]
    async with visitor.runtime.database.read() as session:
        assert (await access_records(session, customer_id))[0].what == action


async def test_a_customer_whom_the_company_does_not_know_is_told_so(
    visitor: Customer, company: CompanyServer, customer_id: CustomerId
) -> None:
    """Trying again would not help, a person might."""
    async with visitor.runtime.database.write() as session:
        (await session.get_one(CustomerRow, customer_id)).external_id = "C-2"
    answer = await said(visitor, "action_balance")
    assert "没有查到您的记录" in answer["text"]
    assert [button["title"] for button in answer["buttons"]] == [PERSON]
    assert company.asked == ["/v1/customers/C-2/balance"]


async def test_what_the_company_says_is_told(visitor: Customer, company: CompanyServer) -> None:
    """Points, expiry, balance, complaint and tier are the company's; its movements are not shown here."""
    assert "3,200 积分" in (await said(visitor, "action_points", "我的积分"))["text"]
    assert "800 积分" in (await said(visitor, "action_points_expiry"))["text"]
    balance = await said(visitor, "action_balance")
    assert "140 元" in balance["text"]
    assert "赠送 20 元" in balance["text"]
    complaint = await said(visitor, "action_complaint_status")
    assert "K-77（水管漏水）" in complaint["text"]
    assert "再得 24,800 积分就升到钻石卡" in (await said(visitor, "action_membership"))["text"]
    assert "公司的业务系统" in (await said(visitor, "action_points_history"))["text"]


@pytest.mark.parametrize("action", ["redeem_points", "transfer_balance", "urge_complaint"])
async def test_what_the_company_keeps_is_not_changed_here(
    visitor: Customer, company: CompanyServer, action: str
) -> None:
    """Redeeming, moving money and urging are for a person: our own tables would say there is nothing."""
    answer = await said(visitor, f"action_{action}")
    assert "只能查询" in answer["text"]
    assert [button["title"] for button in answer["buttons"]] == [PERSON]
    assert company.asked == []
