"""What a customer may do with a complaint: urge it, add to it, reopen it, take it back; and the appeal."""

from __future__ import annotations

import re
from typing import ClassVar

from sqlalchemy.ext.asyncio import AsyncSession

from actions.base import Call, Events
from actions.company import SourcedAction, stop_where_the_company_keeps
from actions.say import moment
from actions.tasks.consent import asks
from actions.tasks.heard import Option
from actions.tasks.script import Script, Stop
from actions.tasks.task import Task
from bot.kit.ids import CustomerId
from bot.store.complaints.reads import ComplaintLine, ComplaintStatus, complaint_list, complaint_status
from bot.store.complaints.service import By, take_step
from bot.store.complaints.steps import OPEN, Step

ENDED = ("responded", "closed")
NEXT = {"投诉进度": "/ask_complaint_status", "补充说明": "/add_to_complaint", "转人工": "/request_human"}
FILE = {"登记投诉": "/file_complaint", "转人工": "/request_human"}
JUST_NOW = ("刚才", "刚刚", "最新", "最近那", "新的那", "后面那")
ASKED = "_asked"
LEAST = 2
TOLD = 7
ROUND_IT = re.compile(
    r"我要|我想|给|投诉|补充|一下|一点|说明|材料|内容|再|还有|另外|加|条|句|[\s，,。.！!：:]"
)


async def pick_complaint(s: Script, ask: str, states: frozenset[str], none: str) -> ComplaintStatus:
    """The complaint that is meant: by number, by subject, or the only one in `states`."""
    lines = [line for line in await complaint_list(s.session, s.customer, 20) if line.state in states]
    if not lines:
        stop_where_the_company_keeps(s, "您的投诉")
        raise Stop(none, FILE)
    chosen = s.choose("complaint", ask, [_option(line, newest=line is lines[0]) for line in lines])
    status = await complaint_status(s.session, s.customer, str(chosen.value), s.now)
    assert status is not None
    return status


def _option(line: ComplaintLine, *, newest: bool) -> Option:
    return Option(
        line.number,
        f"{line.subject}（{line.number}，{line.state_text}）",
        line.subject[:10],
        (line.number, line.subject, *(JUST_NOW if newest else ())),
    )


def asks_whether(s: Script) -> bool:
    """Whether the wish came as a question (催办有用吗): then it is done only after a yes, once asked for."""
    if s.heard is not None and s.state.asked in (None, "complaint") and asks(s.heard.text):
        s.given(ASKED, value=True)
    return bool(s.state.values.get(ASKED))


async def step(s: Script, status: ComplaintStatus, taken: Step, text: str) -> None:
    """Take a step in the customer's name."""
    await take_step(s.session, status.complaint_id, taken, By("customer", "本人", s.now, s.state.key), text)


async def add_words(s: Script, status: ComplaintStatus, text: str) -> None:
    """Put what the customer adds into the complaint, and say so."""
    waiting = status.state == "waiting_customer"
    await step(s, status, "customer_answered" if waiting else "note", f"顾客补充：{text}")
    then = "处理人员马上接着办。" if waiting else "处理人员会看到。"
    s.say(f"已经记进 {status.number} 了，{then}照片等材料，处理人员联系您时可以发。", NEXT)


class UrgeComplaint(Task):
    """Nothing to confirm: it is raised at once, and the next step is told."""

    topic = "urge_complaint"
    intent = "urge_complaint"
    title = "催办投诉"
    left = "好的，没有催办，会按原来的进度处理。"

    async def script(self, s: Script) -> None:
        status = await pick_complaint(s, "要催哪一件？", OPEN, "您现在没有在处理的投诉。")
        if asks_whether(s):
            s.confirm(
                f"催办会把 {status.number}（{status.subject}）升级，请处理人员优先办。要催吗？",
                "催一催",
                change=False,
            )
        await step(s, status, "escalate", "顾客催办，已升级处理")
        first = "首次答复已经超时，是我们不对，" if status.overdue else ""
        s.say(
            f"{first}已经替您催了：{status.number}（{status.subject}）提高了优先级。{status.next_step}", NEXT
        )


class AddToComplaint(Task):
    """What is added stands in the complaint word for word."""

    topic = "add_to_complaint"
    intent = "add_to_complaint"
    title = "补充投诉内容"
    left = "好的，没有补充。"

    async def script(self, s: Script) -> None:
        told = s.heard is not None and s.state.asked is None and not asks(s.heard.text)
        if told and s.heard is not None and len(ROUND_IT.sub("", s.heard.text)) >= TOLD:
            s.given("text", s.heard.text)
        status = await pick_complaint(s, "要补充哪一件？", OPEN, "您现在没有在处理的投诉，可以新登记一件。")
        text = s.words("text", f"要给 {status.number}（{status.subject}）补充什么？直接写给我。", least=LEAST)
        await add_words(s, status, text)


class ReopenComplaint(Task):
    """Answered or closed, and not settled: it goes on where it was."""

    topic = "reopen_complaint"
    intent = "reopen_complaint"
    title = "重新打开投诉"
    left = "好的，没有重新打开。"
    ended: ClassVar[frozenset[str]] = frozenset(ENDED)

    async def script(self, s: Script) -> None:
        status = await pick_complaint(
            s, "要重新处理哪一件？", self.ended, "没有已经答复或结案的投诉可以重新打开。"
        )
        why = s.words("why", f"{status.number}（{status.subject}）还有哪里没解决？")
        s.confirm(f"重新打开 {status.number}，原因：{why}。可以吗？", "确认")
        await step(s, status, "reopen", f"顾客要求重新处理：{why}")
        s.say(f"已经重新打开 {status.number}，接着原来的处理，您不用再说一遍。", NEXT)


class WithdrawComplaint(Task):
    """The wish is noted and confirmed by the person in charge: nothing is closed behind anybody's back."""

    topic = "withdraw_complaint"
    intent = "withdraw_complaint"
    title = "撤销投诉"
    left = "好的，投诉没有撤销，会接着处理。"

    async def script(self, s: Script) -> None:
        status = await pick_complaint(s, "要撤销哪一件？", OPEN, "您现在没有在处理的投诉。")
        s.confirm(f"撤销 {status.number}（{status.subject}），确定吗？", "确定撤销", change=False)
        await step(s, status, "note", "顾客要求撤销投诉")
        s.say(
            f"已经把撤销 {status.number} 的要求交给处理人员，由他们结案。改主意了，结案前后都可以告诉我。",
            {"投诉进度": "/ask_complaint_status"},
        )


class Appeal(SourcedAction):
    """The right of appeal: when it begins, and what it takes."""

    topic = "appeal"
    intent = "ask_appeal"
    title = "问申诉"

    async def tell(self, call: Call, session: AsyncSession, customer: CustomerId) -> Events:
        status = await call.runtime.source.complaint(
            session, customer, call.entity("complaint_number"), call.now
        )
        rule = "投诉满 15 天没有结果，您有权向主管部门申诉（电信业务是工信部的电信用户申诉受理中心）。"
        if status is None or status.state in ENDED:
            call.say(f"{rule}您现在没有在处理的投诉。", buttons=FILE)
            return []
        if status.may_appeal:
            state = f"您的 {status.number}（{status.subject}）已满 15 天，现在就可以申诉，"
            state += "申诉时带上这个编号和我们的答复。没有按时办好，对不起。"
        else:
            start = moment(status.appeal_from, call.time_zone, call.now)
            state = f"您的 {status.number}（{status.subject}）从{start}起可以申诉。在那之前我可以帮您催办。"
        call.say(rule + state, buttons={"催一催": "/urge_complaint", **NEXT})
        return []
