"""Actions against a real database, called as the brain calls them."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk.executor import ActionExecutor
from sqlalchemy import make_url

from actions import runtime
from actions.host import make_executor
from actions.runtime import Runtime, make_runtime
from bot.kit.clock import FakeClock
from bot.kit.ids import CustomerId, IdentityId
from bot.kit.settings import Settings
from bot.migrations import upgrade
from bot.store.customers.service import NewCustomer, add_customer
from bot.store.identities.service import ensure_identity
from bot.store.identities.sms import recent_demo_sms

PHONE = "13800138000"


@dataclass
class Customer:
    """A visitor who talks to the actions; slots live here as they would in the tracker."""

    runtime: Runtime
    executor: ActionExecutor
    clock: FakeClock
    identity: IdentityId
    slots: dict[str, Any] = field(default_factory=dict)
    said: list[dict[str, Any]] = field(default_factory=list)
    followup: str | None = None

    async def call(
        self,
        action: str,
        text: str = "",
        intent: str = "inform",
        entities: dict[str, Any] | None = None,
        *,
        message_id: str = "m-1",
        emotion: str = "calm",
        sure: float = 0.9,
        parts: list[dict[str, Any]] | None = None,
        after: str | None = None,
    ) -> list[dict[str, Any]]:
        """Run one action on the customer's message, `after` another; its events are applied to the slots."""
        events = [{"event": "user"}, {"event": "action", "name": after}] if after else []
        message = {
            "text": text,
            "intent": {"name": intent, "confidence": sure},
            "entities": [{"entity": name, "value": value} for name, value in (entities or {}).items()],
            "message_id": message_id,
            "emotion": {"label": emotion, "score": 0.9},
            "parts": parts or [],
            "metadata": {"identity": self.identity, "time_zone": "Asia/Shanghai"},
        }
        tracker = {"sender_id": "c-test", "slots": self.slots, "latest_message": message, "events": events}
        result = await self.executor.run({"next_action": action, "tracker": tracker, "domain": {}})
        assert result is not None
        self.said = result.responses
        self.followup = None
        for event in result.events:
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
            elif event["event"] == "followup":
                self.followup = event["name"]
        return result.events

    async def answer(self, text: str, intent: str = "inform", **entities: Any) -> list[dict[str, Any]]:
        """Answer the identity form's question."""
        return await self.call("validate_identity_form", text, intent, entities)

    async def code(self) -> str:
        """The newest code on the demo phone."""
        await self.runtime.sms.drain()
        async with self.runtime.database.read() as session:
            newest = (await recent_demo_sms(session, 1))[0]
        return "".join(c for c in newest.text.split("验证码是")[1][:8] if c.isdigit())

    async def texts_sent(self) -> int:
        await self.runtime.sms.drain()
        async with self.runtime.database.read() as session:
            return len(await recent_demo_sms(session, 50))

    def pass_time(self, **delta: float) -> None:
        self.clock.advance(timedelta(**delta))


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database file, made once and copied for each test."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("store"))
    upgrade(settings.database)
    made = make_url(settings.database).database
    assert made is not None
    return Path(made)


@pytest.fixture
async def visitor(tmp_path: Path, empty_store: Path) -> AsyncIterator[Customer]:
    clock = FakeClock()
    settings = Settings(data_dir=tmp_path)
    shutil.copy(empty_store, tmp_path / empty_store.name)
    made = make_runtime(settings, clock)
    runtime.use(made)
    async with made.database.write() as session:
        await add_customer(session, NewCustomer("王小明", phone=PHONE, member_number="HM10000017"), clock())
        identity = await ensure_identity(session, "web", "default", "visitor:1", clock())
    yield Customer(made, make_executor(), clock, identity)
    runtime.use(None)
    await made.close()


@pytest.fixture
async def customer_id(visitor: Customer) -> CustomerId:
    from bot.store.customers.service import find_customer

    async with visitor.runtime.database.read() as session:
        found = await find_customer(session, PHONE)
    assert found is not None
    return found.customer_id


async def prove(visitor: Customer) -> None:
    """Go through the form to the end."""
    visitor.slots["requested_slot"] = "identity_number"
    await visitor.answer(PHONE)
    visitor.slots["requested_slot"] = "code"
    await visitor.answer(await visitor.code())
    assert visitor.slots["code"] == "checked"
