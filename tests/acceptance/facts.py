"""What the store really holds, to compare with what customers are told."""

from __future__ import annotations

from dataclasses import dataclass

from bot.kit.clock import system_now
from bot.kit.db import Database
from bot.store.cards.reads import balance_by_card
from bot.store.complaints.reads import complaint_status
from bot.store.customers.service import by_member_number
from bot.store.points.reads import points_summary
from tests.acceptance.house import DemoCustomer, House


@dataclass(frozen=True)
class Facts:
    """Points, spendable fen, and the number of the complaint that is told first (None: no complaint)."""

    points: int
    balance: int
    complaint: str | None


async def facts_of(house: House, who: DemoCustomer) -> Facts:
    """The truth about one customer, read from the house's own database."""
    database = Database(house.settings.database)
    now = system_now()
    try:
        async with database.read() as session:
            customer = await by_member_number(session, who.member_number)
            assert customer is not None
            points = await points_summary(session, customer.customer_id, now)
            balance = await balance_by_card(session, customer.customer_id, now)
            complaint = await complaint_status(session, customer.customer_id, None, now)
    finally:
        await database.close()
    return Facts(points.total, balance.total, complaint.number if complaint else None)


async def with_everything(house: House, customers: list[DemoCustomer]) -> DemoCustomer:
    """A demo customer with points, money and a complaint."""
    for who in customers:
        facts = await facts_of(house, who)
        if facts.points and facts.balance and facts.complaint:
            return who
    raise AssertionError("No demo customer has points, money and a complaint.")


def yuan(fen: int) -> str:
    """Money as the widget shows it."""
    return f"{fen // 100:,}.{fen % 100:02}"
