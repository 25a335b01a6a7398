"""One transaction at the desk: what it holds, what it says to customers, and what changed when it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from bot.conversations import log as message_log
from bot.conversations.log import Draft, Event
from bot.conversations.models import Conversation
from bot.desk.ids import TicketId
from bot.desk.notices.models import Notice, NoticeKind
from bot.desk.rules.rules import Rules
from bot.desk.tickets.models import Ticket
from bot.kit.db import WriteSession
from bot.kit.errors import NotFound
from bot.kit.ids import AgentId, ConversationId
from bot.messages import Content, LoggedMessage
from bot.store.counters.service import take

COUNTER = "desk"
"""Counts every change of a ticket and every notice, for the whole house."""


@dataclass(frozen=True, slots=True)
class Matter:
    """A ticket and its conversation, both rows locked: the conversation first, always."""

    row: Conversation
    ticket: Ticket

    @property
    def conversation(self) -> ConversationId:
        return ConversationId(self.row.id)


@dataclass(slots=True)
class Work:
    """What one transaction does. Call `finish` as its last step: it numbers what changed.

    The counter's row stays locked from there until the commit, so that who sees number n sees all before it.
    """

    session: WriteSession
    now: datetime
    rules: Rules
    drafts: list[tuple[Conversation, Draft]] = field(default_factory=list)
    waking: set[ConversationId] = field(default_factory=set)
    conversations: set[ConversationId] = field(default_factory=set)
    _touched: dict[TicketId, Ticket] = field(default_factory=dict)
    _moved: set[TicketId] = field(default_factory=set)
    _notices: list[Notice] = field(default_factory=list)
    _keys: set[str] = field(default_factory=set)

    async def access(self, ticket_id: TicketId) -> Matter:
        """A ticket with its conversation. Raises NotFound."""
        conversation = await self.session.scalar(select(Ticket.conversation_id).where(Ticket.id == ticket_id))
        if conversation is None:
            raise NotFound("没有这张工单。")
        row = await message_log.locked(self.session, ConversationId(conversation))
        statement = select(Ticket).where(Ticket.id == ticket_id).with_for_update()
        ticket = await self.session.scalar(statement.execution_options(populate_existing=True))
        if ticket is None:
            raise NotFound("没有这张工单。")
        return Matter(row, ticket)

    async def newest(self, row: Conversation) -> Ticket | None:
        """The newest ticket of a conversation that the caller holds locked."""
        statement = (
            select(Ticket)
            .where(Ticket.conversation_id == row.id)
            .order_by(Ticket.id.desc())
            .limit(1)
            .with_for_update()
        )
        return await self.session.scalar(statement.execution_options(populate_existing=True))

    async def open_one(self, row: Conversation) -> Ticket | None:
        """The open ticket of a conversation that the caller holds locked."""
        ticket = await self.newest(row)
        return ticket if ticket is not None and ticket.state != "closed" else None

    def say(self, row: Conversation, content: Content, event: Event | None = None) -> None:
        """Say something to the customer in the house's name; with an `event` the bot goes on from it."""
        self.drafts.append((row, Draft("system", content, event=event)))

    def touch(self, ticket: Ticket, *, moved: bool = False) -> None:
        """The ticket changed; `moved` when its state, agent or team did."""
        self._touched[ticket.id] = ticket
        if moved:
            self.conversations.add(ConversationId(ticket.conversation_id))
            self._moved.add(ticket.id)

    async def tell(
        self,
        agent: AgentId,
        kind: NoticeKind,
        ticket: TicketId | None,
        text: str,
        key: str | None = None,
        *,
        complaint: str | None = None,
    ) -> None:
        """Leave an agent a notice; one with a `key` that was told before is not told again."""
        if key is not None:
            told = await self.session.scalar(select(Notice.id).where(Notice.key == key))
            if told is not None or key in self._keys:
                return
            self._keys.add(key)
        self._notices.append(
            Notice(
                agent_id=agent,
                kind=kind,
                ticket_id=ticket,
                complaint=complaint,
                text=text[:200],
                key=key,
                at=self.now,
            )
        )

    async def finish(self) -> None:
        """Number what changed."""
        await self.session.flush()
        count = len(self._touched) + len(self._notices)
        if not count:
            return
        n = await take(self.session, COUNTER, count)
        for ticket in self._touched.values():
            ticket.n = n
            if ticket.id in self._moved:
                ticket.moved_n = n
            n += 1
        for notice in self._notices:
            notice.n = n
            self.session.add(notice)
            n += 1
        await self.session.flush()

    def append_drafts(self) -> dict[ConversationId, list[LoggedMessage]]:
        """Put what was said into the log; used where the desk itself holds the transaction."""
        added: dict[ConversationId, list[LoggedMessage]] = {}
        for row, draft in self.drafts:
            logged = message_log.append(self.session, row, [draft], self.now)
            added.setdefault(ConversationId(row.id), []).extend(logged)
        return added

    def contents(self) -> Sequence[Content]:
        """What was said, for a caller who appends it."""
        return [draft.content for _, draft in self.drafts]
