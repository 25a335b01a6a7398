"""What the store really holds, to compare with what customers are told."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from bot.kit.clock import system_now
from bot.kit.db import Database
from bot.store.cards.reads import balance_by_card
from bot.store.complaints.reads import complaint_status
from bot.store.customers.models import Customer
from bot.store.customers.numbers import spoken_phone
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


class Cast:
    """Hands out customers of the demo company who have points and money, each one to one test only.

    Two tests with one customer would read each other's codes and share each other's locks.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._unused: list[DemoCustomer] = []

    async def load(self) -> None:
        """Read who there is."""
        database = Database(self._house.settings.database)
        async with database.read() as session:
            reachable = select(Customer).where(Customer.phone.is_not(None)).order_by(Customer.id)
            for row in await session.scalars(reachable):
                phone = spoken_phone(row.phone or "")
                self._unused.append(DemoCustomer(row.name, phone, row.member_number, tier="", note=""))
        await database.close()

    async def next(self, *, complaint: bool = False, points: int = 1) -> DemoCustomer:
        """Somebody nobody has played yet, with so many points; with `complaint` somebody who has one."""
        for who in self._unused:
            facts = await facts_of(self._house, who)
            if facts.points >= points and facts.balance and (facts.complaint or not complaint):
                self._unused.remove(who)
                return who
        raise AssertionError("The demo company has no more such customers.")


def yuan(fen: int) -> str:
    """Money as the widget shows it."""
    return f"{fen // 100:,}.{fen % 100:02}"
