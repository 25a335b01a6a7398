"""What is asked of a waiting customer, in which order, with which buttons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from bot.messages import Content, QuickReply

Asked = Literal["what", "which", "wish"]
ORDER: Final[tuple[Asked, ...]] = ("what", "which", "wish")

DETAIL: Final = "desk_detail"
SKIP: Final = "desk_skip"
ENOUGH: Final = "desk_enough"
LONGEST_TITLE: Final = 16

_WISHES: Final = {
    "complaints": ("尽快处理", "退款", "给个解释"),
    "billing": ("退回多扣的钱", "给个解释"),
    "orders": ("尽快发货", "退款", "换货"),
    "repair": ("尽快上门", "换个时间"),
    "points": ("把积分补上", "给个解释"),
}
_WHICH: Final = {
    "billing": "是哪张卡？说卡号后四位就行。",
    "points": "和哪笔订单或哪次兑换有关？",
    "orders": "是哪笔订单？说订单号或者买了什么都行。",
    "repair": "是哪台设备，或者哪次上门？",
}
WITHOUT_WHICH: Final = frozenset({"membership", "privacy"})
"""Topics that are about no card and no order."""


def what(said: str | None) -> Content:
    """The matter; `said` is what the customer was talking about before they asked for a person."""
    same = [_answer(f"就是“{short(said)}”", "what", said)] if said else []
    return Content("要办的是什么事？", quick_replies=(*same, *_ways_out("what")))


def which(topic: str | None, options: Sequence[tuple[str, str]]) -> Content:
    """Which card or order; `options` are (what the button says, what is kept)."""
    buttons = [_answer(title, "which", value) for title, value in options]
    text = _WHICH.get(topic or "", "和哪张卡或哪笔订单有关？说后四位或订单号就行。")
    return Content(text, quick_replies=(*buttons, *_ways_out("which")))


def wish(topic: str | None) -> Content:
    """What the customer would like."""
    buttons = [_answer(each, "wish", each) for each in _WISHES.get(topic or "", ())]
    return Content("您希望怎么处理？", quick_replies=(*buttons, *_ways_out("wish")))


def after(lead: str, question: Content, further: Sequence[QuickReply] = ()) -> Content:
    """A question behind a sentence, and buttons behind its own."""
    return Content(f"{lead}{question.text}", quick_replies=(*question.quick_replies, *further))


def read_answer(entities: Mapping[str, Any]) -> tuple[Asked, str] | None:
    """What a pressed button answers."""
    asked: Asked | None = next((each for each in ORDER if each == entities.get("ask")), None)
    return (asked, str(entities.get("value") or "")[:500]) if asked else None


def _answer(title: str, asked: Asked, value: str) -> QuickReply:
    return QuickReply(title, intent=DETAIL, entities={"ask": asked, "value": value})


def _ways_out(asked: Asked) -> tuple[QuickReply, ...]:
    return (
        QuickReply("跳过", intent=SKIP, entities={"ask": asked}),
        QuickReply("先不说了", intent=ENOUGH),
    )


def short(text: str) -> str:
    """As much of a text as a button holds."""
    return text if len(text) <= LONGEST_TITLE else f"{text[: LONGEST_TITLE - 1]}…"
