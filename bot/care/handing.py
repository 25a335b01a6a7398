"""Hand a message over: to the conversation where the customer wrote last, or to the agent who has it.

On WeChat a message goes as text while the platform lets it, else by a template (bot/care/notices.py).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final, Literal, Protocol

from sqlalchemy import func, select, text

from bot.care.deciding import NO_CHANNEL_AGAIN, Matter, Verdict, lines_for, put_off
from bot.care.keywords import notice_values
from bot.care.models import Occurrence
from bot.care.people import Line, Person
from bot.care.rules import held_out
from bot.care.settings import Setting
from bot.care.texts import brief, render
from bot.care.trigger import Reply, Sent
from bot.conversations import log as message_log
from bot.conversations.hub import Hub
from bot.conversations.log import FETCHING_CHANNELS, Draft, Event
from bot.conversations.models import Conversation, Message
from bot.kit.db import Database, WriteSession
from bot.kit.errors import HuitoukeError
from bot.kit.ids import ConversationId
from bot.messages import (
    Allowance,
    ChannelUser,
    Content,
    LoggedMessage,
    MessagesAdded,
    NoticeOutlet,
    QuickReply,
)
from bot.store.access.models import AccessLog
from bot.store.care.service import AGAIN

BRAIN_MOST: Final = 200
CHANNEL_MOST: Final = 500
"""So much may wait for the brain, or for a channel, before care waits itself."""
TRIES_OF_A_DEAD_CHANNEL: Final = 3
PARKED: Final = timedelta(minutes=15)
QUOTA_AGAIN: Final = timedelta(hours=6)
QUEUE_AGAIN: Final = timedelta(minutes=10)

Way = Literal["text", "notice"]


class Allowances(Protocol):
    """Whoever knows what a channel still lets through (bot.conversations.outbox.Outbox)."""

    async def allowance(self, conversation: ConversationId) -> Allowance:
        """How many messages may still be sent in a conversation."""
        ...


class Waker(Protocol):
    """Whoever takes the bot's turns (bot.conversations.turns.Turns)."""

    def notify(self, conversation: ConversationId) -> None:
        """Something may wait in this conversation."""
        ...


class AgentDesk(Protocol):
    """How an agent who has a conversation is told, within care's transaction."""

    async def tell(
        self, session: WriteSession, row: Conversation, words: str, key: str, now: datetime
    ) -> bool:
        """Leave the owner of the conversation (held locked) a notice, once per key; False: no owner."""
        ...

    def committed(self, conversation: ConversationId) -> None:
        """What was told is committed."""
        ...


@dataclass(frozen=True, slots=True)
class Pressure:
    """What waits already. `down`: channels that do not get rid of their messages."""

    brain: int
    channels: Mapping[str, int]
    down: frozenset[str]

    def against(self, channel: str) -> str | None:
        """Why nothing may be added for this channel now."""
        if channel in self.down:
            return "down"
        return "busy" if self.channels.get(channel, 0) >= CHANNEL_MOST else None


NO_PRESSURE: Final = Pressure(0, {}, frozenset())


class Hands:
    """Hands over for one process."""

    def __init__(
        self,
        database: Database,
        allowances: Allowances,
        hub: Hub | None = None,
        waker: Waker | None = None,
        notices: NoticeOutlet | None = None,
        agents: AgentDesk | None = None,
    ) -> None:
        self._database = database
        self.allowances = allowances
        self.notices = notices
        self.agents = agents
        self._hub = hub
        self._waker = waker

    async def pressure(self) -> Pressure:
        """How much waits for the brain and in each channel; what is only held counts for neither."""
        async with self._database.read() as session:
            brain = await session.scalar(_waiting())
            rows = (await session.execute(_queued())).all()
        down = frozenset(row.channel for row in rows if row.tries >= TRIES_OF_A_DEAD_CHANNEL)
        return Pressure(brain or 0, {row.channel: row.queued for row in rows}, down)

    def begin(self, session: WriteSession, now: datetime, pressure: Pressure) -> Handing:
        """What is handed over in one transaction."""
        return Handing(self, session, now, pressure)

    def publish(self, conversation: ConversationId, added: MessagesAdded) -> None:
        """Tell who listens in this process."""
        if self._hub is not None:
            self._hub.publish(conversation, added)

    def committed(self, handing: Handing) -> None:
        """Tell who listens, and wake the bot, of what is in the database now."""
        for conversation, messages in handing.said.items():
            self.publish(conversation, MessagesAdded(tuple(messages)))
            if self._waker is not None:
                self._waker.notify(conversation)
        if self.agents is not None:
            for conversation in handing.told_agents:
                self.agents.committed(conversation)


@cache
def _waiting() -> Any:
    found = select(Message.id).where(text("message.state = 'waiting'")).limit(BRAIN_MOST)
    return select(func.count()).select_from(found.subquery())


@cache
def _queued() -> Any:
    open_ = text("message.state IN ('waiting', 'queued', 'sending', 'held')")  # as the partial index has it
    return (
        select(Conversation.channel, func.count().label("queued"), func.max(Message.attempts).label("tries"))
        .join(Message, Message.conversation_id == Conversation.id)
        .where(open_, Message.state.in_(("queued", "sending")))
        .group_by(Conversation.channel)
    )


class Handing:
    """Hands over within one transaction."""

    def __init__(self, hands: Hands, session: WriteSession, now: datetime, pressure: Pressure) -> None:
        self._hands = hands
        self._session = session
        self._now = now
        self._pressure = pressure
        self.said: dict[ConversationId, list[LoggedMessage]] = {}
        self.told_agents: set[ConversationId] = set()
        self._held: dict[ConversationId, Conversation] = {}

    async def hold(self, conversations: Collection[ConversationId]) -> None:
        """Lock, in one step, the conversations over which something may go out."""
        if conversations:
            self._held = await message_log.locked_all(self._session, conversations)

    async def hand_over(
        self, row: Occurrence, setting: Setting, matter: Matter, person: Person, company: str
    ) -> Verdict:
        """Send it over the best line there is, or say why not."""
        lines = lines_for(matter, person)
        if not lines:
            return put_off(matter, "no_channel", self._now + NO_CHANNEL_AGAIN)
        found = await self._way(lines, matter, person)
        if isinstance(found, Verdict):
            return found
        line, way = found
        if not matter.again and held_out(matter.trigger.name, person.id, setting.hold_out):
            return Verdict("held_out", "hold_out")
        row.channel, row.conversation_id = line.channel, line.conversation
        row.text = self._words(setting, matter, person, line, company)
        if way == "notice":
            return Verdict("sending", "sent", self._now)
        return await self._say(row, matter, person, line)

    async def _way(self, lines: list[Line], matter: Matter, person: Person) -> tuple[Line, Way] | Verdict:
        """The first line that is open, and how; or why none is."""
        why: tuple[str, timedelta] = ("no_channel", timedelta(days=1))
        for line in lines:
            if line.owner != "bot":
                return (line, "text")  # what an agent or the queue has is looked at under the lock
            busy = self._pressure.against(line.channel)
            if busy is not None:
                why = (busy, PARKED)
                continue
            if line.channel in FETCHING_CHANNELS:
                return (line, "text")
            allowance = await self._hands.allowances.allowance(line.conversation)
            if allowance.open:
                return (line, "text")
            if not allowance.reachable:
                why = ("left", timedelta(days=1))
                continue
            if await self._template(line, matter, person):
                return (line, "notice")
            why = ("quota", QUOTA_AGAIN)
        reason, wait = why
        return put_off(matter, reason, self._now + wait, "parked")

    async def _template(self, line: Line, matter: Matter, person: Person) -> bool:
        """Is there a template by the trigger's name that can say this, and does this customer get it?"""
        notices, trigger = self._hands.notices, matter.trigger
        if notices is None or line.channel != "wechat":
            return False
        text = "" if line.verified else brief(trigger, matter.audience)
        given = notice_values(
            trigger, matter.facts, text, customer=person.name, time_zone=person.time_zone, now=self._now
        )
        purpose = "marketing" if matter.audience == "marketing" else "service"
        try:
            return await notices.may(
                line.account, ChannelUser(line.channel_user), trigger.name, purpose, given
            )
        except HuitoukeError:
            return False

    def _words(self, setting: Setting, matter: Matter, person: Person, line: Line, company: str) -> str:
        """The text; without any personal fact for who has not proved who they are just now."""
        if not line.verified:
            return brief(matter.trigger, matter.audience)
        self._session.add(
            AccessLog(
                at=self._now,
                reader="system",
                name="care",
                customer_id=person.id,
                what=matter.trigger.name,
                why="主动通知",
            )
        )
        return render(
            matter.trigger,
            setting.text,
            matter.facts,
            customer=person.name,
            company=company,
            time_zone=person.time_zone,
            audience=matter.audience,
        )

    async def _say(self, row: Occurrence, matter: Matter, person: Person, line: Line) -> Verdict:
        held = self._held.get(line.conversation)
        if held is None:
            return put_off(matter, "no_channel", self._now + NO_CHANNEL_AGAIN)
        if held.owner == "queue":
            return put_off(matter, "in_queue", self._now + QUEUE_AGAIN)
        if held.owner == "agent":
            return await self._tell_agent(row, matter, held)
        draft = draft_of(row, matter)
        added = message_log.append(self._session, held, [draft], self._now)
        row.seq = added[0].seq
        self.said.setdefault(line.conversation, []).extend(added)
        await self.went_out(row, matter)
        return Verdict("sent", "sent")

    async def _tell_agent(self, row: Occurrence, matter: Matter, held: Conversation) -> Verdict:
        """The agent sees the notice instead; nothing is said into their conversation."""
        agents = self._hands.agents
        words = f"{matter.trigger.title}：{row.text or matter.trigger.brief}"
        key = f"care:{row.id}"
        if agents is None or not await agents.tell(self._session, held, words, key, self._now):
            return put_off(matter, "agent", self._now + timedelta(hours=1))
        self.told_agents.add(ConversationId(held.id))
        return Verdict("to_agent", "told_agent")

    async def went_out(self, row: Occurrence, matter: Matter) -> None:
        """What belongs to the message besides its words."""
        if matter.trigger.sent is not None:
            await matter.trigger.sent(Sent(self._session, row.id, row.customer_id, matter.facts, self._now))


def draft_of(row: Occurrence, matter: Matter, *, delivered: bool = False) -> Draft:
    """The message for the log, with the event from which the bot goes on."""
    entities = {
        **matter.facts,
        "trigger": matter.trigger.name,
        "occurrence": row.key.partition(AGAIN)[0],
        "care_id": row.id,
        "customer": row.customer_id,
    }
    replies = tuple(
        _button(reply, matter.facts, row.id)
        for reply in matter.trigger.replies
        if all(_is(matter.facts.get(name), wanted) for name, wanted in reply.when.items())
    )
    return Draft(
        "bot",
        Content(row.text or matter.trigger.brief, quick_replies=replies),
        key=f"care:{row.id}",
        event=Event(matter.trigger.intent, entities),
        delivered=delivered,
    )


def _button(reply: Reply, facts: Mapping[str, Any], care_id: int) -> QuickReply:
    entities = {name: _filled(value, facts) for name, value in reply.entities.items()}
    return QuickReply(reply.title, reply.intent, {**entities, "care_id": care_id})


def _is(value: Any, wanted: Any) -> bool:
    return bool(value) if wanted is True else value == wanted


def _filled(value: Any, facts: Mapping[str, Any]) -> Any:
    if isinstance(value, str) and value.startswith("{") and value.endswith("}"):
        return facts.get(value[1:-1])
    return value
