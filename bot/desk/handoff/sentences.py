"""What the desk says to a customer who wants, or gets, a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from bot.desk.queue.estimate import wait_text
from bot.desk.queue.places import Place
from bot.messages import Content, QuickReply

LEAVE: Final = "desk_leave"
WAIT: Final = "desk_wait"
MESSAGE: Final = "desk_message"
CALLBACK: Final = "desk_callback"
WINDOW: Final = "desk_window"
CANCEL: Final = "desk_cancel"
STAY: Final = "desk_stay"

_LEAVE = QuickReply("不等了", intent=LEAVE)
_MESSAGE = QuickReply("留言", intent=MESSAGE)
_CALLBACK = QuickReply("请给我回电", intent=CALLBACK)
_STAY = QuickReply("继续问小回", intent=STAY)
_CANCEL = QuickReply("取消", intent=CANCEL)

_BECAUSE: Final = {
    "anger": "这件事请同事直接跟您谈。",
    "not_understood": "抱歉，我没能听懂您的意思，请同事来帮您。",
    "green_channel": "您的事我们优先处理。",
    "person_only": "这件事需要同事亲自办理。",
}

_INSTEAD: Final = "您可以留言，或者约个时间请我们回电，也可以继续问我。"

LEFT: Final = Content("好的，不排队了。有什么事我继续帮您。")
STAYING: Final = Content("好的，您接着说，我在听。")
WRITE_MESSAGE: Final = Content(
    "请把要说的写给我：什么事、希望怎么解决。写在一条里，我会一字不差地交给同事。",
    quick_replies=(_CANCEL,),
)
CANCELLED: Final = Content("好的，取消了。")
ASK_PHONE: Final = Content("请问打哪个电话给您？把号码发给我就行。", quick_replies=(_CANCEL,))
BAD_PHONE: Final = Content("这不像一个电话号码，请再发一次，例如 13800138000。", quick_replies=(_CANCEL,))
NO_WINDOWS: Final = Content(
    "暂时排不出回电的时间，您可以先留言，同事会在这里回复您。", quick_replies=(_MESSAGE, _STAY)
)
FILE_KEPT: Final = Content("收到了，同事接手时能看到。")
ALL_NOTED: Final = Content(
    "都记下了，同事接手就能看到。有照片或截图也可以直接发来，想问我别的也可以。",
    quick_replies=(_LEAVE, _CALLBACK, _MESSAGE),
)
WAIT_QUIETLY: Final = Content("好的，轮到您时我马上告诉您。", quick_replies=(_LEAVE, _CALLBACK, _MESSAGE))
STILL_WAITING: Final = Content(
    "您还在排队。要继续等吗？",
    quick_replies=(QuickReply("继续等", intent=WAIT), _LEAVE, _CALLBACK, _MESSAGE),
)
ALREADY_SERVED: Final = Content("同事已经在为您服务了，直接说就行。")
STALE: Final = Content("这个选项已经过期了，需要的话再和我说一声。")


def queued(reason: str, place: Place) -> Content:
    """The customer waits from now on."""
    because = _BECAUSE.get(reason, "")
    wait = wait_text(place.wait)
    if wait == "马上就到":
        return Content(f"{because}正在为您接通人工客服，马上就到。", quick_replies=(_LEAVE,))
    ahead = f"您前面还有 {place.position - 1} 位" if place.position > 1 else "下一位就是您"
    how_long = f"，{wait}" if wait else ""
    text = f"{because}正在为您转人工客服，{ahead}{how_long}。"
    return Content(text, quick_replies=(_LEAVE, _CALLBACK, _MESSAGE))


def still_waiting(place: Place) -> Content:
    """Where a customer stands who waits already."""
    wait = wait_text(place.wait)
    ahead = f"您前面还有 {place.position - 1} 位" if place.position > 1 else "下一位就是您"
    return Content(
        f"{ahead}{f'，{wait}' if wait else ''}。轮到您时我马上告诉您。",
        quick_replies=(_LEAVE, _CALLBACK, _MESSAGE),
    )


def later_than_told(place: Place) -> Content:
    """The wait is longer than what was said."""
    wait = wait_text(place.wait)
    now = f"现在前面还有 {place.position - 1} 位" if place.position > 1 else "下一位就是您"
    text = f"抱歉，比刚才说的要久一些，{now}{f'，{wait}' if wait else ''}。"
    return Content(
        text + "您可以继续等，也可以请我们回电或者留言。",
        quick_replies=(QuickReply("继续等", intent=WAIT), _CALLBACK, _MESSAGE, _LEAVE),
    )


def closed(hours: str, opens: str | None, reason: str) -> Content:
    """Nobody works now."""
    again = f"下次上班是{opens}。" if opens else ""
    return Content(
        f"{_because(reason)}人工客服现在不在上班时间（{hours}）。{again}{_INSTEAD}",
        quick_replies=(_MESSAGE, _CALLBACK, _STAY),
    )


def nobody_there(reason: str) -> Content:
    """Opening hours, and yet nobody is on duty."""
    return Content(
        f"{_because(reason)}现在没有同事在岗，不让您空等。{_INSTEAD}",
        quick_replies=(_MESSAGE, _CALLBACK, _STAY),
    )


def _because(reason: str) -> str:
    """Why a person is wanted, where none is to be had; one apology is enough."""
    because = "" if reason == "anger" else _BECAUSE.get(reason, "")
    return because if "抱歉" in because else f"抱歉，{because}"


def too_many(waiting: int) -> Content:
    """The queue is full."""
    return Content(
        f"抱歉，现在有 {waiting} 位客户在等，暂时排不进来。您可以留言，或者约个时间请我们回电。",
        quick_replies=(_MESSAGE, _CALLBACK, _STAY),
    )


def ask_window(windows: Sequence[tuple[datetime, datetime]], texts: Sequence[str]) -> Content:
    """When to call."""
    buttons = tuple(
        QuickReply(text, intent=WINDOW, entities={"from": start.isoformat(), "to": end.isoformat()})
        for (start, end), text in zip(windows, texts, strict=True)
    )
    return Content("您希望我们什么时候打给您？", quick_replies=(*buttons, _CANCEL))


def message_kept(opens: str | None) -> Content:
    """A message was left."""
    when = f"同事{opens}上班后" if opens else "同事"
    return Content(f"留言收到了，{when}会尽快在这里回复您。这期间有别的事可以继续问我。")


def will_call(window: str, phone: str) -> Content:
    """A call was arranged; the number is masked, as it may not be this customer's own screen."""
    return Content(f"好的，我们会在{window}打 {phone} 给您。想改时间，再和我说“请给我回电”就行。")


def offers_choices(content: dict[str, Any]) -> bool:
    """Is this a message with which the desk told that nobody is there?"""
    intents = {reply.get("intent") for reply in content.get("quick_replies") or ()}
    return {MESSAGE, STAY} <= intents
