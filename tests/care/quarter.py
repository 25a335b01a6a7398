"""A simulated quarter of a company: what customers have, and what happens to them hour by hour, from a seed.

The world keeps its own record of what was true when; the checker knows nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from bot.conversations import log as message_log
from bot.conversations.log import Draft
from bot.conversations.models import Conversation, Message
from bot.kit.db import WriteSession
from bot.kit.ids import CardId, ComplaintId, ConversationId, CustomerId
from bot.messages import Content
from bot.store.cards.models import CardType
from bot.store.cards.service import NewCard, open_card, top_up
from bot.store.care.service import refuse, snooze
from bot.store.complaints.service import By, NewComplaint, open_complaint, reply, resolve, take_step
from bot.store.customers.models import Customer
from bot.store.customers.service import NewCustomer, add_customer
from bot.store.points.service import earn, redeem_points
from bot.store.requests.service import Note
from bot.store.seasons.models import SeasonProject
from tests.care.house import House, a_line, say

CUSTOMERS = 200
HOURS = 91 * 24
ZONES = ("Asia/Shanghai", "Asia/Shanghai", "America/New_York")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass
class Lot:
    """Points with their last valid day; `gone` when they were spent."""

    amount: int
    last_day: date
    gone: datetime | None = None


@dataclass
class Case:
    """A complaint's life."""

    id: ComplaintId
    received: datetime
    acknowledged: datetime | None = None
    answered: datetime | None = None
    responded: datetime | None = None
    closed: datetime | None = None


@dataclass
class Someone:
    """A customer as the world knows them."""

    id: CustomerId
    zone: ZoneInfo
    conversation: ConversationId | None
    birthday: date | None
    lots: list[Lot] = field(default_factory=list)
    cards: list[tuple[CardId, date]] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    said: list[tuple[datetime, str, str]] = field(default_factory=list)
    wrote: list[datetime] = field(default_factory=list)
    owned: list[tuple[datetime, datetime]] = field(default_factory=list)
    snoozed: list[tuple[datetime, str, datetime]] = field(default_factory=list)


class Quarter:
    """Makes the company, then lets each hour happen."""

    def __init__(self, house: House, seed: int) -> None:
        self.house = house
        self.random = Random(seed)
        self.start = house.clock()
        self.end = self.start + HOURS * HOUR
        self.people: list[Someone] = []
        self._events: dict[datetime, list[tuple[str, Someone, object]]] = defaultdict(list)
        self._number = 0

    async def found(self) -> None:
        """The company on its first day."""
        async with self.house.database.write() as session:
            session.add(CardType(code="stored", name="储值卡", transferable=True, hall_months=3))
            session.add(
                SeasonProject(code="autumn", name="秋季护理", text="免费检查。", starts=1001, ends=1130)
            )
            await session.flush()
            for place in range(CUSTOMERS):
                self.people.append(await self._someone(session, place))
        for someone in self.people:
            self._plan_life(someone)

    async def _someone(self, session: WriteSession, place: int) -> Someone:
        pick = self.random
        zone = ZONES[place % len(ZONES)]
        birthday = None
        if pick.random() < 0.7:
            birthday = date(1980, 1, 1) + timedelta(days=pick.randrange(366))
        new = NewCustomer(f"顾客{place}", time_zone=zone, birthday=birthday)
        who = await add_customer(session, new, self.start)
        line = await a_line(session, who, self.start) if pick.random() < 0.9 else None
        someone = Someone(who, ZoneInfo(zone), line, birthday)
        decision = pick.choices(("given", "refused", None), (60, 10, 30))[0]
        if decision is not None:
            await say(session, who, "marketing", decision, self.start)
            someone.said.append((self.start, "marketing", decision))
        today = self.start.astimezone(someone.zone).date()
        for _ in range(pick.choice((0, 1, 1, 2))):
            lot = Lot(pick.randrange(1, 90) * 10, today + timedelta(days=pick.randrange(3, 120)))
            await earn(session, who, lot.amount, self._note(self.start), someone_ends(someone, lot.last_day))
            someone.lots.append(lot)
        if pick.random() < 0.5:
            last = today + timedelta(days=pick.randrange(5, 120))
            new_card = NewCard(f"6205{place:012d}", "stored", someone_ends(someone, last))
            card = await open_card(session, who, new_card, self.start)
            await top_up(session, card, pick.randrange(1, 100) * 100, self._note(self.start))
            someone.cards.append((card, last))
        return someone

    def _plan_life(self, someone: Someone) -> None:
        pick = self.random
        for name, chance, times in (("complain", 0.5, 1), ("write", 0.8, 3), ("agent", 0.25, 2)):
            for _ in range(times):
                if pick.random() < chance:
                    self._at(self._some_hour(), name, someone)
        if pick.random() < 0.2:
            self._at(
                self._some_hour(),
                "refuse",
                someone,
                pick.choice(("points_expiring", "season_care", "survey")),
            )
        if pick.random() < 0.3:
            self._at(self._some_hour(), "snooze", someone)
        if someone.lots and pick.random() < 0.3:
            self._at(self._some_hour(), "redeem", someone)

    def _some_hour(self) -> datetime:
        return self.start + self.random.randrange(24, HOURS - 24) * HOUR

    def _at(self, when: datetime, name: str, someone: Someone, what: object = None) -> None:
        self._events[when].append((name, someone, what))

    def _note(self, now: datetime) -> Note:
        self._number += 1
        return Note(f"quarter:{self._number}", now, "world")

    async def happen(self) -> None:
        """What happens in this hour, before care looks."""
        now = self.house.clock()
        happening = self._events.pop(now, ())
        if not happening:
            return
        async with self.house.database.write() as session:
            for name, someone, what in happening:
                await getattr(self, f"_{name}")(session, someone, what, now)

    async def _complain(self, session: WriteSession, someone: Someone, _: object, now: datetime) -> None:
        new = NewComplaint(someone.id, "快递没到", "等了一周", "web")
        case = Case((await open_complaint(session, new, self._by(now))).id, now)
        someone.cases.append(case)
        pick = self.random
        acknowledged = now + pick.choice((1, 2, 12)) * HOUR
        assessed = acknowledged + 2 * HOUR
        answered = now + pick.choice((6, 20, 30, 50)) * HOUR
        responded = answered + pick.choice((1, 4, 18)) * DAY
        closed = responded + pick.choice((1, 3)) * DAY
        steps = [(acknowledged, "acknowledge"), (assessed, "assess"), (assessed + HOUR, "investigate"),
                 (max(answered, assessed + 2 * HOUR), "reply"), (responded + HOUR, "resolve"),
                 (closed + 2 * HOUR, "close")]  # fmt: skip
        for when, step in steps:
            self._at(when, "step", someone, (case, step))

    async def _step(self, session: WriteSession, someone: Someone, what: object, now: datetime) -> None:
        case, step = what  # pyright: ignore[reportGeneralTypeIssues]
        if step == "reply":
            await reply(session, case.id, "我们正在查", self._by(now))
            case.answered = now
        elif step == "resolve":
            await resolve(session, case.id, "已补发", self._by(now))
            case.responded = now
            case.answered = case.answered or now
        else:
            await take_step(session, case.id, step, self._by(now))
            if step == "acknowledge":
                case.acknowledged = now
            if step == "close":
                case.closed = now

    def _by(self, now: datetime) -> By:
        self._number += 1
        return By("agent", "小李", now, f"quarter:{self._number}")

    async def _write(self, session: WriteSession, someone: Someone, _: object, now: datetime) -> None:
        if someone.conversation is None:
            return
        row = await message_log.locked(session, someone.conversation)
        message_log.append(session, row, [Draft("customer", Content("在吗"))], now)
        someone.wrote.append(now)

    async def _agent(self, session: WriteSession, someone: Someone, _: object, now: datetime) -> None:
        if someone.conversation is None or any(end > now for _, end in someone.owned):
            return
        until = now + self.random.randrange(3, 30) * HOUR
        await self._own(session, someone, "agent", 1)
        someone.owned.append((now, until))
        self._at(until, "bot", someone)

    async def _bot(self, session: WriteSession, someone: Someone, _: object, _now: datetime) -> None:
        await self._own(session, someone, "bot", None)

    async def _own(self, session: WriteSession, someone: Someone, owner: str, agent: int | None) -> None:
        mine = Conversation.id == someone.conversation
        await session.execute(update(Conversation).where(mine).values(owner=owner, agent_id=agent))

    async def _refuse(self, session: WriteSession, someone: Someone, what: object, now: datetime) -> None:
        ended = await refuse(
            session, someone.id, str(what), self._note(now), evidence="对话", text_version="v1"
        )
        someone.said += [(now, purpose, "withdrawn") for purpose in ended]

    async def _snooze(self, session: WriteSession, someone: Someone, _: object, now: datetime) -> None:
        last = select(Message.content).where(
            Message.conversation_id == someone.conversation, Message.channel_message_id.like("care:%")
        )
        content = await session.scalar(last.order_by(Message.seq.desc()).limit(1))
        if content is None or content["entities"]["trigger"] not in ("points_expiring", "card_expiring"):
            return
        until = now + self.random.randrange(5, 100) * HOUR
        trigger, key = content["entities"]["trigger"], content["entities"]["occurrence"]
        await snooze(session, someone.id, trigger, key, until, self._note(now))
        someone.snoozed.append((now, trigger, until))

    async def _redeem(self, session: WriteSession, someone: Someone, _: object, now: datetime) -> None:
        """Everything that can still be spent, so that it is plain which lots are gone."""
        left = [lot for lot in someone.lots if lot.gone is None and someone_ends(someone, lot.last_day) > now]
        if not left:
            return
        await redeem_points(session, someone.id, sum(lot.amount for lot in left), self._note(now))
        for lot in left:
            lot.gone = now


def someone_ends(someone: Someone, last: date) -> datetime:
    """The moment at which a thing that is valid on `last` no longer is."""
    return datetime.combine(last + DAY, datetime.min.time(), someone.zone)


async def names(house: House) -> dict[CustomerId, str]:
    async with house.database.read() as session:
        return {row.id: row.name for row in await session.scalars(select(Customer))}
