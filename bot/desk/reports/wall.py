"""The wall: how the desk stands at this moment."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk.agents.reads import agent_views
from bot.desk.complaints.reads import counts
from bot.desk.queue.estimate import Service, estimate
from bot.desk.queue.places import handling_times
from bot.desk.reports.measures import share
from bot.desk.reports.reads import closed_since
from bot.desk.rules.rules import Rules
from bot.desk.satisfaction.models import Rating
from bot.desk.tickets.models import Ticket
from bot.kit.clock import iso, zone


async def wall(session: AsyncSession, rules: Rules, now: datetime) -> dict[str, Any]:
    """The live numbers of docs/protocols/desk.md."""
    today = datetime.combine(now.astimezone(zone(rules.time_zone)).date(), time(0), zone(rules.time_zone))
    views = await agent_views(session, now, disabled=False)
    present = [view for view in views if view.duty == "on" and view.online]
    open_ = await session.execute(
        select(Ticket.state, Ticket.kind, func.count(), func.min(Ticket.queued_at))
        .where(Ticket.state != "closed")
        .group_by(Ticket.state, Ticket.kind)
    )
    found = {(state, kind): (count, oldest) for state, kind, count, oldest in open_}
    waiting, oldest = found.get(("waiting", "live"), (0, None))
    topics = select(Ticket.topic, func.count()).where(Ticket.state == "waiting").group_by(Ticket.topic)
    closed, abandoned = await closed_since(session, today)
    scores = list(await session.scalars(select(Rating.score).where(Rating.answered_at >= today)))
    free = sum(max(0, view.capacity - view.load) for view in present)
    service = Service(free, sum(view.load for view in present), await handling_times(session, now))
    wait = estimate(waiting + 1, service)
    return {
        "at": iso(now),
        "waiting": waiting,
        "longest_wait": (now - oldest).total_seconds() if oldest else 0,
        "assigned": sum(count for (state, _), (count, _) in found.items() if state == "assigned"),
        "messages": found.get(("waiting", "message"), (0, None))[0],
        "callbacks": found.get(("waiting", "callback"), (0, None))[0],
        "agents": {
            "on": len(present),
            "away": sum(1 for view in views if view.duty == "away"),
            "off": sum(1 for view in views if view.duty == "off"),
            "vanished": sum(1 for view in views if view.duty == "on" and not view.online),
        },
        "free_slots": free,
        "closed_today": closed,
        "abandoned_today": abandoned,
        "csat_today": share(sum(1 for score in scores if score and score >= 4), len(scores)),
        "wait": [wait.low, wait.high] if wait else None,
        "complaints": await counts(session, now),
        "by_topic": [{"topic": topic, "waiting": count} for topic, count in (await session.execute(topics))],
        "agents_list": [view.to_json() for view in views],
    }
