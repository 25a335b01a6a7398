"""End a ticket: closed with a reason, handed back to the bot, or left by the customer."""

from __future__ import annotations

from typing import Final

from bot.conversations.log import Event
from bot.desk.callbacks.service import cancel_open
from bot.desk.operations.settling import expire_offers
from bot.desk.satisfaction.service import ask_once
from bot.desk.tickets import sentences
from bot.desk.tickets.errors import AlreadyClosed
from bot.desk.tickets.holding import Person, require_held
from bot.desk.tickets.standing import CUSTOMER, Actor, NewEntry
from bot.desk.tickets.thread import add
from bot.desk.work import Matter, Work
from bot.kit.errors import BadInput, Forbidden

CLOSE_REASONS: Final[dict[str, tuple[str, bool]]] = {
    "solved": ("已解决", True),
    "answered": ("已解答", True),
    "forwarded": ("已转相关部门", False),
    "no_answer": ("客户没有再回复", False),
    "not_possible": ("无法满足", True),
    "spam": ("无效或骚扰", False),
    "duplicate": ("重复", False),
    "wrong_number": ("误触", False),
}
"""Reasons an agent may close with: how they read, and whether the matter is settled with them."""

HANDBACK: Final = "EXTERNAL_handback"


async def close(work: Work, matter: Matter, reason: str, note: str, person: Person) -> None:
    """Close a ticket that one holds (or that waits). A settled matter is asked about, once."""
    if reason not in CLOSE_REASONS:
        raise BadInput(f"关闭原因要是其中之一：{'、'.join(CLOSE_REASONS)}。")
    ticket = matter.ticket
    if ticket.state == "closed":
        raise AlreadyClosed()
    if ticket.state == "assigned" and not person.leads:
        await require_held(work, matter, person)
    served_by = person.name if ticket.agent_id == person.id else None
    await end(work, matter, NewEntry("closed", person.actor, reason=reason, text=note.strip() or None))
    if reason != "spam":
        work.say(matter.row, sentences.closed(served_by))
    if CLOSE_REASONS[reason][1]:
        await ask_once(work, matter)


async def hand_back(work: Work, matter: Matter, settled: str, topic: str | None, person: Person) -> None:
    """The bot goes on, and is told what was settled."""
    await require_held(work, matter, person)
    if not settled.strip():
        raise BadInput("请写一句办了什么，小回才知道从哪里接着说。")
    entry = NewEntry(
        "handed_back", person.actor, text=settled.strip(), data={"topic": topic} if topic else {}
    )
    await end(work, matter, entry)
    told = {"settled": settled.strip(), "topic": topic or matter.ticket.topic, "agent": person.name}
    work.say(matter.row, sentences.handed_back(person.name), Event(HANDBACK, told))
    work.waking.add(matter.conversation)


async def leave(work: Work, matter: Matter, by: Actor = CUSTOMER) -> None:
    """The customer does not want to wait any longer."""
    await end(work, matter, NewEntry("left", by))


async def end(work: Work, matter: Matter, entry: NewEntry) -> None:
    """Add the entry that ends a ticket, with what ends along with it."""
    if entry.by.kind == "api" and entry.kind != "closed":
        raise Forbidden()
    await expire_offers(work, matter, "服务已经结束")
    await add(work, matter, entry)
    await cancel_open(work, matter.ticket.id)
