"""A notice has gone out: it is remembered, and nothing is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import structlog
from rasa_sdk.events import SlotSet

from actions.base import Call, CustomerAction, Events
from actions.notices.memory import Notice, remember, remembered
from actions.tasks.state import STALE, TaskState

log = structlog.get_logger(__name__)


class OpenNotice(CustomerAction):
    """The notice's text stands in the conversation already."""

    topic = "notice"

    async def answer(self, call: Call) -> Events:
        notice = Notice.of(call)
        if notice is None:
            log.error("notice_without_facts", intent=call.intent, conversation=call.conversation)
            return []
        others = [known for known in remembered(call) if known.care_id != notice.care_id]
        return [*remember([notice, *others], waits=True), *_asked_once_more(call)]


def _asked_once_more(call: Call) -> Events:
    """A task before its final yes: a bare 好的 may now be meant for the notice."""
    state = TaskState.in_slot(call.slots.get("task"))
    if state is None or state.asked != "confirm":
        return []
    before = call.now - STALE - timedelta(minutes=1)
    return [SlotSet("task", replace(state, at=before.isoformat()).as_slot())]
