"""How an operation ends: done, refused, failed, withdrawn, expired; the thread and its agent hear of it."""

from __future__ import annotations

from sqlalchemy import select

from bot.conversations import log as message_log
from bot.conversations.models import Conversation
from bot.desk.ids import TicketId
from bot.desk.operations.models import Operation, OperationState
from bot.desk.tickets.errors import NotYours
from bot.desk.tickets.holding import Person
from bot.desk.tickets.models import Ticket
from bot.desk.tickets.standing import SYSTEM, Actor, NewEntry
from bot.desk.tickets.thread import add
from bot.desk.work import Matter, Work
from bot.kit.errors import Conflict, NotFound
from bot.kit.ids import ConversationId


async def settle(
    work: Work, matter: Matter, operation: Operation, state: OperationState, result: str, by: Actor
) -> None:
    """It is decided: the thread says so, and so does a notice to who offered it (unless they did it)."""
    operation.state, operation.result, operation.settled_at = state, result, work.now
    await work.session.flush()
    await add_entry(work, matter, operation, by)
    if by.agent != operation.agent_id:
        said = {"done": "客户确认了", "refused": "客户没有同意", "failed": "没有办成", "expired": "过期了"}
        text = f"{said.get(state, '撤回了')}：{operation.title}"
        await work.tell(operation.agent_id, "operation", matter.ticket.id, text, f"op:{operation.id}:{state}")


async def withdraw(work: Work, operation_id: int, person: Person) -> Conversation:
    """Take an offer back; who offered it may, and who leads."""
    conversation = await work.session.scalar(
        select(Operation.conversation_id).where(Operation.id == operation_id)
    )
    if conversation is None:
        raise NotFound("没有这项操作。")
    row = await message_log.locked(work.session, ConversationId(conversation))
    operation = await locked(work, operation_id)
    if operation.agent_id != person.id and row.agent_id != person.id and not person.leads:
        raise NotYours()
    if operation.state != "offered":
        raise Conflict("客户已经处理过这项操作了。")
    matter = await matter_of(work, row, operation)
    await settle(work, matter, operation, "withdrawn", "客服撤回", person.actor)
    return row


async def expire_offers(work: Work, matter: Matter, why: str) -> None:
    """What was offered in a ticket that ends can no longer be confirmed."""
    open_ = select(Operation).where(Operation.ticket_id == matter.ticket.id, Operation.state == "offered")
    for operation in list(await work.session.scalars(open_.with_for_update())):
        await settle(work, matter, operation, "expired", why, SYSTEM)


async def expire_late(work: Work, operation_id: int) -> None:
    """Nobody answered in time; who offered it is told."""
    conversation = await work.session.scalar(
        select(Operation.conversation_id).where(Operation.id == operation_id)
    )
    row = await message_log.locked(work.session, ConversationId(conversation or ""))
    operation = await locked(work, operation_id)
    if operation.state == "offered" and operation.until is not None and operation.until <= work.now:
        matter = await matter_of(work, row, operation)
        await settle(work, matter, operation, "expired", "客户没有在 30 分钟内确认", SYSTEM)


async def add_entry(work: Work, matter: Matter, operation: Operation, by: Actor) -> None:
    data = {
        "operation": operation.id,
        "kind": operation.kind,
        "title": operation.title,
        "state": operation.state,
        "result": operation.result,
    }
    await add(work, matter, NewEntry("operation", by, text=operation.title, data=data))


async def matter_of(work: Work, row: Conversation, operation: Operation) -> Matter:
    ticket = await work.session.get(
        Ticket, TicketId(operation.ticket_id), with_for_update=True, populate_existing=True
    )
    assert ticket is not None
    return Matter(row, ticket)


async def locked(work: Work, operation_id: int) -> Operation:
    found = await work.session.get(Operation, operation_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("没有这项操作。")
    return found
