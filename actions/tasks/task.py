"""The base of every task: how it begins, how a message moves it on, how it ends."""

from __future__ import annotations

import hashlib
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar

from rasa_sdk.events import FollowupAction, SlotSet

from actions.base import Call, CustomerAction, Events, ask_identity, named
from actions.tasks.heard import SURE, Heard
from actions.tasks.script import CONFIRM, Again, Asks, Script, Stop
from actions.tasks.state import TaskState
from bot.kit.ids import CustomerId
from bot.store.access.service import open_own_data
from bot.store.identities.service import Access, access
from bot.store.requests.service import was_done

FORM = "task_form"
REPLAYS = 5
"""So often may a script take back a choice in one turn before that counts as a bug."""


@dataclass(frozen=True, slots=True)
class Played:
    """One run of a script: the state it is in now, None when it is over."""

    state: TaskState | None
    understood: bool
    proved: bool = True


class Task(CustomerAction, ABC):
    """`action_<topic>` begins it; `title` is what it is called: 刚才的「兑换积分」."""

    goes_on = True
    personal: ClassVar[bool] = True
    """Whether it needs the proof of who the customer is."""
    left: ClassVar[str] = "好的，先不办了，什么都没有动。需要时再找我。"
    kin: ClassVar[frozenset[str]] = frozenset()
    """Intents that, while this task is open, are said about it: 换到后天 to a time that is being chosen."""
    quits: ClassVar[frozenset[str]] = frozenset()
    """Intents that, while this task is open, end it: 取消预约 before anything was booked."""
    replaces: ClassVar[frozenset[str]] = frozenset()
    """Tasks that are over when this one begins: who cancels a visit no longer moves it."""

    told: ClassVar[tuple[tuple[re.Pattern[str], str], ...]] = ()
    """What is often asked before the yes, and what is true of every such task."""

    @abstractmethod
    async def script(self, s: Script) -> None:
        """Ask, check, confirm, do, tell. Returning ends the task."""

    def trusts(self, call: Call, seen: Access) -> CustomerId | None:
        """For whom a personal task that tells nothing may act without proof; None: it needs the proof."""
        return None

    async def answer(self, call: Call) -> Events:
        """Begin, with whatever the customer's message already says."""
        before = TaskState.in_slot(call.slots.get("task"))
        heard = Heard(call.parse)
        if before and before.name == self.topic:
            state = before
        else:
            key = hashlib.sha256(f"{call.conversation}:{call.message_id}:{self.topic}".encode()).hexdigest()
            state = TaskState(self.topic, key[:40], call.now.isoformat()).above(self._left_below(before))
        played = await play(self, call, state, heard)
        if not played.proved:
            return ask_identity(call, self.name())
        if played.state is not None:
            return [SlotSet("task", played.state.as_slot()), FollowupAction(FORM)]
        return ended(state)

    def _left_below(self, before: TaskState | None) -> TaskState | None:
        while before is not None and before.name in self.replaces:
            before = before.below
        return before


def ended(state: TaskState) -> Events:
    """After a task: back to the one that waits below it, or nothing more to ask."""
    if state.below is None:
        return [SlotSet("task", None), FollowupAction("action_listen")]
    below = replace(state.below, lead="", back=True)
    return [SlotSet("task", below.as_slot()), FollowupAction(FORM)]


async def play(task: Task, call: Call, state: TaskState, heard: Heard | None) -> Played:
    """Run the script on the state and the customer's message; each run is one transaction.

    What a script wrote before it stopped or took back a choice is rolled back.
    """
    for _ in range(REPLAYS):
        try:
            return await _read(task, call, state, heard)
        except Again as again:
            state, heard = replace(state.without(*again.names), lead=again.lead), None
        except Stop as stop:
            call.say(stop.words or task.left, buttons=None if state.below else stop.buttons)
            return Played(None, understood=True)
    raise AssertionError(f"The script of {task.topic} takes back its choices without end.")


async def _read(task: Task, call: Call, state: TaskState, heard: Heard | None) -> Played:
    """The message as the answer to what was asked; else as a correction, of the latest value first."""
    played = await _run(task, call, state, heard)
    if heard is None or state.asked is None or played.understood:
        return played
    for name in reversed(list(state.values)):
        corrected = await _run(task, call, state, heard, name)
        if corrected.understood:
            return corrected
    return await _run(task, call, state, heard, last=True)


async def _run(
    task: Task,
    call: Call,
    state: TaskState,
    heard: Heard | None,
    correcting: str | None = None,
    *,
    last: bool = False,
) -> Played:
    async with call.runtime.database.write() as session:
        customer: CustomerId | None = None
        if task.personal:
            seen = await access(session, call.identity, call.now)
            if seen.verified:
                customer = await open_own_data(session, seen, task.topic, call.now)
            elif (customer := task.trusts(call, seen)) is None:
                return Played(state, understood=True, proved=False)
        repeated = state.asked == CONFIRM and await was_done(session, state.key)
        script = Script(call, session, customer, state, heard, correcting, last=last, repeated=repeated)
        try:
            await task.script(script)
        except Asks:
            return Played(script.state, script.understood)
        return Played(None, understood=True)


def task_named(name: str) -> Task:
    """The task whose topic is `name`."""
    found = named(f"action_{name}")
    assert isinstance(found, Task)
    return found


def is_sure(heard: Heard) -> bool:
    return heard.sure >= SURE
