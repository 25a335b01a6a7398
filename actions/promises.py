"""What was promised to this customer, and what is promised to everybody."""

from __future__ import annotations

import re

from actions.base import Call, CustomerAction, Events
from actions.say import moment
from bot.store.access.service import open_own_data
from bot.store.identities.service import access
from bot.store.promises.service import DuePromise, due_promises

ALWAYS = "我们对所有顾客的承诺：投诉 24 小时内首次答复；15 天没有结果，您有权向主管部门申诉。"
LATE = re.compile(
    r"(没|不|未)(有)?(人)?(回|答复|回复|理|处理|解决|做到|兑现).{0,6}(怎么|咋|如何|会怎样|找谁)|(超|过)(了)?(时|24|二十四|期限).{0,8}(怎么|咋|如何)"
)
IF_LATE = (
    "24 小时内没有首次答复，是我们没做到：会马上转给主管盯着办，向您道歉并告诉您新的时间，您也可以随时催办。"
    "满 15 天还没有结果，您有权向主管部门申诉。"
)
"""What happens when a promise is broken (facts of the house: the triggers sla_breach and appeal_right)."""
NEXT = {"投诉进度": "/ask_complaint_status", "登记投诉": "/file_complaint", "转人工": "/request_human"}
PROVE = {"验证身份": "/identity", "投诉进度": "/ask_complaint_status", "转人工": "/request_human"}


class DuePromises(CustomerAction):
    """The published ones for everybody; a customer who has proved who they are also sees their own."""

    topic = "commitment"
    intent = "ask_commitment"
    title = "看答应您的事"

    async def answer(self, call: Call) -> Events:
        if LATE.search(call.text):
            call.say(IF_LATE, buttons=NEXT)
            return []
        async with call.runtime.database.write() as session:
            seen = await access(session, call.identity, call.now)
            if not seen.verified:
                call.say(f"{ALWAYS}要看答应过您的具体事项，先验证一下身份就行。", buttons=PROVE)
                return []
            customer = await open_own_data(session, seen, self.topic, call.now)
            owed = await due_promises(session, customer, call.now)
        call.say(_owed(owed, call) if owed else f"现在没有答应了您还没做到的事。{ALWAYS}", buttons=NEXT)
        return []


def _owed(owed: list[DuePromise], call: Call) -> str:
    lines = "\n".join(_line(promise, call) for promise in owed)
    if any(promise.overdue for promise in owed):
        return f"我们答应您的：\n{lines}\n晚了的这件我们没做到，对不起。您可以催办，或者直接找同事。"
    return f"我们答应您的：\n{lines}\n到时间没做到，您随时来找我。"


def _line(promise: DuePromise, call: Call) -> str:
    due = moment(promise.due_at, call.time_zone, call.now)
    return f"· {promise.text}（{due}{'，已经晚了' if promise.overdue else ' 前'}）"
