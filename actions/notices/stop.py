"""别再发了: the consent is withdrawn, and nothing more is asked."""

from __future__ import annotations

import re

from actions.base import Call, CustomerAction, Events, named
from actions.notices.memory import Notice, meant, note, remember, remembered
from actions.notices.steps import step_of
from bot.store.care.service import PURPOSES, refuse

TEXT_VERSION = "notice-2026-11"
ABOUT_MESSAGES = re.compile(
    r"^\s*(td|t|n)\s*[。.!！]*$|退订|拒收|拒绝接收|屏蔽|骚扰|打扰"
    r"|(别|不要|不想|不用|不许|不需要|停止|取消|关).{0,10}(发|收|推|提醒|通知|消息|短信|广告|联系|订阅|烦)",
    re.IGNORECASE,
)
ABOUT_DATA = re.compile(r"注销|销户|销号|删|清除|解绑|解除|授权|资料|隐私|泄露|数据|记录|定位|位置|匿名|密码")
EVERYTHING = re.compile(r"所有|全部|一切|什么都|都别|都不|任何")
ENDED = {
    "marketing": "活动和推荐消息",
    "survey": "评价邀请",
    "birthday": "生日优惠和活动消息",
}


class NoticeStop(CustomerAction):
    """Needs no proof of identity: it tells nothing, and refusing must be as easy as reading."""

    topic = "notice_stop"

    async def answer(self, call: Call) -> Events:
        notice = meant(call)
        if notice is None or not refuses_messages(call.text):
            return await named("action_privacy_optout").answer(call)
        ended = tuple(PURPOSES) if EVERYTHING.search(call.text) else (notice.trigger,)
        await _refuse(call, notice, ended)
        call.say(_confirmed(call, notice))
        left = [other for other in remembered(call) if other.care_id != notice.care_id]
        return remember(left, waits=False)


def refuses_messages(text: str) -> bool:
    """Whether it is about messages: 注销账户 and 删除资料 are another matter. A button says nothing."""
    return not text or (ABOUT_MESSAGES.search(text) is not None and not ABOUT_DATA.search(text))


async def _refuse(call: Call, notice: Notice, triggers: tuple[str, ...]) -> None:
    evidence = f"对话 {call.conversation}：{call.text[:40] or '按钮「别再发了」'}"
    async with call.runtime.database.write() as session:
        for trigger in triggers:
            written = note(call, notice, f"stop:{trigger}")
            await refuse(
                session, notice.customer, trigger, written, evidence=evidence, text_version=TEXT_VERSION
            )


def _confirmed(call: Call, notice: Notice) -> str:
    if EVERYTHING.search(call.text):
        return "好的，以后不再主动给您发消息了，您有事随时来找我。"
    purpose = PURPOSES[notice.trigger][0]
    step = step_of(notice)
    what = ENDED.get(purpose) or f"{step.about if step else ''}的通知"
    return f"好的，以后不再给您发{what}了。"
