"""Erase a customer: what nothing obliges us to keep goes, the rest stays without a name, and we say which."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, select, update

from bot.kit.db import Base, WriteSession
from bot.kit.errors import Conflict, NotFound
from bot.kit.ids import CustomerId
from bot.store.access.models import AccessLog
from bot.store.bills.models import Bill
from bot.store.bookings.models import Booking
from bot.store.bulk import table_of
from bot.store.cards.models import Card
from bot.store.cards.reads import balance_by_card
from bot.store.care.models import CareSnooze
from bot.store.complaints.models import Complaint, ComplaintEvent
from bot.store.consents.models import Consent
from bot.store.contacts.models import ContactPoint
from bot.store.contracts.models import Contract
from bot.store.counters.service import take
from bot.store.customers.models import Customer
from bot.store.customers.numbers import member_number
from bot.store.facts.models import CustomerFact
from bot.store.identities.models import ChannelIdentity, CodeChallenge, CodeGuard, DemoSmsRow
from bot.store.ledger.accounts import ensure_account
from bot.store.ledger.models import Account, Company, Entry
from bot.store.ledger.service import debit
from bot.store.orders.models import Order
from bot.store.points.reads import points_summary
from bot.store.privacy import queue
from bot.store.privacy.models import Erasure
from bot.store.promises.models import Promise
from bot.store.quotes.models import Quote
from bot.store.referrals.models import ReferralCode
from bot.store.requests.service import Note
from bot.store.seasons.models import CareNote
from bot.store.stages.models import StageChange
from bot.store.surveys.models import Survey

ERASED = "已注销"

DELETED: tuple[type[Base], ...] = (
    ContactPoint,
    CustomerFact,
    CareNote,
    StageChange,
    ReferralCode,
    CareSnooze,
)
"""Kept for the customer alone: nothing obliges us to have them."""

KEPT: dict[type[Base], str] = {
    Account: "账务记录，依法保存",
    Entry: "账务记录，依法保存",
    Card: "账务记录，依法保存",
    Order: "交易记录，依法保存",
    Bill: "交易记录，依法保存",
    Quote: "交易记录，依法保存",
    Contract: "合同，依法保存",
    Complaint: "投诉处理记录，内容已清除",
    Survey: "评分，文字已清除",
    Consent: "同意与拒绝的凭证",
    AccessLog: "查阅记录",
    Erasure: "注销的凭证",
}
"""Tables that stay, without a name, and why (in the customer's language)."""


class StillOwed(Conflict):
    """The company still owes this customer something: pay it out, or have them give it up, first."""

    code = "still_owed"


@dataclass(frozen=True, slots=True)
class Erased:
    """What was done: rows deleted by table, what is kept and why."""

    deleted: dict[str, int]
    kept: dict[str, str]


async def erase_customer(
    session: WriteSession,
    customer_id: CustomerId,
    note: Note,
    *,
    give_up_points: bool = False,
    rest_after: timedelta = timedelta(0),
) -> Erased:
    """Erase a customer at their own request; doing it again finds nothing more to do.

    What other parts hold (messages, files, tickets, the brain's state) is queued in the same transaction, and
    worked off from `rest_after` on: who says goodbye in a conversation shall still read the answer.
    StillOwed while there is money of theirs, or points unless they give those up.
    """
    customer = await session.get(Customer, customer_id, with_for_update=True, populate_existing=True)
    if customer is None:
        raise NotFound("There is no such customer.")
    if customer.erased_at is None:
        await _settle(session, customer_id, note, give_up_points=give_up_points)
        await _forget_codes(session, customer)
        customer.member_number = member_number(await take(session, "member_number"))
        customer.name, customer.erased_at = ERASED, note.at
        customer.phone = customer.external_id = customer.birthday = customer.tier_code = None
        customer.manager_name = customer.manager_phone = None
        await session.flush()
    await _release_identities(session, customer_id, note.at)
    await _clear_words(session, customer_id)
    deleted = {table.__tablename__: await _delete(session, table, customer_id) for table in DELETED}
    await queue.ask(session, customer_id, note.at, note.at + rest_after)
    kept = {
        table.__tablename__: why
        for table, why in KEPT.items()
        if await _has_rows(session, table, customer_id)
    }
    return Erased({table: count for table, count in deleted.items() if count}, kept)


async def _settle(
    session: WriteSession, customer_id: CustomerId, note: Note, *, give_up_points: bool
) -> None:
    balance = await balance_by_card(session, customer_id, note.at)
    money = balance.held + sum(card.principal + card.held for card in balance.cards)
    if money:
        raise StillOwed(f"还有 {money / 100:.2f} 元属于这位顾客，请先退还。")
    points = (await points_summary(session, customer_id, note.at)).total
    if points and not give_up_points:
        raise StillOwed(f"还有 {points} 积分没有使用，请先使用，或由顾客确认放弃。")
    if points:
        account = await ensure_account(session, "points", customer_id)
        given_up = Note(f"{note.key}:points", note.at, note.actor, "注销时放弃")
        await debit(session, "adjust", given_up, [account], points, Company.POINTS_ADJUSTED)


async def _forget_codes(session: WriteSession, customer: Customer) -> None:
    """One-time codes, wrong tries counted against the number, and the demo company's text messages."""
    own = CodeChallenge.customer_id == customer.id
    for target in await session.scalars(select(CodeChallenge.target).where(own).distinct()):
        await session.execute(delete(CodeGuard).where(CodeGuard.subject == f"n:{target}"))
    await session.execute(delete(CodeChallenge).where(own))
    if customer.phone is not None:
        await session.execute(delete(DemoSmsRow).where(DemoSmsRow.phone == customer.phone))


async def _release_identities(session: WriteSession, customer_id: CustomerId, now: datetime) -> None:
    own = select(ChannelIdentity.id).where(ChannelIdentity.customer_id == customer_id)
    identities = list((await session.execute(own)).scalars())
    for identity in identities:
        await session.execute(delete(CodeChallenge).where(CodeChallenge.identity_id == identity))
        await session.execute(
            update(ChannelIdentity)
            .where(ChannelIdentity.id == identity)
            .values(
                channel_user=f"erased-{identity}",
                customer_id=None,
                level="anonymous",
                verified_at=None,
                verified_until=None,
                revoked_at=now,
            )
        )


async def _clear_words(session: WriteSession, customer_id: CustomerId) -> None:
    own = select(Complaint.id).where(Complaint.customer_id == customer_id)
    nameless = case((ComplaintEvent.actor_kind == "customer", ERASED), else_=ComplaintEvent.actor)
    events = update(ComplaintEvent).where(ComplaintEvent.complaint_id.in_(own))
    await session.execute(events.values(text="", actor=nameless))
    complaints = update(Complaint).where(Complaint.customer_id == customer_id)
    await session.execute(complaints.values(subject=ERASED, body=""))
    await session.execute(update(Survey).where(Survey.customer_id == customer_id).values(words=""))
    await session.execute(update(Booking).where(Booking.customer_id == customer_id).values(wish=""))
    await session.execute(update(Promise).where(Promise.customer_id == customer_id).values(text=ERASED))


async def _delete(session: WriteSession, model: type[Base], customer_id: CustomerId) -> int:
    table = table_of(model)
    statement = delete(table).where(table.c.customer_id == customer_id).returning(table.c.id)
    return len((await session.execute(statement)).all())


async def _has_rows(session: WriteSession, model: type[Base], customer_id: CustomerId) -> bool:
    table = table_of(model)
    if "customer_id" in table.c:
        own = table.c.customer_id == customer_id
    else:
        own = table.c.account_id.in_(select(Account.id).where(Account.customer_id == customer_id))
    return (await session.execute(select(table.c.id).where(own).limit(1))).first() is not None
