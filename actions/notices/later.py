"""晚点再说: the notice comes back at the time said."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from rasa_sdk.events import FollowupAction

from actions.base import Call, CustomerAction, Events
from actions.notices.memory import Notice, closed, meant, note
from actions.say import day, moment
from actions.tasks.heard import Heard
from bot.kit.clock import local_date, zone
from bot.store.care.service import snooze

MORNING, NIGHT = 8, 22
"""Nobody is reminded from 22:00 to 8:00."""
LONGEST = timedelta(days=90)
BEFORE_THE_END = re.compile(r"(到期|过期|截止|结束)之?前")
DAYS = {"day": 1, "workday": 1, "week": 7}


class NoticeLater(CustomerAction):
    """Needs no proof of identity: it tells nothing."""

    topic = "notice_later"

    async def answer(self, call: Call) -> Events:
        notice = meant(call)
        if notice is None:
            return [*closed(), FollowupAction("utter_snooze")]
        until, because = when(call, notice)
        if until is None:
            call.say(because)
            return closed()
        async with call.runtime.database.write() as session:
            await snooze(
                session,
                notice.customer,
                notice.trigger,
                notice.occurrence,
                until,
                note(call, notice, "later"),
            )
        call.say(f"好的，{because}{moment(until, call.time_zone, call.now)}再提醒您。")
        return closed()


def when(call: Call, notice: Notice) -> tuple[datetime | None, str]:
    """When to come back, and what the customer has to know about it; None when there is no time left."""
    here = zone(call.time_zone)
    now = call.now.astimezone(here)
    ends = notice.ends_on(call.time_zone)
    wished = min(_wished(call, now, ends), now + LONGEST)
    until = _in_the_day(wished)
    because = "夜里不打扰您，" if until != wished else ""
    if ends is not None and until.date() > ends:
        until = _in_the_day(datetime.combine(ends - timedelta(days=1), now.time(), here))
        last = day(ends, local_date(call.now, call.time_zone))
        if until <= now:
            return None, f"好的。{last}就截止了，来不及再提醒，您方便的时候直接找我就行。"
        because = f"这件事{last}截止，我提前一点，"
    return until, because


def _wished(call: Call, now: datetime, ends: date | None) -> datetime:
    """The time the customer said; without one (or one that is over) the next day at the same hour."""
    heard = Heard(call.parse)
    tomorrow = now + timedelta(days=1)
    if ends is not None and BEFORE_THE_END.search(heard.text):
        for length in heard.entities("duration"):
            days = DAYS.get(length.get("unit"), 0) * int(length.get("min") or 0)
            wished = datetime.combine(ends - timedelta(days=days), time(9), now.tzinfo)
            return wished if days and wished > now else tomorrow
    spoken = heard.time()
    if spoken is None:
        return tomorrow
    since, until = (datetime.fromisoformat(each).astimezone(now.tzinfo) for each in spoken)
    if until - since >= timedelta(days=1):  # a day, a week: at this hour
        since = datetime.combine(since.date(), now.time(), now.tzinfo)
    elif until - since > timedelta(hours=1):  # a part of the day: not at its very first minute
        since += timedelta(hours=1)
    return since if since > now else tomorrow


def _in_the_day(wished: datetime) -> datetime:
    if wished.hour >= NIGHT:
        wished = datetime.combine(wished.date() + timedelta(days=1), time(MORNING), wished.tzinfo)
    elif wished.hour < MORNING:
        wished = datetime.combine(wished.date(), time(MORNING), wished.tzinfo)
    return wished.replace(second=0, microsecond=0)
