"""What the customer reads about an offered operation."""

from __future__ import annotations

from typing import Final

from bot.messages import Content, QuickReply

CONFIRM: Final = "desk_confirm"
REFUSE: Final = "desk_refuse"

REFUSED: Final = Content("好的，不办了，什么都没有动。")
EXPIRED: Final = Content("这个确认已经过期了，什么都没有动。需要的话请同事再发一次。")
OVER: Final = Content("这件事已经处理过了，不会办第二次。")


def question(agent: str, text: str, operation: int) -> Content:
    """The customer decides: the card `operation` of docs/protocols/webchat.md."""
    entities = {"operation": operation}
    terms = "您确认以后才会办理，30 分钟内有效。"
    return Content(
        f"客服{agent}请您确认：{text}{terms}",
        card="operation",
        data={"id": operation, "agent": agent, "text": text, "terms": terms},
        quick_replies=(
            QuickReply("确认办理", intent=CONFIRM, entities=entities),
            QuickReply("不办了", intent=REFUSE, entities=entities),
        ),
    )


def failed(why: str) -> Content:
    return Content(f"抱歉，没有办成：{why}")
