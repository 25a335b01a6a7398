"""Webhooks as admins keep them: add, change, remove, try, and send again what was parked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, get_args

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk.audit.service import Doer, record
from bot.desk.tickets.models import EntryKind
from bot.desk.webhooks.models import Webhook, WebhookDelivery, WebhookEvent
from bot.desk.work import Work
from bot.kit.clock import iso
from bot.kit.errors import BadInput, Conflict, NotFound
from bot.kit.ids import secret_token, time_ordered
from bot.store.complaints.steps import STEP_TEXT

PAGE: Final = 50
MOST: Final = 20

_ENTRIES: Final = {
    "opened": "工单打开",
    "queued": "客户开始排队",
    "details": "排队时记下的信息",
    "offered": "转接给同事",
    "accepted": "接受转接",
    "declined": "谢绝转接",
    "withdrawn": "撤回转接",
    "assigned": "分配给客服",
    "transferred": "转到小组",
    "released": "退回队列",
    "note": "内部备注",
    "listening": "主管旁听",
    "operation": "代办操作",
    "callback": "回电",
    "message": "留言",
    "left": "客户离开队列",
    "handed_back": "转回机器人",
    "closed": "工单关闭",
    "reopened": "工单重新打开",
    "rated": "客户评分",
}
EVENTS: Final[dict[str, str]] = {
    "*": "全部",
    "message.*": "全部消息",
    "message.customer": "客户的消息",
    "message.bot": "机器人的消息",
    "message.agent": "客服的消息",
    "message.system": "系统的消息",
    "ticket.*": "工单的全部变化",
    **{f"ticket.{kind}": _ENTRIES[kind] for kind in get_args(EntryKind)},
    "complaint.*": "投诉的全部变化",
    **{f"complaint.{step}": text for step, text in STEP_TEXT.items()},
}
"""What a webhook may want: the name, and how it reads."""


async def webhooks(session: AsyncSession) -> list[dict[str, Any]]:
    """Every webhook with the events it wants."""
    wanted: dict[int, list[str]] = {}
    for webhook, event in await session.execute(select(WebhookEvent.webhook_id, WebhookEvent.event)):
        wanted.setdefault(webhook, []).append(event)
    rows = await session.scalars(select(Webhook).order_by(Webhook.id))
    return [
        {
            "id": row.id,
            "url": row.url,
            "events": sorted(wanted.get(row.id, [])),
            "active": row.active,
            "failing_since": iso(row.failing_since) if row.failing_since else None,
            "created_at": iso(row.created_at),
        }
        for row in rows
    ]


async def add(work: Work, url: str, events: Sequence[str], *, active: bool, by: Doer) -> Webhook:
    """A new webhook; `url` was checked by the guard."""
    if len(list(await work.session.scalars(select(Webhook.id)))) >= MOST:
        raise Conflict(f"最多 {MOST} 个。")
    row = Webhook(url=url, salt=secret_token(24), active=active, created_at=work.now)
    work.session.add(row)
    await work.session.flush()
    await _want(work, row.id, events)
    record(work.session, by, "webhook_added", url, work.now, {"events": list(events)})
    return row


async def change(
    work: Work, id_: int, url: str | None, events: Sequence[str] | None, *, active: bool | None, by: Doer
) -> None:
    """Change what is given."""
    row = await access(work.session, id_)
    row.url = url or row.url
    row.active = row.active if active is None else active
    if events is not None:
        await _want(work, id_, events)
    record(work.session, by, "webhook_changed", row.url, work.now, {"active": row.active})


async def remove(work: Work, id_: int, by: Doer) -> None:
    """The webhook goes, with everything that was still to be delivered to it."""
    row = await access(work.session, id_)
    for table in (WebhookDelivery, WebhookEvent):
        await work.session.execute(delete(table).where(table.webhook_id == id_))
    await work.session.delete(row)
    record(work.session, by, "webhook_removed", row.url, work.now)


async def renew_secret(work: Work, id_: int, by: Doer) -> Webhook:
    """The old secret signs nothing any longer."""
    row = await access(work.session, id_)
    row.salt = secret_token(24)
    record(work.session, by, "webhook_secret", row.url, work.now)
    return row


async def attempt(work: Work, id_: int) -> WebhookDelivery:
    """Send a test event."""
    await access(work.session, id_)
    row = WebhookDelivery(
        event_id=f"evt_{time_ordered()}",
        webhook_id=id_,
        event="test.ping",
        subject="test:",
        state="pending",
        attempts=0,
        next_at=work.now,
        at=work.now,
    )
    work.session.add(row)
    await work.session.flush()
    return row


async def deliveries(
    session: AsyncSession, id_: int, before: int | None
) -> tuple[list[dict[str, Any]], bool]:
    """A page of a webhook's deliveries, newest first, and whether there are more."""
    statement = select(WebhookDelivery).where(WebhookDelivery.webhook_id == id_)
    if before is not None:
        statement = statement.where(WebhookDelivery.id < before)
    statement = statement.order_by(WebhookDelivery.id.desc()).limit(PAGE + 1)
    rows = list(await session.scalars(statement.execution_options(populate_existing=True)))
    return [delivery_json(row) for row in rows[:PAGE]], len(rows) > PAGE


async def retry(work: Work, delivery: int, by: Doer) -> WebhookDelivery:
    """Send one again, now, under the same event id; its attempts are counted anew."""
    row = await work.session.get(WebhookDelivery, delivery, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("没有这次投递。")
    row.state, row.attempts, row.next_at = "pending", 0, work.now
    record(work.session, by, "webhook_retry", row.event_id, work.now)
    return row


async def retry_parked(work: Work, id_: int, by: Doer) -> None:
    """Send everything again that was parked."""
    await access(work.session, id_)
    parked = (WebhookDelivery.webhook_id == id_) & (WebhookDelivery.state == "parked")
    await work.session.execute(
        update(WebhookDelivery).where(parked).values(state="pending", attempts=0, next_at=work.now)
    )
    record(work.session, by, "webhook_retry", f"webhook {id_}", work.now)


def delivery_json(row: WebhookDelivery) -> dict[str, Any]:
    return {
        "id": row.id,
        "event_id": row.event_id,
        "event": row.event,
        "subject": row.subject,
        "state": row.state,
        "attempts": row.attempts,
        "status": row.status,
        "error": row.error,
        "at": iso(row.at),
        "next_at": iso(row.next_at) if row.state == "pending" else None,
        "delivered_at": iso(row.delivered_at) if row.delivered_at else None,
    }


async def access(session: AsyncSession, id_: int) -> Webhook:
    row = await session.get(Webhook, id_, populate_existing=True)
    if row is None:
        raise NotFound("没有这个 webhook。")
    return row


async def _want(work: Work, id_: int, events: Sequence[str]) -> None:
    unknown = [event for event in events if event not in EVENTS]
    if unknown or not events:
        raise BadInput(f"没有这个事件：{'、'.join(unknown)}。" if unknown else "请选择至少一个事件。")
    await work.session.execute(delete(WebhookEvent).where(WebhookEvent.webhook_id == id_))
    for event in dict.fromkeys(events):
        work.session.add(WebhookEvent(webhook_id=id_, event=event))
    await work.session.flush()
