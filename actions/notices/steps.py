"""What a yes, a no, and 刚才说的那个 lead to, for each trigger: one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from actions.base import Call, Events, named
from actions.notices.memory import Notice


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish as if the customer had it: `action_<name>`, with values and `words` it need not ask for."""

    name: str
    values: Mapping[str, Any]
    words: str = ""


Facts = Mapping[str, Any]
Choice = Callable[[Facts], Wish]
"""The wish that follows from a notice's facts."""


def _wish(name: str, **facts: str) -> Choice:
    """`action_<name>` with values taken from the notice's facts: value's name → fact's name."""
    return lambda told: Wish(name, {to: told[fact] for to, fact in facts.items() if fact in told})


def _progress(told: Facts) -> Wish:
    if told.get("state") == "waiting_customer":
        return Wish("add_to_complaint", {"pick": told.get("number")})
    return Wish("complaint_status", {"complaint_number": told.get("number")})


def _not_settled(told: Facts) -> Wish | None:
    if told.get("state") in ("responded", "closed"):
        return Wish("reopen_complaint", {"pick": told.get("number")})
    return None


def _visit(told: Facts) -> Wish:
    return Wish("book_visit", {}, words=f"保养 {told.get('plan', '')}")


def _unsuitable(told: Facts) -> Wish:
    return Wish("decide_quote", {"quote_number": told.get("number"), "pick": "later"})


@dataclass(frozen=True, slots=True)
class Step:
    """How a trigger's conversation goes on; `about` is what its notices are called.

    A no is the end of it, but where `no` finds that something has to be put right.
    """

    about: str
    yes: Choice
    again: Choice
    no: Callable[[Facts], Wish | None] | None = None


_status = _wish("complaint_status", complaint_number="number")
_appeal = _wish("appeal", complaint_number="number")
_bill = _wish("bill", bill_number="number")
_quote = _wish("decide_quote", quote_number="number")
_score = _wish("rate_service", about="about")
_season = _wish("season_project", project="project")

STEPS: Mapping[str, Step] = {
    "complaint_ack": Step("投诉登记", _status, _status),
    "sla_breach": Step("投诉超时", _wish("urge_complaint", pick="number"), _status),
    "complaint_progress": Step("投诉进展", _progress, _status, _not_settled),
    "appeal_right": Step("申诉", _appeal, _appeal),
    "points_expiring": Step("积分到期", _wish("redeem_points"), _wish("points_expiry")),
    "card_expiring": Step("卡片到期", _wish("transfer_balance", pick="card_id"), _wish("balance")),
    "card_hall_window": Step("到期卡办理", _wish("card_hall"), _wish("card_hall")),
    "balance_low": Step("余额不足", _wish("top_up"), _wish("balance")),
    "abnormal_charge": Step("账单异常", _bill, _bill),
    "maintenance_due": Step("保养到期", _visit, _wish("care_card")),
    "quote_change": Step("报价变动", _quote, _quote),
    "eta_change": Step("完工时间变动", _quote, _quote, _unsuitable),
    "reorder_due": Step("补货", _wish("reorder", pick="sku"), _wish("reorder", pick="sku")),
    "win_back": Step("回访", _wish("leave_reason"), _wish("leave_reason")),
    "birthday_7d": Step("生日优惠", _wish("claim_offer"), _wish("claim_offer")),
    "season_care": Step("换季关怀", _season, _season),
    "survey": Step("服务评价", _score, _score),
    "referral_ask": Step("推荐朋友", _wish("referral"), _wish("referral")),
}


async def carry_out(call: Call, wish: Wish, *, reading: bool = True) -> Events:
    """Do as if the customer had wished it themselves; what they wrote counts too, if `reading`."""
    name = f"action_{wish.name}"
    values = [{"entity": key, "value": value} for key, value in wish.values.items() if value is not None]
    intent = named(name).intent or wish.name
    wrote = call.text if reading else ""
    parse = {
        **call.parse,
        "text": f"{wrote} {wish.words}".strip() or f"/{intent}",
        "intent": {"name": intent, "confidence": 1.0},
        "entities": [*(call.parse.get("entities") or () if wrote else ()), *values],
    }
    return await named(name).answer(replace(call, parse=parse))


def step_of(notice: Notice | None) -> Step | None:
    """None without a notice, and for a trigger that this version does not know."""
    return STEPS.get(notice.trigger) if notice else None
