"""What the customer refused, as the brain has read it (bot/brain/nlu/refusals.py): the entity `refusal`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

ENTITY: Final = "refusal"

NAMED: Final[Mapping[str, tuple[str, ...]]] = {
    "余额": ("balance_low",),
    "积分": ("points_expiring",),
    "卡": ("card_expiring", "card_hall_window", "balance_low"),
    "卡片": ("card_expiring", "card_hall_window", "balance_low"),
    "会员卡": ("card_expiring", "card_hall_window", "balance_low"),
    "到期": ("points_expiring", "card_expiring", "card_hall_window"),
    "过期": ("points_expiring", "card_expiring", "card_hall_window"),
    "投诉": ("complaint_ack", "sla_breach", "complaint_progress", "appeal_right"),
    "进度": ("complaint_ack", "sla_breach", "complaint_progress", "appeal_right", "eta_change"),
    "进展": ("complaint_ack", "sla_breach", "complaint_progress", "appeal_right", "eta_change"),
    "保养": ("maintenance_due",),
    "账单": ("abnormal_charge",),
    "报价": ("quote_change", "eta_change"),
    "补货": ("reorder_due",),
    "生日": ("birthday_7d",),
    **dict.fromkeys(("满意度", "调查", "问卷", "评价", "打分", "回访"), ("survey",)),
}
"""Which triggers a customer's word for a kind of notice means; the wider where it may mean more than one."""


@dataclass(frozen=True, slots=True)
class Refused:
    """`scope`: marketing, kind, all, unclear or resume; `triggers`: those of the kind that was named."""

    scope: str
    triggers: tuple[str, ...] = ()


def refused(parse: Mapping[str, Any]) -> Refused | None:
    """What the message refuses; None where it is about messages in no way that could be read."""
    for each in parse.get("entities") or ():
        if each.get("entity") == ENTITY and isinstance(value := each.get("value"), Mapping):
            return Refused(str(value.get("scope")), NAMED.get(str(value.get("about") or ""), ()))
    return None
