"""The desk's own buttons: leave the queue, leave a message, be called, rate. They never reach the bot."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from bot.conversations.models import Conversation
from bot.desk.callbacks.service import Wish, ask
from bot.desk.handoff import sentences
from bot.desk.handoff.request import staffing, tell_place
from bot.desk.intake import questions
from bot.desk.intake import service as intake
from bot.desk.operations import sentences as offered
from bot.desk.operations import service as operations
from bot.desk.prompts import service as prompts
from bot.desk.rules.hours import window_text, windows
from bot.desk.satisfaction import service as satisfaction
from bot.desk.tickets.ending import leave
from bot.desk.tickets.models import Ticket
from bot.desk.tickets.opening import Opening, open_ticket
from bot.desk.tickets.standing import CUSTOMER, NewEntry
from bot.desk.tickets.thread import add
from bot.desk.work import Matter, Work
from bot.kit.ids import IdentityId
from bot.store.customers.numbers import Number, masked, read_phone
from bot.store.customers.service import access_customer_by_id
from bot.store.identities.service import access

PROMPTS: Final = frozenset({"message", "phone"})
"""What `answer_prompt` takes the answer to."""
WINDOW: Final = timedelta(hours=2)
WINDOWS: Final = 4

Press = Callable[[Work, Conversation, Mapping[str, Any]], Awaitable[None]]


async def press(work: Work, row: Conversation, intent: str, entities: Mapping[str, Any]) -> None:
    """Do what a pressed button of the desk stands for; one that is out of date says so."""
    await prompts.drop(work, row)
    handler = _BUTTONS.get(intent)
    if handler is None:
        work.say(row, sentences.STALE)
    else:
        await handler(work, row, entities)


async def answer_prompt(work: Work, row: Conversation, prompt: prompts.Prompt, text: str) -> None:
    """Take the customer's answer to what the desk asked."""
    await prompts.drop(work, row)
    if text.strip() in ("取消", "算了", "不用了"):
        work.say(row, sentences.CANCELLED)
    elif prompt.ask == "message":
        await _keep_message(work, row, text)
    elif read_phone(text) is None:
        await prompts.put(work, row, "phone", prompt.data)
        work.say(row, sentences.BAD_PHONE)
    else:
        await _arrange_call(work, row, prompt.data, text)


async def _leave(work: Work, row: Conversation, _entities: Mapping[str, Any]) -> None:
    ticket = await work.open_one(row)
    if ticket is None or ticket.state != "waiting" or ticket.kind != "live":
        work.say(row, sentences.STALE)
        return
    await leave(work, Matter(row, ticket))
    work.say(row, sentences.LEFT)


async def _wait(work: Work, row: Conversation, _entities: Mapping[str, Any]) -> None:
    ticket = await work.open_one(row)
    if ticket is None or ticket.state != "waiting" or ticket.kind != "live":
        work.say(row, sentences.STALE)
        return
    work.say(row, sentences.still_waiting(await tell_place(work, ticket)))


async def _stay(work: Work, row: Conversation, _entities: Mapping[str, Any]) -> None:
    work.say(row, sentences.STAYING)


async def _cancel(work: Work, row: Conversation, _entities: Mapping[str, Any]) -> None:
    work.say(row, sentences.CANCELLED)


async def _message(work: Work, row: Conversation, _entities: Mapping[str, Any]) -> None:
    if await _is_served(work, row):
        return
    await prompts.put(work, row, "message")
    work.say(row, sentences.WRITE_MESSAGE)


async def _callback(work: Work, row: Conversation, _entities: Mapping[str, Any]) -> None:
    if await _is_served(work, row):
        return
    free = windows(work.rules, work.now, WINDOW, WINDOWS)
    if not free:
        work.say(row, sentences.NO_WINDOWS)
        return
    work.say(row, sentences.ask_window(free, [window_text(work.rules, each, work.now) for each in free]))


async def _window(work: Work, row: Conversation, entities: Mapping[str, Any]) -> None:
    if await _is_served(work, row):
        return
    if _moment(entities["to"]) <= work.now:
        work.say(row, sentences.STALE)
        return
    who = await access(work.session, IdentityId(row.identity_id), work.now)
    card = await access_customer_by_id(work.session, who.customer_id) if who.customer_id else None
    if who.verified and card is not None and card.phone is not None:
        await _arrange_call(work, row, entities, card.phone)
        return
    await prompts.put(work, row, "phone", {"from": entities["from"], "to": entities["to"]})
    work.say(row, sentences.ASK_PHONE)


async def _rate(work: Work, row: Conversation, entities: Mapping[str, Any]) -> None:
    matter = await _rated(work, row, entities)
    if matter is not None:
        await satisfaction.rate(work, matter, int(entities["score"]))


async def _tag(work: Work, row: Conversation, entities: Mapping[str, Any]) -> None:
    matter = await _rated(work, row, entities)
    if matter is not None:
        await satisfaction.tag(work, matter, str(entities["tag"]))


_BUTTONS: Final[dict[str, Press]] = {
    sentences.LEAVE: _leave,
    sentences.WAIT: _wait,
    sentences.STAY: _stay,
    sentences.CANCEL: _cancel,
    sentences.MESSAGE: _message,
    sentences.CALLBACK: _callback,
    sentences.WINDOW: _window,
    questions.DETAIL: intake.press_detail,
    questions.SKIP: intake.press_skip,
    questions.ENOUGH: intake.press_enough,
    offered.CONFIRM: operations.confirm,
    offered.REFUSE: operations.refuse,
    satisfaction.RATE: _rate,
    satisfaction.TAG: _tag,
}


async def _keep_message(work: Work, row: Conversation, text: str) -> None:
    matter = await _open_matter(work, row, "message")
    await add(work, matter, NewEntry("message", CUSTOMER, text=text))
    staff = await staffing(work)
    work.say(row, sentences.message_kept(None if staff.now else staff.opens))


async def _arrange_call(work: Work, row: Conversation, when: Mapping[str, Any], phone: str) -> None:
    matter = await _open_matter(work, row, "callback")
    wish = Wish(phone, _moment(when["from"]), _moment(when["to"]))
    made = await ask(work, matter, wish, CUSTOMER)
    window = window_text(work.rules, (wish.start, wish.end), work.now)
    work.say(row, sentences.will_call(window, masked(Number("phone", made.phone))))


async def _open_matter(work: Work, row: Conversation, kind: Any) -> Matter:
    ticket = await work.open_one(row)
    if ticket is not None:
        return Matter(row, ticket)
    return await open_ticket(work, row, Opening(kind, "requested", CUSTOMER))


async def _is_served(work: Work, row: Conversation) -> bool:
    if row.owner != "agent":
        return False
    work.say(row, sentences.ALREADY_SERVED)
    return True


async def _rated(work: Work, row: Conversation, entities: Mapping[str, Any]) -> Matter | None:
    ticket = await work.session.scalar(
        select(Ticket)
        .where(Ticket.id == entities.get("ticket"), Ticket.conversation_id == row.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if ticket is None:
        work.say(row, sentences.STALE)
        return None
    return Matter(row, ticket)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
