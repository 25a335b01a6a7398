"""Somebody who said they would recommend us: their own code, to pass on if they like."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, or_

from bot.care.due import Due
from bot.care.sql import table
from bot.care.trigger import DAY, STOP, Goal, Reply, Trigger
from bot.store.referrals.models import Referral
from bot.store.surveys.models import Survey


def due(at: Due) -> Select[Any]:
    promoter = or_(
        and_(Survey.method == "nps", Survey.score >= 9), and_(Survey.method == "csat", Survey.score == 5)
    )
    return at.rows(table(Survey), Survey.customer_id, ("survey:", Survey.id), survey_id=Survey.id).where(
        promoter,
        Survey.answered_at > at.moment(-30 * DAY),
        Survey.answered_at <= at.moment(-DAY),
        at.no_open_complaint(Survey.customer_id),
    )


TRIGGER = Trigger(
    name="referral_ask",
    title="请满意的客户推荐",
    due=due,
    facts={"survey_id": "id"},
    text="{customer}，谢谢您之前的好评。要是身边有朋友也用得上，可以把您的推荐码给他，要我拿给您吗？不推荐也没关系。",
    brief="谢谢您之前的好评。要是身边有朋友也用得上，我可以把您的推荐码拿给您，不推荐也没关系。",
    watches=("survey", "consent"),
    audience="marketing",
    channels=("web",),
    priority=85,
    cool_down=180 * DAY,
    lasting=14 * DAY,
    hold_out=10,
    goal=Goal("朋友加入", Referral.referrer_id, Referral.joined_at, days=60),
    replies=(Reply("看推荐码", "care_yes"), STOP),
)
