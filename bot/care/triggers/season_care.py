"""A season starts: its project, to who agreed to hear of such things."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, case

from bot.care.due import Due
from bot.care.sql import table
from bot.care.trigger import DAY, LATER, STOP, Goal, Reply, Trigger
from bot.store.bookings.models import Booking
from bot.store.customers.models import Customer
from bot.store.seasons.models import SeasonProject


def due(at: Due) -> Select[Any]:
    project = SeasonProject
    began = case((at.month_day() < project.starts, at.year() - 1), else_=at.year())
    return at.rows(
        table(project),
        Customer.id,
        ("season:", project.code, ":", began),
        project=project.code,
        title=project.name,
        words=project.text,
    ).where(project.offered, at.in_season(project.starts, project.ends))


TRIGGER = Trigger(
    name="season_care",
    title="换季关怀",
    due=due,
    facts={"project": "text", "title": "text", "words": "text"},
    text="{customer}，换季了，我们有「{title}」：{words} 想了解可以直接问我。",
    brief="换季了，我们有新的关怀项目，想了解可以直接问我。",
    watches=("consent",),
    audience="marketing",
    priority=90,
    cool_down=90 * DAY,
    lasting=14 * DAY,
    hold_out=10,
    goal=Goal("预约", Booking.customer_id, Booking.created_at, days=30),
    replies=(Reply("了解一下", "care_yes"), LATER, STOP),
)
