"""The one form of all tasks: reads each message against the task's question, and asks it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from rasa_sdk.events import SlotSet

from actions.base import Call, CustomerAction, Events, ask_identity
from actions.notices.memory import OPENING
from actions.notices.stop import refuses_messages
from actions.tasks import consent
from actions.tasks.consent import Reply
from actions.tasks.heard import CERTAIN, NO_REQUEST, NOT_NOW, Heard
from actions.tasks.script import CONFIRM, STOP
from actions.tasks.state import PARKED, Question, TaskState
from actions.tasks.task import Played, Task, ended, is_sure, play, task_named

LEAVE = frozenset({"request_human", "goodbye"})
LONG_AGO = timedelta(hours=6)
NOTICE, BUTTON_OF_A_NOTICE = "EXTERNAL_", "care_"
ANOTHER_DAY = re.compile(
    r"提醒|通知|再说|再弄|再办|改天|改日|明天|明儿|后天|周|星期|礼拜|月|小时|分钟|钟头|以后"
)
"""What puts a thing off; 等一下 and 稍等 only want a moment."""
SHORT = 16
"""A refusal of messages is short; a longer text may be the story that was asked for."""
OWN = ("action_resume_pending", "action_several")
"""Actions that begin tasks themselves: what follows is no return to one."""
UNCLEAR = ("抱歉，我没看明白。", "抱歉，还是没看明白，您可以点下面的按钮，或者请人工客服来。")
PERSON = {"转人工": "/request_human"}


class ValidateTaskForm(CustomerAction):
    """Moves the task on. No slot set: the message was about something else, and is answered first."""

    def name(self) -> str:
        return "validate_task_form"

    async def answer(self, call: Call) -> Events:
        state = TaskState.in_slot(call.slots.get("task"))
        if state is None:
            return [SlotSet("task", None), SlotSet("requested_slot", None)]
        if call.answered_by is not None:
            return [SlotSet("task", state.as_slot())]
        task, heard = task_named(state.name), Heard(call.parse)
        if _is_about_a_notice(call, state, heard):
            return []
        left = self._left(call, task, state, heard)
        if left is not None:
            return left
        played = await play(task, call, replace(state, lead="", quiet=False), heard)
        if not played.proved:
            return [*ask_identity(call, task.name()), SlotSet("requested_slot", None)]
        if played.state is None:
            return _closed(ended(state))
        if played.understood:
            return [SlotSet("task", played.state.as_slot())]
        return self._not_read(call, task, played, heard)

    def _left(self, call: Call, task: Task, state: TaskState, heard: Heard) -> Events | None:
        """Never mind, or a moment please; a person and a goodbye are left to their rules (no events)."""
        agrees = state.asked == CONFIRM and heard.text and _reply(state, heard) is Reply.YES
        if agrees and not (state.is_parked and heard.resumes):
            return None  # 就这样吧 is a yes here, and a goodbye anywhere else
        if _gives_up(task, state, heard):
            call.say(task.left)
            return _closed(ended(state))
        if state.is_parked and heard.resumes:
            return [SlotSet("task", replace(state, lead="好，接着来。", asides=0, tries=0).as_slot())]
        if heard.intent in LEAVE and is_sure(heard) and not heard.is_bare_amount:
            return []
        if heard.intent == "snooze" and is_sure(heard) and NOT_NOW.search(heard.text):
            return _waiting(state)
        return None

    def _not_read(self, call: Call, task: Task, played: Played, heard: Heard) -> Events:
        state = played.state
        assert state is not None
        if state.asked == CONFIRM and consent.waits(heard.text) and _reply(state, heard) is Reply.CONDITION:
            return _waiting(state)
        if state.asked == CONFIRM and heard.text and (said := _not_yet(task, state, heard)):
            asking = replace(state.question, buttons=_and_person(state.question)) if state.question else None
            return [SlotSet("task", replace(state, lead=said, question=asking, tries=0).as_slot())]
        if heard.intent == state.name or heard.intent in task.kin:
            return [SlotSet("task", state.as_slot())]
        if heard.intent not in NO_REQUEST and is_sure(heard):
            return []
        if heard.intent in ("affirm", "deny") and call.slots.get("notice_waits"):
            return []
        state = replace(state, lead=UNCLEAR[min(state.tries, 1)], tries=state.tries + 1)
        if state.tries > 1 and state.question:
            state = replace(state, question=_with_person(state.question))
        return [SlotSet("task", state.as_slot())]


class AskStep(CustomerAction):
    """Says the task's question; what has to be said before it is said once."""

    topic = "ask_step"

    async def answer(self, call: Call) -> Events:
        state = TaskState.in_slot(call.slots.get("task"))
        question = state.question if state else None
        if state is None or question is None:
            return [SlotSet("task", None), SlotSet("requested_slot", None)]
        if call.answered_by == OPENING:
            return []
        aside = state.back or call.answered_by not in (None, f"action_{state.name}", *OWN)
        state = replace(state, back=False, asides=state.asides + aside)
        _ask(call, state, question, aside=aside)
        return [SlotSet("task", replace(state, lead="", quiet=False, at=call.now.isoformat()).as_slot())]


class LeaveTask(CustomerAction):
    """Forgets the task and all that wait below it: the customer wants a person, or is gone."""

    topic = "leave_task"

    async def answer(self, call: Call) -> Events:
        return [SlotSet("task", None)]


def _ask(call: Call, state: TaskState, question: Question, *, aside: bool) -> None:
    """Ask the task's question; in brief where it has just been read, and not again and again."""
    title = task_named(state.name).title
    if state.quiet:
        call.say(state.lead)
    elif aside and state.asides > PARKED:
        return
    elif aside and state.is_parked:
        call.say(f"「{title}」给您留着，想接着办就说“继续”。", buttons={"继续": "继续", **STOP})
    elif aside:
        call.say(
            f"接着刚才的「{title}」。\n{question.brief}", buttons=question.buttons, number=question.number
        )
    elif state.tries:
        call.say(f"{state.lead}\n{question.brief}", buttons=question.buttons, number=question.number)
    else:
        long_ago = call.now - datetime.fromisoformat(state.at) > LONG_AGO
        lead = state.lead or (f"您之前的「{title}」还没办完，我们接着来。" if long_ago else "")
        call.say(
            f"{lead}\n{question.text}" if lead else question.text,
            buttons=question.buttons,
            number=question.number,
        )


def _gives_up(task: Task, state: TaskState, heard: Heard) -> bool:
    """算了, 取消吧; and 不要了, where something is to be chosen or confirmed."""
    if state.asked == CONFIRM and heard.text and _reply(state, heard) is not Reply.NO:
        return heard.intent in task.quits and is_sure(heard) and not consent.asks(heard.text)
    short = len(heard.text) <= 12 and is_sure(heard)
    if heard.intent == "cancel" and (not heard.text or short or heard.sure >= CERTAIN):
        return True
    if heard.gives_up or (heard.intent in task.quits and is_sure(heard)):
        return True
    chooses = state.question is not None and bool(state.question.options)
    return heard.wants_none and (chooses or state.asked == CONFIRM)


def _is_about_a_notice(call: Call, state: TaskState, heard: Heard) -> bool:
    """A notice, or an answer to one that its rule looks after: not the task's question."""
    if heard.intent is not None and heard.intent.startswith((NOTICE, BUTTON_OF_A_NOTICE)):
        return True
    if not call.slots.get("notice_known") or not is_sure(heard):
        return False
    if heard.intent == "snooze":
        return ANOTHER_DAY.search(heard.text) is not None
    refuses = heard.intent == "privacy_optout" and state.name != "privacy_optout"
    return refuses and len(heard.text) <= SHORT and refuses_messages(heard.text)


def _reply(state: TaskState, heard: Heard) -> Reply:
    """What it says to what is shown; the yes is the first button."""
    assert state.question is not None
    return heard.reply(next(iter(state.question.buttons), ""), "")


def _not_yet(task: Task, state: TaskState, heard: Heard) -> str:
    """What is said to what is neither yes nor no, before all is shown again; "" leaves it to its rule."""
    assert state.question is not None
    reply, yes = _reply(state, heard), next(iter(state.question.buttons))
    if reply is Reply.QUESTION:
        for pattern, answer in task.told:
            if pattern.search(heard.text):
                return f"{answer}还没有办，您再看一下："
    own = heard.intent == state.name or heard.intent in task.kin
    if not own and heard.intent not in NO_REQUEST and is_sure(heard):
        return ""
    if heard.intent == "several_requests":
        return ""
    if reply is Reply.QUESTION:
        return "这个我手里没有准确的说法，不想说错，可以请同事告诉您。还没有办，您再看一下："
    if reply is Reply.CONDITION:
        return f"带条件的我不能先替您定。还没有办；就按下面办的话，说“{yes}”："
    if reply is Reply.PART:
        return "您想改成怎样，直接告诉我，比如换成哪个、多少。现在要办的还是这样，还没有办："
    return f"我不能肯定您是同意，还没有办。就按下面办的话，说“{yes}”："


def _and_person(question: Question) -> dict[str, str]:
    """The buttons, and a person to ask."""
    return dict([*list(question.buttons.items())[:3], *PERSON.items()])


def _waiting(state: TaskState) -> Events:
    waiting = replace(state, lead="好的，不急。您好了直接接着说就行。", quiet=True)
    return [SlotSet("task", waiting.as_slot())]


def _closed(events: Events) -> Events:
    """`ended` in the form itself: it goes on with what waits below, or closes."""
    if events[0]["value"] is not None:
        return events[:1]
    return [events[0], SlotSet("requested_slot", None)]


def _with_person(question: Question) -> Question:
    kept = list(question.buttons.items())[:3]
    return replace(question, buttons={**dict(kept), **PERSON})
