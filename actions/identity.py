"""Proving who one is: number, one-time code, and back to what was asked.

The brain's `identity_form` asks for `identity_number` and `code`; this module reads the answers. What the
form should say next stands in the slot `prompt`, so that every turn says one thing.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from rasa_sdk.events import FollowupAction, SlotSet

from actions.base import Call, CustomerAction, Events, named
from actions.notices.memory import OPENING
from actions.several import Wish, answer_all, called
from bot.kit.clock import zone
from bot.kit.errors import BadInput
from bot.store.customers.numbers import read_number
from bot.store.identities.codes import (
    Challenge,
    Expired,
    Locked,
    TooManyCodes,
    Wrong,
    check_code,
    start_verification,
)
from bot.store.identities.service import Verified, access

SIX_DIGITS = re.compile(r"(?<!\d)\d(?:[ -]?\d){5}(?!\d)")
SOME_DIGITS = re.compile(r"\d(?:[ -]?\d){3,}")

STORIES = ("action_file_complaint", "action_dispute_charge")
"""What begins with a story; one that is told before the proof is kept for it."""
TELLING = frozenset({"feedback_dissatisfied", "file_complaint", "dispute_charge", "inform", "nlu_fallback"})
LEAST_STORY = 6
ASK_AGAIN = {"重新发送": "/resend_code", "算了": "/cancel"}
GIVE_UP = {"算了": "/cancel", "转人工": "/request_human"}


class AskIdentityNumber(CustomerAction):
    """Asks for the phone or member number."""

    topic = "ask_identity_number"

    async def answer(self, call: Call) -> Events:
        if call.answered_by == OPENING:
            return []
        pending = [each["action"] for each in call.slots.get("pending_action") or ()]
        topic = "、".join(title for name in pending if (title := called(name))) or "办理"
        call.say(
            call.slots.get("prompt")
            or f"{topic}前要先确认是您本人。请发我您登记的手机号或会员号（HM 开头），我给您发一条验证码。",
            buttons=GIVE_UP,
        )
        return [SlotSet("prompt", None)]


class AskCode(CustomerAction):
    """Asks for the code that was sent."""

    topic = "ask_code"

    async def answer(self, call: Call) -> Events:
        if call.answered_by == OPENING:
            return []
        call.say(call.slots.get("prompt") or "请输入短信里的 6 位验证码。", buttons=ASK_AGAIN)
        return [SlotSet("prompt", None)]


class ValidateIdentityForm(CustomerAction):
    """Reads what the customer answered to the form. No slot set: this was no answer to the question."""

    def name(self) -> str:
        return "validate_identity_form"

    async def answer(self, call: Call) -> Events:
        asked = call.slots.get("requested_slot")
        if asked == "code":
            return await self._code(call)
        number = _number_in(call)
        if number is not None:
            return await _send_code(call, number)
        if SOME_DIGITS.search(call.text):
            return _ask_again(
                "identity_number",
                "这好像不是手机号或会员号。手机号是 11 位数字，会员号以 HM 开头，请再发一次。",
            )
        return _story_kept(call, "identity_number", "请发我您登记的手机号或会员号，")

    async def _code(self, call: Call) -> Events:
        if call.intent == "resend_code":
            return await _send_code(call, call.slots.get("identity_number") or "")
        if (number := _number_in(call)) is not None:
            return await _send_code(call, number)
        if found := SIX_DIGITS.search(call.text):
            return await self._check(call, found.group())
        if re.search(r"\d", call.text):
            return _ask_again("code", "验证码是短信里的 6 位数字，请再看一下。")
        return _story_kept(call, "code", "请把短信里的 6 位验证码发给我，")

    async def _check(self, call: Call, code: str) -> Events:
        async with call.runtime.database.write() as session:
            outcome = await check_code(session, call.identity, code, call.now, call.runtime.codes)
        call.runtime.proofs.checked(outcome)
        match outcome:
            case Verified():
                return [SlotSet("code", "checked"), SlotSet("prompt", None)]
            case Wrong(tries_left):
                return _ask_again("code", f"验证码不对，您还可以试 {tries_left} 次。")
            case Locked(until):
                call.say(_locked(call, until), buttons={"转人工": "/request_human"})
                return _leave()
            case Expired():
                return await _send_code(call, call.slots.get("identity_number") or "")


class ResumePending(CustomerAction):
    """After the proof, goes back to what was asked."""

    topic = "resume_pending"

    async def answer(self, call: Call) -> Events:
        pending = call.slots.get("pending_action") or []
        proved = call.slots.get("code") == "checked"
        forgotten = dict.fromkeys(("identity_number", "code", "prompt", "pending_action"))
        events: Events = [SlotSet(slot, None) for slot in forgotten]
        if not proved:
            return [*events, SlotSet("task", None)]
        if pending:
            wishes = [Wish(named(each["action"]), each["parse"]) for each in pending]
            answered = await answer_all(replace(call, slots={**call.slots, **forgotten}), wishes)
            return [*events, *_then_the_open_task(call, answered)]
        async with call.runtime.database.read() as session:
            seen = await access(session, call.identity, call.now)
        call.say(f"验证通过，{seen.name or ''}您好。请问要办什么？", buttons=MENU)
        return events


def _then_the_open_task(call: Call, answered: Events) -> Events:
    """A task that was interrupted by the question goes on: its form closed when the proof was asked for."""
    slots = {event["name"]: event["value"] for event in answered if event["event"] == "slot"}
    follows = any(event["event"] == "followup" and event["name"] != "action_listen" for event in answered)
    if follows or not slots.get("task", call.slots.get("task")):
        return answered
    return [*(event for event in answered if event["event"] != "followup"), FollowupAction("task_form")]


MENU = {"查积分": "/ask_points", "查余额": "/ask_balance", "投诉进度": "/ask_complaint_status"}


class Identity(CustomerAction):
    """The customer wants to prove who they are without asking for anything yet.

    After a notice that said 验证身份后告诉您 it is what the notice was about.
    """

    topic = "identity"

    async def answer(self, call: Call) -> Events:
        async with call.runtime.database.read() as session:
            seen = await access(session, call.identity, call.now)
        if seen.verified:
            call.say("您已经通过验证了，可以直接问我积分、余额和投诉进度。", buttons=MENU)
            return []
        if call.slots.get("notice_waits"):
            return await named("action_ask_notice").answer(call)
        return [SlotSet("pending_action", None), FollowupAction("identity_form")]


def _story_kept(call: Call, slot: str, ask: str) -> Events:
    """Who tells what happened before the proof need not tell it again; no events: it was no story."""
    pending = list(call.slots.get("pending_action") or ())
    waiting = next((each for each in pending if each["action"] in STORIES), None)
    if waiting is None or call.intent not in TELLING or len(call.text) < LEAST_STORY:
        return []
    told = f"{waiting['parse'].get('text') or ''}，{call.text}".removeprefix("，")
    kept = {**waiting, "parse": {**waiting["parse"], "text": told}}
    return [
        SlotSet("pending_action", [kept if each is waiting else each for each in pending]),
        *_ask_again(slot, f"记下了。{ask}确认是您本人后，您说的这些会一起登记，不用再说一遍。"),
    ]


async def _send_code(call: Call, number: str) -> Events:
    try:
        async with call.runtime.database.write() as session:
            outcome = await start_verification(
                session, call.identity, number, call.now, call.runtime.codes, call.origin.get("address")
            )
    except BadInput as error:
        return _ask_again("identity_number", error.message)
    call.runtime.proofs.asked(outcome)
    match outcome:
        case Challenge(sent_to=sent_to):
            call.runtime.sms.post(outcome.sms)
            minutes = int(call.runtime.codes.life.total_seconds() // 60)
            prompt = (
                f"验证码已发往 {sent_to} 登记的手机（如果这个号码在我们这里登记过），{minutes} 分钟内有效。"
                "请把 6 位数字发给我。"
            )
            return [SlotSet("identity_number", number), SlotSet("code", None), SlotSet("prompt", prompt)]
        case TooManyCodes(retry_at):
            call.say(
                f"验证码发得太频繁了，请在 {_clock_time(call, retry_at)} 之后再试，我都在。",
                buttons={"转人工": "/request_human"},
            )
            return _leave()
        case Locked(until):
            call.say(_locked(call, until), buttons={"转人工": "/request_human"})
            return _leave()


def _number_in(call: Call) -> str | None:
    """The phone or member number in the last message."""
    for candidate in (call.entity("phone", "member_number"), call.text):
        if isinstance(candidate, str) and read_number(candidate) is not None:
            return candidate
    return None


def _ask_again(slot: str, prompt: str) -> Events:
    return [SlotSet(slot, None), SlotSet("prompt", prompt)]


def _leave() -> Events:
    """End the form: nothing was proved, nothing stays pending."""
    slots: dict[str, Any] = dict.fromkeys(("identity_number", "code", "prompt", "pending_action"))
    return [*(SlotSet(slot, value) for slot, value in slots.items()), SlotSet("requested_slot", None)]


def _locked(call: Call, until: datetime) -> str:
    return f"验证码输错次数太多，为了您的账户安全，请在 {_clock_time(call, until)} 之后再试。"


def _clock_time(call: Call, moment: datetime) -> str:
    """14:05, or 明天14:05."""
    there, here = moment.astimezone(zone(call.time_zone)), call.now.astimezone(zone(call.time_zone))
    return f"{'' if there.date() == here.date() else '明天'}{there:%H:%M}"
