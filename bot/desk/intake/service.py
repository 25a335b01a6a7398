"""Ask a waiting customer what it is about, one thing after the other, and note the answers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select, update

from bot.conversations.models import Conversation, Message
from bot.desk.handoff import sentences
from bot.desk.intake import questions
from bot.desk.intake.questions import ORDER, WITHOUT_WHICH, Asked
from bot.desk.parses import intent_of
from bot.desk.prompts import service as prompts
from bot.desk.prompts.models import DeskPrompt
from bot.desk.queue.estimate import wait_text
from bot.desk.queue.places import Place
from bot.desk.tickets.models import Ticket, TicketEntry
from bot.desk.tickets.opening import add_details
from bot.desk.tickets.standing import CUSTOMER
from bot.desk.topics import TOPIC_OF
from bot.desk.work import Matter, Work
from bot.kit.ids import ConversationId, IdentityId
from bot.messages import Content
from bot.store.access.service import open_own_data
from bot.store.cards.reads import balance_by_card
from bot.store.identities.service import access
from bot.store.orders.reads import recent_orders

SURE: Final = 0.8
ANSWERABLE: Final = frozenset(TOPIC_OF) - {"file_complaint", "dispute_charge", "feedback_dissatisfied"} | {
    "help",
    "several_requests",
    "request_human",
}
"""What a waiting customer may ask the bot, which answers at once; a complaint's story is for the person."""
_TALK: Final = frozenset({"greet", "thank", "goodbye", "chitchat", "affirm"})
_NOTHING: Final = re.compile(
    r"(没有|没|无|不知道|不清楚|不记得|跳过|不用|不用了|都不是|随便|都行)[。.！!，,]*"
)
MOST_BUTTONS: Final = 4


@dataclass(frozen=True, slots=True)
class Said:
    """What a waiting customer wrote; `parse` is None when nobody could read it."""

    seq: int
    text: str
    parse: Mapping[str, Any] | None


async def begin(work: Work, matter: Matter, reason: str, place: Place) -> None:
    """Say that the customer waits, and ask the first thing; who is served at once is asked nothing."""
    waits = sentences.queued(reason, place)
    question = None if wait_text(place.wait) == "马上就到" else await _next(work, matter, ())
    if question is None:
        work.say(matter.row, waits)
        return
    asked, content = question
    await prompts.put(work, matter.row, asked, {"taken": matter.row.last_seq})
    lead = f"{waits.text}等的时候先帮您记一下，同事接手就不用您再说一遍。"
    work.say(matter.row, questions.after(lead, content, waits.quick_replies))


def takes(prompt: prompts.Prompt, row: Conversation) -> bool:
    """Is what the customer writes now the answer to a question of ours?"""
    return row.owner == "queue" and prompt.ask in ORDER and not prompt.data.get("paused")


async def hear(work: Work, row: Conversation) -> None:
    """A text came that may be the answer: it is read as soon as this transaction has ended."""
    await work.session.execute(
        update(DeskPrompt)
        .where(DeskPrompt.conversation_id == row.id, DeskPrompt.heard_at.is_(None))
        .values(heard_at=work.now)
    )


async def take(work: Work, matter: Matter, prompt: prompts.Prompt, said: Sequence[Said]) -> None:
    """Note what was written as the answer, or let the bot have it, and go on asking."""
    asked: Asked = prompt.ask  # pyright: ignore[reportAssignmentType] - only asked for these
    fresh = [each for each in said if each.seq > int(prompt.data.get("taken") or 0)]
    skipped = [*(prompt.data.get("skipped") or ()), *ORDER[: ORDER.index(asked)]]
    for_bot = [each for each in fresh if _is_for_bot(each, asked)]
    answers = [each for each in fresh if each not in for_bot and not _says_nothing(each)]
    told = "；".join(each.text for each in answers)
    if asked == "what" and not told and for_bot and intent_of(for_bot[0].parse)[0] in TOPIC_OF:
        told = for_bot[0].text  # the bot answers it, and the person hears of it too
    if told:
        await add_details(work, matter, {asked: told}, CUSTOMER)
    if matter.row.owner != "queue":
        await prompts.drop(work, matter.row)
        return
    if any(intent_of(each.parse)[0] == "cancel" for each in fresh):
        await prompts.drop(work, matter.row)
        work.say(matter.row, sentences.STILL_WAITING)
        return
    if for_bot:
        await _give_to_bot(work, matter.row, for_bot)
        await _pause(work, matter.row, prompt, skipped)
        return
    if not told:
        skipped.append(asked)
    await go_on(work, matter, skipped, "记下了。" if told else "好的。")


async def resume(work: Work, matter: Matter) -> None:
    """The bot has answered something in between: ask on where it was."""
    prompt = await prompts.current(work, matter.row)
    if prompt is not None and prompt.ask in ORDER and prompt.data.get("paused"):
        await go_on(work, matter, prompt.data.get("skipped") or (), "接着帮您记：")


async def press_detail(work: Work, row: Conversation, entities: Mapping[str, Any]) -> None:
    """A button with an answer."""
    answer, matter = questions.read_answer(entities), await _waiting(work, row)
    if answer is None or matter is None:
        work.say(row, sentences.STALE)
        return
    await add_details(work, matter, {answer[0]: answer[1]}, CUSTOMER)
    await go_on(work, matter, ORDER[: ORDER.index(answer[0])], "记下了。")


async def press_skip(work: Work, row: Conversation, entities: Mapping[str, Any]) -> None:
    """The next question, please."""
    answer, matter = questions.read_answer(entities), await _waiting(work, row)
    if answer is None or matter is None:
        work.say(row, sentences.STALE)
        return
    await go_on(work, matter, ORDER[: ORDER.index(answer[0]) + 1], "好的。")


async def press_enough(work: Work, row: Conversation, _entities: Mapping[str, Any]) -> None:
    """No more questions."""
    work.say(row, sentences.WAIT_QUIETLY if await _waiting(work, row) else sentences.STALE)


async def go_on(work: Work, matter: Matter, skipped: Sequence[str], lead: str) -> None:
    """Ask the next thing that is not known; thank when all is said."""
    question = await _next(work, matter, skipped)
    if question is None:
        await prompts.drop(work, matter.row)
        work.say(matter.row, sentences.ALL_NOTED)
        return
    asked, content = question
    data = {"taken": matter.row.last_seq, "skipped": list(skipped)}
    await prompts.put(work, matter.row, asked, data)
    work.say(matter.row, questions.after(lead, content))


async def _next(work: Work, matter: Matter, skipped: Sequence[str]) -> tuple[Asked, Content] | None:
    known = {*skipped, *await _known(work, matter.ticket)}
    topic = matter.ticket.topic
    for asked in ORDER:
        if asked in known or (asked == "which" and topic in WITHOUT_WHICH):
            continue
        if asked == "what":
            return asked, questions.what(await _talked_about(work, matter))
        if asked == "which":
            return asked, questions.which(topic, await _things(work, matter))
        return asked, questions.wish(topic)
    return None


async def _known(work: Work, ticket: Ticket) -> set[str]:
    """The names of what was noted already."""
    rows = await work.session.scalars(
        select(TicketEntry.data).where(TicketEntry.ticket_id == ticket.id, TicketEntry.kind == "details")
    )
    return {name for data in rows for name in data}


async def _talked_about(work: Work, matter: Matter) -> str | None:
    """The customer's own words that were about something, shortly before they asked for a person."""
    rows = await work.session.execute(
        select(Message.content, Message.parse)
        .where(
            Message.conversation_id == matter.row.id,
            Message.author == "customer",
            Message.seq <= matter.ticket.opened_seq,
            Message.parse.is_not(None),
        )
        .order_by(Message.seq.desc())
        .limit(6)
    )
    for content, parse in rows:
        intent, confidence = intent_of(parse)
        if intent in TOPIC_OF and confidence >= SURE and "intent" not in content:
            return str(content.get("text") or "")[:200] or None
    return None


async def _things(work: Work, matter: Matter) -> list[tuple[str, str]]:
    """The customer's cards and latest orders as buttons: only for who proved to be their owner."""
    who = await access(work.session, IdentityId(matter.row.identity_id), work.now)
    if not who.verified or who.customer_id is None:
        return []
    customer = await open_own_data(work.session, who, "intake", work.now, why="排队时选卡或订单")
    cards = (await balance_by_card(work.session, customer, work.now)).cards
    found = [(f"{card.type} {card.number[-4:]}", f"{card.type}（尾号 {card.number[-4:]}）") for card in cards]
    orders = await recent_orders(work.session, customer, 2)
    bought = [(order.items[0].name if order.items else "订单", order.number) for order in orders]
    named = [(questions.short(name), f"订单 {number}（{name}）") for name, number in bought]
    money = matter.ticket.topic == "billing"
    return (found[:MOST_BUTTONS] if money else [*named, *found])[:MOST_BUTTONS]


def _is_for_bot(said: Said, asked: Asked) -> bool:
    intent, confidence = intent_of(said.parse)
    if confidence < SURE or intent is None:
        return False
    return intent in ANSWERABLE or (asked == "what" and intent in _TALK)


def _says_nothing(said: Said) -> bool:
    intent, confidence = intent_of(said.parse)
    return _NOTHING.fullmatch(said.text.strip()) is not None or (
        confidence >= SURE and intent in (_TALK | {"deny", "cancel"})
    )


async def _give_to_bot(work: Work, row: Conversation, said: Sequence[Said]) -> None:
    await work.session.execute(
        update(Message)
        .where(
            Message.conversation_id == row.id,
            Message.seq.in_([each.seq for each in said]),
            Message.author == "customer",
            Message.state == "done",
        )
        .values(state="waiting", parse=None)
    )
    work.waking.add(ConversationId(row.id))


async def _pause(work: Work, row: Conversation, prompt: prompts.Prompt, skipped: Sequence[str]) -> None:
    data = {**prompt.data, "paused": True, "skipped": list(skipped), "taken": row.last_seq}
    await prompts.put(work, row, prompt.ask, data)


async def _waiting(work: Work, row: Conversation) -> Matter | None:
    ticket = await work.open_one(row)
    if ticket is None or ticket.state != "waiting" or ticket.kind != "live":
        return None
    return Matter(row, ticket)
