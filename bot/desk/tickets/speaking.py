"""An agent answers, writes a note, or has read what the customer wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.conversations.log import Draft
from bot.conversations.models import Conversation, Message
from bot.desk.agents.models import Agent
from bot.desk.tickets.errors import AlreadyClosed, HandedBack, NotYours
from bot.desk.tickets.holding import Person
from bot.desk.tickets.models import Ticket, TicketEntry
from bot.desk.tickets.standing import NewEntry
from bot.desk.tickets.thread import add
from bot.desk.work import Matter, Work
from bot.kit.errors import BadInput, NotFound
from bot.kit.ids import AgentId
from bot.messages import Content

LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Sent:
    """An agent's message stands in the log."""

    seq: int
    at: datetime


async def answer(
    work: Work, row: Conversation, content: Content, client_id: str, person: Person
) -> Sent | None:
    """An agent answers the customer; the same `client_id` answers once. None: new, and will be appended.

    Only who owns the conversation may; the refusal says who does. The row is held locked.
    """
    key = f"a{person.id}:{client_id}"
    known = await work.session.scalar(
        select(Message).where(Message.conversation_id == row.id, Message.channel_message_id == key)
    )
    if known is not None:
        return Sent(known.seq, known.created_at)
    ticket = await work.newest(row)
    await _require_owner(work, row, ticket, person)
    work.drafts.append((row, Draft("agent", content, agent_id=person.id, name=person.name, key=key)))
    if ticket is not None:
        ticket.first_reply_at = ticket.first_reply_at or work.now
        ticket.waits_since, ticket.unread = None, 0
        work.touch(ticket)
    return None


async def note(
    work: Work, matter: Matter, text: str, mentions: Sequence[AgentId], client_id: str, person: Person
) -> TicketEntry:
    """Write an internal note; who is mentioned hears of it, and so does the owner of the ticket."""
    if not text.strip():
        raise BadInput("备注是空的，写点什么再保存。")
    if len(text) > LONGEST:
        raise BadInput(f"备注最多 {LONGEST} 个字。")
    found = await work.session.execute(select(Agent.id, Agent.name).where(Agent.id.in_(mentions)))
    names = dict(found.all())
    if missing := set(mentions) - set(names):
        raise NotFound(f"提到的同事不存在：{sorted(missing)}。")
    entry = await add(
        work,
        matter,
        NewEntry(
            "note",
            person.actor,
            text=text.strip(),
            data={"mentions": list(dict.fromkeys(mentions))},
            key=f"note:{person.id}:{client_id}",
        ),
    )
    ticket = matter.ticket
    for agent in names:
        if agent != person.id:
            await work.tell(
                agent,
                "mention",
                ticket.id,
                f"{person.name}提到了您：{text.strip()}",
                f"m:{entry.key}:{agent}",
            )
    owner = ticket.agent_id
    if owner is not None and owner != person.id and owner not in names:
        await work.tell(owner, "whisper", ticket.id, f"{person.name}：{text.strip()}", f"w:{entry.key}")
    return entry


async def has_read(work: Work, row: Conversation, seq: int, person: Person) -> None:
    """The owner has read up to `seq`: nothing of theirs is unread when that is all there is."""
    ticket = await work.open_one(row)
    if ticket is None or ticket.agent_id != person.id or not ticket.unread:
        return
    newer = await work.session.scalar(
        select(Message.id)
        .where(Message.conversation_id == row.id, Message.seq > seq, Message.author == "customer")
        .limit(1)
    )
    if newer is None:
        ticket.unread = 0
        work.touch(ticket)


async def _require_owner(work: Work, row: Conversation, ticket: Ticket | None, person: Person) -> None:
    if row.owner == "agent" and row.agent_id == person.id:
        return
    if row.owner == "agent":
        name = await work.session.scalar(select(Agent.name).where(Agent.id == row.agent_id))
        raise NotYours(
            f"{name}正在服务这位客户，您的消息没有发出。", agent={"id": row.agent_id, "name": name}
        )
    if ticket is not None and ticket.state == "closed":
        raise HandedBack() if ticket.close_reason == "handed_back" else AlreadyClosed()
    raise NotYours()
