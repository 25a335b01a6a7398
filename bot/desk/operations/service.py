"""Offer operations, and carry them out: at once, or when the customer confirms in the chat."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Conversation
from bot.desk.agents.models import Agent
from bot.desk.audit.looks import log_look
from bot.desk.audit.service import record
from bot.desk.operations import sentences
from bot.desk.operations.complaint import MoveComplaint, OpenComplaint
from bot.desk.operations.kinds import CannotBe, Deed, Kind
from bot.desk.operations.models import Operation
from bot.desk.operations.money import Transfer
from bot.desk.operations.points import HandOut, Redeem
from bot.desk.operations.settling import add_entry, locked, matter_of, settle
from bot.desk.tickets.errors import NotYours
from bot.desk.tickets.holding import Person, agent_row
from bot.desk.tickets.standing import CUSTOMER, SYSTEM
from bot.desk.work import Matter, Work
from bot.kit.clock import iso
from bot.kit.errors import BadInput, Conflict, NotFound
from bot.kit.ids import ConversationId, CustomerId, IdentityId
from bot.messages import Content
from bot.store.identities.service import access

LIFE: Final = timedelta(minutes=30)
KINDS: Final[dict[str, Kind]] = {
    kind.code: kind for kind in (Redeem(), HandOut(), Transfer(), OpenComplaint(), MoveComplaint())
}


class NotProved(Conflict):
    """客户还没有验证身份，涉及个人权益的事现在不能办。可以先转回小回验证，或者请客户验证后再办。"""

    code = "not_verified"


async def possible(work: Work, row: Conversation, person: Person) -> list[dict[str, Any]]:
    """What may be offered in a conversation, each with its form or the reason why not."""
    customer, proof = await _customer(work, row)
    found: list[dict[str, Any]] = []
    for kind in KINDS.values():
        fields, why = [], proof
        if customer is not None and proof is None:
            try:
                fields = await kind.fields(Deed(work.session, work.now, customer, person, "", row))
            except CannotBe as error:
                why = error.message
        found.append(
            {
                "kind": kind.code,
                "title": kind.title,
                "fields": [field.to_json() for field in fields],
                "needs_customer": kind.needs_customer,
                "why_not": why,
            }
        )
    if customer is not None and proof is None:
        await log_look(work, customer, "operations", row, person)
    return found


async def offer(
    work: Work, row: Conversation, code: str, params: Mapping[str, Any], client_id: str, person: Person
) -> Operation:
    """Offer an operation in a conversation that this agent owns; the same `client_id` offers once.

    Where the customer need not confirm it is done at once. Raises NotYours, NotProved, CannotBe, BadInput.
    """
    key = f"op:{person.id}:{client_id}"
    known = await work.session.scalar(select(Operation).where(Operation.key == key))
    if known is not None:
        return known
    kind = KINDS.get(code)
    if kind is None:
        raise BadInput(f"可以办的是：{'、'.join(KINDS)}。")
    ticket = await work.open_one(row)
    if ticket is None or row.agent_id != person.id:
        raise NotYours()
    customer, why = await _customer(work, row)
    if customer is None or why is not None:
        raise NotProved()
    deed = Deed(work.session, work.now, customer, person, _preview_key(key), row)
    prepared = await kind.prepare(deed, params)
    operation = Operation(
        ticket_id=ticket.id,
        conversation_id=row.id,
        customer_id=customer,
        agent_id=person.id,
        kind=kind.code,
        title=prepared.title[:200],
        params=dict(prepared.params),
        needs_customer=kind.needs_customer,
        state="offered",
        key=key,
        at=work.now,
        until=work.now + LIFE,
    )
    work.session.add(operation)
    await work.session.flush()
    record(
        work.session, person.doer, "operation", f"{kind.code} {operation.id}", work.now, {"ticket": ticket.id}
    )
    await log_look(work, customer, f"operation:{kind.code}", row, person)
    await add_entry(work, Matter(row, ticket), operation, person.actor)
    if kind.needs_customer:
        work.say(row, sentences.question(person.name, prepared.question, operation.id))
    else:
        told = await kind.carry_out(_deed(work, row, operation, person), operation.params)
        await settle(work, Matter(row, ticket), operation, "done", told or prepared.title, person.actor)
        if told:
            work.say(row, Content(told))
    return operation


async def confirm(work: Work, row: Conversation, entities: Mapping[str, Any]) -> None:
    """The customer pressed the button: do it once, with the checks of this moment."""
    operation = await _pressed(work, row, entities)
    if operation is None:
        return
    kind, matter = KINDS[operation.kind], await matter_of(work, row, operation)
    customer, why = await _customer(work, row)
    if why is not None or customer != operation.customer_id:
        await _fail(work, matter, operation, "身份验证已经过期，请先验证身份")
        return
    agent = await agent_row(work, operation.agent_id)
    person = Person(agent.id, agent.name, "agent")
    try:
        async with work.session.begin_nested():
            told = await kind.carry_out(_deed(work, row, operation, person), operation.params)
    except (CannotBe, Conflict, NotFound, BadInput) as error:
        await _fail(
            work, matter, operation, error.message if isinstance(error, CannotBe) else "情况刚刚有变化"
        )
        return
    await settle(work, matter, operation, "done", told, CUSTOMER)
    work.say(row, Content(told))


async def refuse(work: Work, row: Conversation, entities: Mapping[str, Any]) -> None:
    """The customer does not want it."""
    operation = await _pressed(work, row, entities)
    if operation is not None:
        await settle(
            work, await matter_of(work, row, operation), operation, "refused", "客户没有同意", CUSTOMER
        )
        work.say(row, sentences.REFUSED)


async def listed(session: AsyncSession, conversation: ConversationId) -> list[dict[str, Any]]:
    """The operations of a conversation, newest first, as docs/protocols/desk.md has them."""
    rows = await session.execute(
        select(Operation, Agent.name)
        .join(Agent, Agent.id == Operation.agent_id)
        .where(Operation.conversation_id == conversation)
        .order_by(Operation.id.desc())
        .limit(50)
        .execution_options(populate_existing=True)
    )
    return [to_json(operation, name) for operation, name in rows]


def to_json(operation: Operation, agent: str) -> dict[str, Any]:
    return {
        "id": operation.id,
        "kind": operation.kind,
        "title": operation.title,
        "params": operation.params,
        "state": operation.state,
        "needs_customer": operation.needs_customer,
        "result": operation.result,
        "at": iso(operation.at),
        "until": iso(operation.until) if operation.until else None,
        "by": {"id": operation.agent_id, "name": agent},
    }


async def _pressed(work: Work, row: Conversation, entities: Mapping[str, Any]) -> Operation | None:
    """The operation of a pressed button, if it can still be decided; else the customer is told why not."""
    try:
        operation = await locked(work, int(entities.get("operation") or 0))
    except NotFound:
        operation = None
    if operation is None or operation.conversation_id != row.id:
        work.say(row, sentences.EXPIRED)
        return None
    if operation.state in ("done", "refused", "failed"):
        work.say(row, sentences.OVER)
        return None
    if operation.state != "offered" or operation.until is None or operation.until <= work.now:
        if operation.state == "offered":
            matter = await matter_of(work, row, operation)
            await settle(work, matter, operation, "expired", "客户确认时已经过期", SYSTEM)
        work.say(row, sentences.EXPIRED)
        return None
    return operation


async def _fail(work: Work, matter: Matter, operation: Operation, why: str) -> None:
    await settle(work, matter, operation, "failed", why, CUSTOMER)
    work.say(matter.row, sentences.failed(why))


async def _customer(work: Work, row: Conversation) -> tuple[CustomerId | None, str | None]:
    """The customer, if they proved who they are; else why nothing can be done for them."""
    who = await access(work.session, IdentityId(row.identity_id), work.now)
    if who.customer_id is None:
        return None, "还不知道这位客户是谁。"
    return who.customer_id, None if who.verified else NotProved().message


def _deed(work: Work, row: Conversation, operation: Operation, person: Person) -> Deed:
    key = f"desk-operation:{operation.id}"
    return Deed(work.session, work.now, CustomerId(operation.customer_id), person, key, row)


def _preview_key(key: str) -> str:
    return f"preview:{key}"[:80]
