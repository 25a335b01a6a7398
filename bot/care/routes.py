"""HTTP of the operator's page, within the desk and its sign-in (docs/protocols/care-desk.md)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol, TypeVar

from pydantic import BaseModel

from bot.care.care import Care
from bot.care.deciding import REASONS
from bot.care.explain import Foreseen, customer_of, past
from bot.care.results import Results, results
from bot.care.settings import Setting, audit, is_paused, pause
from bot.care.testing import send_test
from bot.care.texts import WAY_OUT, check_text, masked, placeholders
from bot.kit.clock import iso
from bot.kit.errors import BadInput
from bot.store.access.service import log_access
from bot.store.customers.models import Customer

M = TypeVar("M", bound=BaseModel)
Role = Literal["agent", "supervisor", "admin"]
MOST_SAMPLES = 50


class Person(Protocol):
    """Who asks."""

    @property
    def name(self) -> str: ...


class Asking(Protocol):
    """A request of somebody who is signed in (bot.desk.http.Asking)."""

    @property
    def person(self) -> Person: ...

    def text(self, name: str) -> str: ...

    def query_number(self, name: str, default: int | None = None) -> int | None: ...

    def query_text(self, name: str) -> str | None: ...

    async def body(self, model: type[M]) -> M: ...


class Door(Protocol):
    """Lets people in by role (bot.desk.http.Door)."""

    def add(
        self, method: str, path: str, handler: Callable[[Any], Awaitable[Any]], role: Role = ...
    ) -> None: ...


class Switch(BaseModel):
    """`on` or `paused`, and why."""

    on: bool


class Pause(BaseModel):
    """Stop all, or go on."""

    paused: bool
    why: str = ""


class Text(BaseModel):
    """A text; None takes the trigger's own again."""

    text: str | None


class Share(BaseModel):
    """Percent of customers who are held out."""

    hold_out: int


class Whom(BaseModel):
    """A customer: member number, phone or id. `text`: not yet saved."""

    customer: str
    text: str | None = None


class CareRoutes:
    """Handlers about triggers, for supervisors and admins."""

    def __init__(self, care: Care) -> None:
        self._care = care

    def add_to(self, door: Door) -> None:
        for method, path, handler in (
            ("GET", "/care", self.overview),
            ("PUT", "/care/paused", self.pause),
            ("GET", "/care/triggers/{name}", self.one),
            ("PUT", "/care/triggers/{name}/on", self.switch),
            ("PUT", "/care/triggers/{name}/text", self.write),
            ("POST", "/care/triggers/{name}/check", self.check),
            ("PUT", "/care/triggers/{name}/hold_out", self.hold_out),
            ("GET", "/care/triggers/{name}/preview", self.preview),
            ("POST", "/care/triggers/{name}/test", self.test),
            ("GET", "/care/results", self.results),
            ("GET", "/care/explain", self.explain),
            ("GET", "/care/audit", self.audit),
        ):
            door.add(method, path, handler, "supervisor")

    async def overview(self, _asking: Asking) -> Any:
        """GET /api/desk/care"""
        async with self._care.database.read() as session:
            paused = await is_paused(session)
            triggers = [_setting(each) for each in await self._care.book.all(session)]
        return {"paused": asdict(paused) | {"at": _time(paused.at)}, "triggers": triggers, "reasons": REASONS}

    async def pause(self, asking: Asking) -> Any:
        """PUT /api/desk/care/paused"""
        wanted = await asking.body(Pause)
        async with self._care.database.write() as session:
            await pause(
                session,
                paused=wanted.paused,
                why=wanted.why,
                by=asking.person.name,
                now=self._care.clock(),
            )
        return await self.overview(asking)

    async def one(self, asking: Asking) -> Any:
        """GET /api/desk/care/triggers/{name}"""
        async with self._care.database.read() as session:
            return _setting(await self._care.book.one(session, asking.text("name")))

    async def switch(self, asking: Asking) -> Any:
        """PUT /api/desk/care/triggers/{name}/on"""
        wanted = await asking.body(Switch)
        name, by, now = asking.text("name"), asking.person.name, self._care.clock()
        async with self._care.database.write() as session:
            await self._care.book.switch(session, name, on=wanted.on, by=by, now=now)
        return await self.one(asking)

    async def write(self, asking: Asking) -> Any:
        """PUT /api/desk/care/triggers/{name}/text"""
        wanted = await asking.body(Text)
        name, by, now = asking.text("name"), asking.person.name, self._care.clock()
        async with self._care.database.write() as session:
            await self._care.book.write_text(session, name, wanted.text, by, now)
        return await self.one(asking)

    async def check(self, asking: Asking) -> Any:
        """POST /api/desk/care/triggers/{name}/check"""
        wanted = await asking.body(Text)
        async with self._care.database.read() as session:
            setting = await self._care.book.one(session, asking.text("name"))
        try:
            check_text(setting.trigger, wanted.text or "")
        except BadInput as error:
            return {"good": False, "problem": error.message}
        return {"good": True, "problem": None}

    async def hold_out(self, asking: Asking) -> Any:
        """PUT /api/desk/care/triggers/{name}/hold_out"""
        wanted = await asking.body(Share)
        name, by, now = asking.text("name"), asking.person.name, self._care.clock()
        async with self._care.database.write() as session:
            await self._care.book.hold_out(session, name, wanted.hold_out, by, now)
        return await self.one(asking)

    async def preview(self, asking: Asking) -> Any:
        """GET /api/desk/care/triggers/{name}/preview"""
        most = max(1, min(asking.query_number("most", 20) or 20, MOST_SAMPLES))
        now, by = self._care.clock(), asking.person.name
        async with self._care.database.write() as session:
            setting = await self._care.book.one(session, asking.text("name"))
            count, samples = await self._care.seer.preview(session, setting, now, most)
            for each in samples:
                why = f"主动关怀：预览{setting.trigger.title}"
                await log_access(session, each.customer, "care", now, why=why, reader="agent", name=by)
        return {
            "count": count,
            "samples": [
                {"member_number": each.member_number, "name": masked(each.name), **_foreseen(each.foreseen)}
                for each in samples
            ],
        }

    async def test(self, asking: Asking) -> Any:
        """POST /api/desk/care/triggers/{name}/test"""
        wanted = await asking.body(Whom)
        name, by = asking.text("name"), asking.person.name
        return await send_test(self._care, name, wanted.customer, wanted.text, by)

    async def results(self, asking: Asking) -> Any:
        """GET /api/desk/care/results"""
        now = self._care.clock()
        until = _moment(asking, "to") or now
        since = _moment(asking, "from") or until - timedelta(days=30)
        async with self._care.database.read() as session:
            found = await results(session, since, until)
        return {"from": iso(since), "to": iso(until), "triggers": [_results(each) for each in found]}

    async def explain(self, asking: Asking) -> Any:
        """GET /api/desk/care/explain"""
        now, by = self._care.clock(), asking.person.name
        async with self._care.database.write() as session:
            who = await customer_of(session, asking.query_text("customer") or "")
            await log_access(session, who, "care", now, why="主动关怀：看会发什么", reader="agent", name=by)
            settings = await self._care.book.all(session)
            seen = await self._care.seer.foresee(session, settings, [who], now)
            before = await past(session, who)
            row = await session.get_one(Customer, who)
        return {
            "customer": {"member_number": row.member_number, "name": masked(row.name)},
            "now": [_foreseen(each) for each in seen[who]],
            "past": [
                {
                    **asdict(each),
                    "planned_at": iso(each.planned_at),
                    "due_at": iso(each.due_at),
                    "sent_at": _time(each.sent_at),
                    "decisions": [
                        {"at": iso(at), "outcome": outcome, "reason": reason, "until": _time(until)}
                        for at, outcome, reason, until in each.decisions
                    ],
                }
                for each in before
            ],
        }

    async def audit(self, asking: Asking) -> Any:
        """GET /api/desk/care/audit"""
        async with self._care.database.read() as session:
            found = await audit(session, 100, asking.query_number("cursor"))
        lines = [asdict(each) | {"at": iso(each.at)} for each in found]
        return {"entries": lines, "next": str(found[-1].id) if len(found) == 100 else None}


def _setting(each: Setting) -> dict[str, Any]:
    trigger = each.trigger
    return {
        "name": trigger.name,
        "title": trigger.title,
        "audience": trigger.audience,
        "channels": trigger.channels,
        "priority": trigger.priority,
        "cool_down_hours": trigger.cool_down.total_seconds() / 3600,
        "on": each.enabled,
        "hold_out": each.hold_out,
        "text": each.text,
        "own_text": each.own_text,
        "default_text": trigger.text,
        "brief": trigger.brief,
        "way_out": WAY_OUT[trigger.audience],
        "placeholders": placeholders(trigger),
        "goal": trigger.goal.title if trigger.goal is not None else None,
        "buttons": [reply.title for reply in trigger.replies],
        "changed_by": each.changed_by,
        "changed_at": _time(each.changed_at),
    }


def _foreseen(each: Foreseen) -> dict[str, Any]:
    return asdict(each) | {"until": _time(each.until), "why": REASONS.get(each.reason, each.reason)}


def _results(each: Results) -> dict[str, Any]:
    return asdict(each)


def _time(at: datetime | None) -> str | None:
    return iso(at) if at is not None else None


def _moment(asking: Asking, name: str) -> datetime | None:
    raw = asking.query_text(name)
    try:
        found = datetime.fromisoformat(raw) if raw else None
    except ValueError as error:
        raise BadInput(f"{name} 应该是一个时间，例如 2026-11-22T08:00:00Z。") from error
    if found is not None and found.tzinfo is None:
        raise BadInput(f"{name} 要带时区，例如 2026-11-22T08:00:00Z。")
    return found
