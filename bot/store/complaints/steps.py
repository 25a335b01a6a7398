"""The life of a complaint: which step may follow which, and what customers read about it.

received → acknowledged → assessed → investigating ⇄ waiting_customer → responded → closed. One that was
answered or closed can be reopened; one that is not closed can be escalated.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal

from bot.store.complaints.models import State

FIRST_REPLY: Final = timedelta(hours=24)
APPEAL: Final = timedelta(days=15)

Step = Literal[
    "open",
    "acknowledge",
    "assess",
    "investigate",
    "wait_for_customer",
    "customer_answered",
    "resolve",
    "close",
    "reopen",
    "escalate",
    "reply",
    "note",
    "assign",
]

OPEN: Final = frozenset[State]({"received", "acknowledged", "assessed", "investigating", "waiting_customer"})

_ANY: Final[frozenset[State]] = OPEN | frozenset[State]({"responded", "closed"})
_NOT_CLOSED: Final[frozenset[State]] = OPEN | frozenset[State]({"responded"})


def _from(*states: State) -> frozenset[State]:
    return frozenset(states)


# step → (states it may start from, state it leads to; None: stays where it is)
STEPS: Final[dict[Step, tuple[frozenset[State], State | None]]] = {
    "acknowledge": (_from("received"), "acknowledged"),
    "assess": (_from("acknowledged"), "assessed"),
    "investigate": (_from("assessed"), "investigating"),
    "wait_for_customer": (_from("investigating"), "waiting_customer"),
    "customer_answered": (_from("waiting_customer"), "investigating"),
    "resolve": (_from("investigating", "waiting_customer"), "responded"),
    "close": (_from("responded"), "closed"),
    "reopen": (_from("responded", "closed"), "investigating"),
    "escalate": (_NOT_CLOSED, None),
    "reply": (_NOT_CLOSED, None),
    "note": (_ANY, None),
    "assign": (_NOT_CLOSED, None),
}

STATE_TEXT: Final[dict[State, str]] = {
    "received": "已登记",
    "acknowledged": "已受理",
    "assessed": "已核实定级",
    "investigating": "处理中",
    "waiting_customer": "等您补充信息",
    "responded": "已答复",
    "closed": "已结案",
}

STEP_TEXT: Final[dict[Step, str]] = {
    "open": "投诉已登记",
    "acknowledge": "投诉已受理",
    "assess": "已核实情况并确定处理级别",
    "investigate": "已开始处理",
    "wait_for_customer": "需要您补充信息",
    "customer_answered": "已收到您补充的信息",
    "resolve": "已给出处理结果",
    "close": "投诉已结案",
    "reopen": "投诉已重新处理",
    "escalate": "已升级处理",
    "reply": "工作人员已回复",
    "note": "内部记录",
    "assign": "已分派处理人",
}


def next_step(
    state: State, *, replied: bool, due: datetime, now: datetime, appeal: bool, due_text: str
) -> str:
    """What happens next, in a sentence for the customer. `due_text` is the due time as they read it."""
    if state == "closed":
        return "投诉已结案。如果问题还在，您可以随时要求重新处理。"
    if state == "responded":
        return "请您看看处理结果。满意我们就结案，不满意可以要求重新处理。"
    if appeal:
        return "受理已满 15 天还没有结果，您有权向主管部门申诉，我们会告诉您怎么做。"
    if not replied and now >= due:
        return "首次答复已超过承诺的 24 小时，非常抱歉，我们正在加急处理。"
    if state == "waiting_customer":
        return "请您补充我们需要的信息，收到后马上继续处理。"
    if not replied:
        return f"我们会在 {due_text} 前给您首次答复。"
    return "处理人员正在跟进，有进展会马上告诉您。"
