"""A customer who talks through a whole task: what the brain's form would call, in its order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.actions.conftest import Customer

Json = dict[str, Any]


class Talk:
    """`said` is everything the bot said to the last message; slots live in the customer."""

    def __init__(self, customer: Customer) -> None:
        self.customer = customer
        self.said: list[Json] = []
        self.asked = False
        """Whether a task waits for an answer."""
        self.passed_on = False
        """Whether the form left the message to the rules."""
        self.then: str | None = None
        self._messages = 0

    @property
    def text(self) -> str:
        return "\n".join(str(each["text"]) for each in self.said)

    @property
    def buttons(self) -> dict[str, str]:
        return {b["title"]: b["payload"] for b in self.said[-1].get("buttons") or ()} if self.said else {}

    async def begin(self, action: str, text: str = "", emotion: str = "calm", **entities: Any) -> str:
        """The customer's wish, as the rule for its intent answers it."""
        self._new_message()
        intent = action.removeprefix("action_")
        await self._call(action, text, intent, entities, emotion)
        if self.customer.followup == "task_form":
            await self._ask(text, intent, emotion)
        return self.text

    async def several(self, text: str, parts: list[Json]) -> str:
        """A message that the brain has taken apart."""
        self._new_message()
        message = f"m-{self._messages}"
        await self.customer.call("action_several", text, "several_requests", message_id=message, parts=parts)
        self.said += self.customer.said
        if self.customer.followup == "task_form":
            await self._ask(text, "several_requests")
        return self.text

    async def say(
        self, text: str, intent: str = "inform", emotion: str = "calm", sure: float = 0.9, **entities: Any
    ) -> str:
        """An answer in the middle of a task."""
        assert self.asked, "no task is waiting for an answer"
        self._new_message()
        events = await self._call("validate_task_form", text, intent, entities, emotion, sure)
        self.passed_on = not any(e["event"] == "slot" for e in events)
        if self.passed_on:
            return ""
        if self.customer.slots.get("requested_slot", "step") is None:
            self.asked, self.then = False, self.customer.followup
            self.customer.slots["requested_slot"] = "step"
        else:
            await self._ask(text, intent, emotion)
        return self.text

    async def aside(self, action: str, text: str, intent: str) -> str:
        """Something else in the middle of a task: its own action answers, and then the task asks."""
        assert await self.say(text, intent) == ""
        assert self.passed_on
        await self._call(action, text, intent, {})
        message = f"m-{self._messages}"
        await self.customer.call("action_ask_step", text, intent, message_id=message, after=action)
        self.said += self.customer.said
        return self.text

    async def resume(self) -> str:
        """After a proof of identity in the middle of a task."""
        self._new_message()
        await self._call("action_resume_pending", "123456", "inform", {})
        if self.customer.followup == "task_form":
            await self._ask("123456", "inform")
        return self.text

    async def press(self, title: str) -> str:
        """Press a button of the last message."""
        payload = self.buttons[title]
        name, brace, rest = payload.removeprefix("/").partition("{")
        entities: Mapping[str, Any] = json.loads(brace + rest) if brace else {}
        if name in ("inform", "affirm", "deny", "cancel"):
            return await self.say("", name, **entities)
        return await self.begin(f"action_{name}", "", **entities)

    async def _ask(self, text: str, intent: str, emotion: str = "calm") -> None:
        self.asked = True
        await self._call("action_ask_step", text, intent, {}, emotion)

    async def _call(
        self,
        action: str,
        text: str,
        intent: str,
        entities: Mapping[str, Any],
        emotion: str = "calm",
        sure: float = 0.9,
    ) -> list[Json]:
        events = await self.customer.call(
            action,
            text or f"/{intent}",
            intent,
            dict(entities),
            message_id=f"m-{self._messages}",
            emotion=emotion,
            sure=sure,
        )
        self.said += self.customer.said
        return events

    def _new_message(self) -> None:
        self._messages += 1
        self.said = []
