"""What a customer most likely comes for: their own facts, the most pressing first, and nobody else's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.kit.db import Database
from bot.kit.ids import CustomerId
from bot.store.cards.service import top_up
from bot.store.complaints.service import By, NewComplaint, open_complaint, reply
from bot.store.consents.models import Decision
from bot.store.consents.service import NewConsent, record_consent
from bot.store.dates import end_of_day
from bot.store.needs.reads import likely_needs
from bot.store.orders.models import OrderState
from bot.store.orders.service import NewLine, place_order
from bot.store.points.service import earn
from tests.store.builders import a_card, a_customer, days, note
from tests.store.conftest import NOW

Have = Callable[[Any, CustomerId], Awaitable[object]]
JUST = days(1 / 86_400)
LAST = end_of_day(NOW.date() + timedelta(days=30))
"""The end of the thirtieth day in the customer's calendar."""


def complaint(hours: float, *, replied: bool = False) -> Have:
    async def have(session: Any, who: CustomerId) -> None:
        at = NOW - days(hours / 24)
        made = await open_complaint(
            session,
            NewComplaint(who, "送错了", "送来的不是我买的", "web"),
            By("customer", "c", at, f"c:{who}"),
        )
        if replied:
            await reply(session, made.id, "已经重新发货。", By("agent", "小李", NOW, f"r:{who}"))

    return have


def points(expires: datetime | None) -> Have:
    return lambda session, who: earn(session, who, 100, note(), expires)


def card(expires: datetime, fen: int) -> Have:
    async def have(session: Any, who: CustomerId) -> None:
        made = await a_card(session, who, valid_until=expires)
        if fen:
            await top_up(session, made, fen, note())

    return have


def order(number: str, at: datetime, state: OrderState) -> Have:
    line = NewLine("tea", "茶叶", 2, 5_000)
    return lambda session, who: place_order(session, who, f"{number}-{who}", [line], at, state=state)


def every_month(last: float) -> list[Have]:
    """A purchase every 30 days, the last one so many days ago."""
    return [order(str(n), NOW - days(last + 30 * n), "completed") for n in range(3)]


def marketing(decision: Decision) -> Have:
    def have(session: Any, who: CustomerId) -> Awaitable[object]:
        new = NewConsent(who, "marketing", decision, "v1", "test", "customer")
        return record_consent(session, new, f"{decision}:{who}", NOW)

    return have


@pytest.mark.parametrize(
    ("has", "needs"),
    [
        ([], []),
        ([complaint(20)], ["complaint"]),
        ([complaint(19.9)], []),
        ([complaint(30, replied=True)], []),
        ([points(LAST)], ["points"]),
        ([points(LAST + JUST)], []),
        ([points(None)], []),
        ([card(LAST, 100)], ["card"]),
        ([card(LAST + JUST, 100)], []),
        ([card(NOW + days(3), 0)], []),
        ([order("1", NOW - days(1), "shipped")], ["delivery"]),
        ([order("1", NOW - days(1), "paid")], []),
        ([*every_month(30), marketing("given")], ["reorder"]),
        ([*every_month(29), marketing("given")], []),
        ([*every_month(61), marketing("given")], []),
        (every_month(30), []),
        ([*every_month(30), marketing("given"), marketing("withdrawn")], []),
        ([*every_month(30), marketing("given"), complaint(1)], []),
        (
            [points(NOW + days(2)), card(NOW + days(9), 1), order("1", NOW, "shipped"), complaint(21)],
            ["complaint", "delivery", "card", "points"],
        ),
    ],
)
async def test_what_holds_is_offered(database: Database, has: list[Have], needs: list[str]) -> None:
    """Each condition at its very border, for who has it and never for the customer beside them."""
    async with database.write() as session:
        who, other = await a_customer(session), await a_customer(session, "李雷")
        for have in has:
            await have(session, who)
    async with database.read() as session:
        assert await likely_needs(session, who, NOW) == needs
        assert await likely_needs(session, other, NOW) == []
