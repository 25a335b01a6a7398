"""Yes, no, words of one's own, and 刚才说的那个: the answers to a notice."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import replace
from typing import ClassVar

from rasa_sdk.events import FollowupAction, SlotSet

from actions.base import Call, CustomerAction, Events
from actions.notices.memory import ASKING, Notice, awaiting, closed, meant
from actions.notices.steps import Step, carry_out, step_of
from actions.tasks.consent import is_yes
from actions.tasks.script import BARE

MENU = {"查积分": "/ask_points", "查余额": "/ask_balance", "投诉进度": "/ask_complaint_status"}
PERSON = {"转人工": "/request_human"}
SCORE = re.compile(r"^\s*([1-5一二三四五])\s*(?:[分星颗]\s*)?[。.!！]*$")
DO_IT = re.compile(r"帮我|给我办|办了|办吧|弄吧|弄了|就按|照办")
"""刚才说的那个帮我办了吧 is more than a question."""
CHINESE = {c: n for n, c in enumerate("零一二三四五")}
FORMS = ("task_form", "identity_form")


class _Answer(CustomerAction, ABC):
    """An answer to the notice that waits for one; where none does, `otherwise` is said."""

    otherwise: ClassVar[str]

    async def answer(self, call: Call) -> Events:
        notice = awaiting(call)
        step = step_of(notice)
        if notice is None or step is None:
            return [*closed(), FollowupAction(self.otherwise)]
        return await self.reply(call, notice, step)

    @abstractmethod
    async def reply(self, call: Call, notice: Notice, step: Step) -> Events:
        """What comes of it, and that the notice waits no longer."""


class NoticeYes(_Answer):
    """好的, or the first button: what the notice offered begins."""

    topic = "notice_yes"
    otherwise = "utter_affirm"

    async def reply(self, call: Call, notice: Notice, step: Step) -> Events:
        if notice.trigger in ASKING and call.text and not is_yes(call.text, ""):
            return await _words(call, notice, step)
        return [*closed(), *await carry_out(call, step.yes(notice.facts))]


class NoticeNo(_Answer):
    """A no ends it: nothing is asked, nothing offered."""

    topic = "notice_no"
    otherwise = "utter_deny"

    async def reply(self, call: Call, notice: Notice, step: Step) -> Events:
        if notice.trigger in ASKING and len(call.text) > BARE:
            return await _words(call, notice, step)
        if step.no is not None and call.intent == "deny" and (wish := step.no(notice.facts)) is not None:
            return [*closed(), *await carry_out(call, wish, reading=False)]
        call.say("好的，知道了。需要的时候随时找我。")
        return closed()


class NoticeWords(_Answer):
    """To a notice that asks (why, or how it was) any words are an answer."""

    topic = "notice_words"
    otherwise = "utter_default"

    async def reply(self, call: Call, notice: Notice, step: Step) -> Events:
        return await _words(call, notice, step)


async def _words(call: Call, notice: Notice, step: Step) -> Events:
    wish = step.yes(notice.facts)
    values = {**wish.values, **_said(notice.trigger, call.text)}
    return [*closed(), *await carry_out(call, replace(wish, values=values), reading=False)]


def _said(trigger: str, text: str) -> dict[str, str | int]:
    """The words as the task's first answer: a score, what is said about the service, or the reason."""
    if trigger != "survey":
        return {"pick": text}
    if (score := SCORE.match(text)) is None:
        return {"words": text}
    said = score.group(1)
    return {"pick": int(said) if said.isdigit() else CHINESE[said]}


class AskNotice(CustomerAction):
    """刚才说的那个: what the notice was about, told to who has proved who they are."""

    topic = "ask_notice"

    async def answer(self, call: Call) -> Events:
        notice = meant(call)
        step = step_of(notice)
        if notice is None or step is None:
            call.say("最近几天没有给您发过通知。您想问哪件事？", buttons={**MENU, **PERSON})
            return []
        wish = step.yes if DO_IT.search(call.text) else step.again
        events = await carry_out(call, wish(notice.facts), reading=False)
        begun = any(event["event"] == "followup" and event["name"] in FORMS for event in events)
        return events if begun else [*events, SlotSet("notice_waits", True)]
