"""Somebody has not come for a while: why is asked first, and nothing is offered before the answer."""

from __future__ import annotations

from collections.abc import Mapping

from actions.complain import CATEGORIES
from actions.notices.memory import newest
from actions.tasks.script import Script
from actions.tasks.task import Task
from bot.store.facts.service import NewFact, record_fact
from bot.store.identities.service import access

REASONS: Mapping[str, tuple[str, ...]] = {
    "price": ("贵", "价格", "价钱", "便宜", "划算", "涨价", "不值", "优惠少"),
    "no_need": ("不需要", "用不上", "用不着", "没需要", "没需求", "搬家", "搬走", "够用", "暂时", "不用"),
    "problem": tuple(
        word for words in CATEGORIES.values() for word in words if word not in ("价格", "贵", "钱")
    ),
}
KINDS = {"problem": "有的没做好", "price": "价格的原因", "no_need": "暂时不需要"}
PUT_RIGHT = {"登记投诉": "/file_complaint", "转人工": "/request_human", "不用了": "/deny"}
SAID = {
    "price": "谢谢您直说。价格和活动对所有顾客都一样，想看的时候点一下就行，不看也没关系。",
    "no_need": "明白了，谢谢您告诉我，就不打扰了。",
    "other": "谢谢您告诉我，我记下了。",
}


class LeaveReason(Task):
    """Kept is what kind of reason it was, never the words: they may tell of an illness."""

    topic = "leave_reason"
    intent = "leave_reason"
    title = "说说原因"
    personal = False
    left = "好的，不说也没关系，谢谢您。"

    async def script(self, s: Script) -> None:
        if s.heard is not None and s.state.asked is None and (told := s.heard.picked or _kind(s.heard.text)):
            s.given("why", str(told))
        why = s.words(
            "why",
            "谢谢您愿意说。是哪里没做好，还是别的原因？直接告诉我就行。",
            buttons={title: kind for kind, title in KINDS.items()},
        )
        if not why:
            s.say("好的，不说也没关系，谢谢您。")
            return
        kind = why if why in KINDS else _kind(why) or "other"
        await _keep(s, kind)
        if kind == "problem":
            s.say(
                "对不起，是我们没做好。要我现在登记下来、24 小时内给您答复，还是请同事马上听您说？", PUT_RIGHT
            )
        else:
            s.say(SAID[kind], {"优惠活动": "/ask_promotion"} if kind == "price" else None)


def _kind(text: str) -> str | None:
    """What kind of reason the words give; None when they give none that is known."""
    hits = {kind: sum(word in text for word in words) for kind, words in REASONS.items()}
    best = max(hits, key=lambda kind: hits[kind])
    return best if hits[best] else None


async def _keep(s: Script, kind: str) -> None:
    """Only for whom the notice was sent to, and only while this visitor is known to be them."""
    notice = newest(s.call, "win_back")
    seen = await access(s.session, s.call.identity, s.now)
    if notice is None or seen.customer_id != notice.customer:
        return
    fact = NewFact(
        name="leave_reason",
        value=kind,
        source="customer",
        evidence=f"对话 {s.call.conversation}",
        purpose="service_improvement",
    )
    await record_fact(s.session, notice.customer, fact, s.note("回访", "leave_reason"))
