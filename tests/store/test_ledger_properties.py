"""Whatever customers do, in whatever order and however often: after every step the books are in order.

A plain model in Python (lots in lists) does what the rules say; the store has to agree with it, lot by lot.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from bot.kit.db import Database, WriteSession
from bot.kit.ids import CardId, CustomerId, TransactionId
from bot.store.cards.service import spend, top_up
from bot.store.cards.transfers import transfer
from bot.store.ledger.audit import audit
from bot.store.ledger.book import Posted
from bot.store.ledger.errors import AlreadyReversed, NotReversible, TooLittle
from bot.store.ledger.expiry import expire_due
from bot.store.ledger.models import Account, Lot, Transaction
from bot.store.ledger.service import reverse
from bot.store.points.service import earn, redeem_points
from bot.store.requests.service import Note
from tests.store.builders import a_card, a_customer
from tests.store.conftest import NOW

CUSTOMERS = 3
_runs = count(1)

who = st.integers(0, CUSTOMERS - 1)
some = st.integers(1, 60)
ends = st.none() | st.integers(1, 6)


@dataclass(slots=True)
class ModelLot:
    """What the model knows of a lot; `granted_by` is the key of the request that made it."""

    account: str
    granted: int
    remaining: int
    expires: datetime | None
    granted_by: str


@dataclass(slots=True)
class Booked:
    """A transaction as the model remembers it."""

    key: str
    transaction_id: TransactionId
    takes: list[tuple[ModelLot, int]] = field(default_factory=list)
    reversed: bool = False
    final: bool = False


Operation = Callable[[WriteSession, Note], Awaitable[Any]]


class Books(RuleBasedStateMachine):
    """Three customers with points and two cards each."""

    database: Database
    loop: asyncio.AbstractEventLoop

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.run_number = next(_runs)
        self.keys = count(1)
        self.lots: list[ModelLot] = []
        self.booked: list[Booked] = []
        self.sent: list[tuple[Operation, Note]] = []
        self.customers, self.cards = self.loop.run_until_complete(self._people())

    async def _people(self) -> tuple[list[CustomerId], list[tuple[CardId, CardId]]]:
        async with self.database.write() as session:
            customers = [await a_customer(session) for _ in range(CUSTOMERS)]
            cards = [(await a_card(session, each), await a_card(session, each)) for each in customers]
        return customers, cards

    @rule(customer=who, points=some, days=ends)
    def earn(self, customer: int, points: int, days: int | None) -> None:
        expires = None if days is None else self.now + timedelta(days=days)
        owner = self.customers[customer]
        booked = self._do(lambda session, note: earn(session, owner, points, note, expires))
        assert booked is not None
        self._grant(f"points:{owner}", points, expires, booked.key)

    @rule(customer=who, points=some)
    def redeem(self, customer: int, points: int) -> None:
        owner = self.customers[customer]
        self._take(
            [f"points:{owner}"], points, lambda session, note: redeem_points(session, owner, points, note)
        )

    @rule(customer=who, card=st.integers(0, 1), principal=some, bonus=st.integers(0, 20), days=ends)
    def top_up(self, customer: int, card: int, principal: int, bonus: int, days: int | None) -> None:
        number = self.cards[customer][card]
        expires = None if days is None else self.now + timedelta(days=days)
        booked = self._do(
            lambda session, note: top_up(
                session, number, principal, note, bonus=bonus, bonus_expires_at=expires
            )
        )
        assert booked is not None
        self._grant(f"principal:{number}", principal, None, booked.key)
        if bonus:
            self._grant(f"bonus:{number}", bonus, expires, booked.key)

    @rule(customer=who, card=st.integers(0, 1), amount=some)
    def spend(self, customer: int, card: int, amount: int) -> None:
        number = self.cards[customer][card]
        accounts = [f"bonus:{number}", f"principal:{number}"]
        self._take(accounts, amount, lambda session, note: spend(session, number, amount, note))

    @rule(customer=who, amount=some)
    def transfer(self, customer: int, amount: int) -> None:
        owner, (source, target) = self.customers[customer], self.cards[customer]
        accounts = [f"bonus:{source}", f"principal:{source}"]
        booked = self._take(
            accounts, amount, lambda session, note: transfer(session, owner, source, target, amount, note)
        )
        for lot, part in booked.takes if booked else ():
            kind = lot.account.split(":")[0]
            self._grant(f"{kind}:{target}", part, lot.expires, booked.key if booked else "")

    @rule(days=st.integers(1, 3))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule()
    def expire(self) -> None:
        due = [lot for lot in self.lots if lot.remaining and lot.expires and lot.expires <= self.now]

        async def work() -> int:
            async with self.database.write() as session:
                return await expire_due(session, self.now, limit=10_000)

        assert self.loop.run_until_complete(work()) >= len(due)
        for lot in due:
            lot.remaining = 0

    @precondition(lambda self: self.booked)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        target = data.draw(st.sampled_from(self.booked))
        given = [lot for lot in self.lots if lot.granted_by == target.key]
        if target.reversed:
            refusal = AlreadyReversed
        elif target.final or any(lot.remaining != lot.granted for lot in given):
            refusal = NotReversible
        else:
            refusal = None
        booked = self._do(lambda session, note: reverse(session, target.transaction_id, note), refusal)
        if booked is not None:
            booked.final = target.reversed = True
            for lot in given:
                lot.remaining = 0
            for lot, part in target.takes:
                lot.remaining += part

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def send_again(self, data: st.DataObject) -> None:
        """A request that was booked comes again, later: nothing happens."""
        operation, note = data.draw(st.sampled_from(self.sent))
        self.loop.run_until_complete(self._once(operation, Note(note.key, self.now, note.actor)))

    @invariant()
    def the_books_are_in_order(self) -> None:
        """The audit finds nothing, and every lot holds what the model says."""

        async def work() -> list[tuple[str, int, int]]:
            async with self.database.read() as session:
                assert await audit(session) == []
                statement = (
                    select(Account.kind, Account.customer_id, Account.card_id, Lot.granted, Lot.remaining)
                    .join(Lot, Lot.account_id == Account.id)
                    .where(Account.customer_id.in_(self.customers))
                )
                rows = (await session.execute(statement)).all()
            return [
                (f"{row.kind}:{row.card_id or row.customer_id}", row.granted, row.remaining) for row in rows
            ]

        stored = self.loop.run_until_complete(work())
        assert sorted(stored) == sorted((lot.account, lot.granted, lot.remaining) for lot in self.lots)

    def _grant(self, account: str, amount: int, expires: datetime | None, key: str) -> None:
        self.lots.append(ModelLot(account, amount, amount, expires, key))

    def _take(self, accounts: list[str], amount: int, operation: Operation) -> Booked | None:
        """Soonest to expire first, at the same time in the order of accounts, then oldest."""
        live = [lot for lot in self.lots if lot.account in accounts and lot.remaining]
        live = [lot for lot in live if lot.expires is None or lot.expires > self.now]
        far = datetime.max.replace(tzinfo=NOW.tzinfo)
        live.sort(key=lambda lot: (lot.expires or far, accounts.index(lot.account)))
        enough = sum(lot.remaining for lot in live) >= amount
        booked = self._do(operation, None if enough else TooLittle)
        if booked is None:
            return None
        for lot in live:
            part = min(lot.remaining, amount)
            if part:
                lot.remaining -= part
                amount -= part
                booked.takes.append((lot, part))
        return booked

    def _do(self, operation: Operation, refusal: type[Exception] | None = None) -> Booked | None:
        note = Note(f"run{self.run_number}-{next(self.keys)}", self.now, "test")
        if refusal is not None:
            with pytest.raises(refusal):
                self.loop.run_until_complete(self._once(operation, note))
            return None
        result = self.loop.run_until_complete(self._once(operation, note))
        self.sent.append((operation, note))
        found = (
            self.loop.run_until_complete(self._transaction(note.key))
            if not isinstance(result, Posted)
            else None
        )
        booked = Booked(note.key, found if found is not None else result.transaction_id)
        self.booked.append(booked)
        return booked

    async def _once(self, operation: Operation, note: Note) -> Any:
        async with self.database.write() as session:
            return await operation(session, note)

    async def _transaction(self, key: str) -> TransactionId:
        async with self.database.read() as session:
            return (await session.execute(select(Transaction.id).where(Transaction.key == key))).scalar_one()


@pytest.mark.slow
def test_the_books_stay_in_order_whatever_happens(database_url: str):
    """Customers earn, spend, move, undo and repeat themselves; the model and the store never differ."""
    Books.loop = asyncio.new_event_loop()
    Books.database = Database(database_url)
    try:
        run_state_machine_as_test(
            Books,
            settings=settings(
                max_examples=15,
                stateful_step_count=30,
                deadline=None,
                suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
            ),
        )
    finally:
        Books.loop.run_until_complete(Books.database.close())
        Books.loop.close()
