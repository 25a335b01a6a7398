"""HTTP of webhooks, for admins."""

from __future__ import annotations

from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from bot.desk.http import Asking, Door
from bot.desk.office import Office
from bot.desk.webhooks import service
from bot.desk.webhooks.guard import Guard
from bot.desk.webhooks.models import Webhook
from bot.desk.webhooks.signing import secret_of

NO_STORE = {"Cache-Control": "no-store"}


class AddBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    url: Annotated[str, Field(max_length=500)]
    events: list[str]
    active: bool = True


class ChangeBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    url: Annotated[str | None, Field(max_length=500)] = None
    events: list[str] | None = None
    active: bool | None = None


class WebhookRoutes:
    """Handlers about webhooks."""

    def __init__(self, office: Office, guard: Guard, house_secret: str) -> None:
        self._office = office
        self._guard = guard
        self._secret = house_secret

    def add_to(self, door: Door) -> None:
        door.get("/webhooks", self.list, "admin")
        door.post("/webhooks", self.add, "admin")
        door.add("PATCH", "/webhooks/{id}", self.change, "admin")
        door.add("DELETE", "/webhooks/{id}", self.remove, "admin")
        door.post("/webhooks/{id}/secret", self.renew, "admin")
        door.post("/webhooks/{id}/test", self.test, "admin")
        door.post("/webhooks/{id}/retry", self.retry_parked, "admin")
        door.get("/webhooks/{id}/deliveries", self.deliveries, "admin")
        door.post("/deliveries/{id}/retry", self.retry, "admin")

    async def list(self, _asking: Asking) -> Any:
        """GET /api/desk/webhooks"""
        async with self._office.database.read() as session:
            found = await service.webhooks(session)
        events = [{"code": code, "name": name} for code, name in service.EVENTS.items()]
        return {"webhooks": found, "events": events}

    async def add(self, asking: Asking) -> web.Response:
        """POST /api/desk/webhooks"""
        wish = await asking.body(AddBody)
        url = self._guard.check_url(wish.url)
        async with self._office.work() as work:
            made = await service.add(work, url, wish.events, active=wish.active, by=asking.person.doer)
        told = {"webhook": await self._one(made.id), "secret": self._secret_of(made)}
        return web.json_response(told, status=201, headers=NO_STORE)

    async def change(self, asking: Asking) -> Any:
        """PATCH /api/desk/webhooks/{id}"""
        wish = await asking.body(ChangeBody)
        url = self._guard.check_url(wish.url) if wish.url is not None else None
        id_ = asking.number("id")
        async with self._office.work() as work:
            await service.change(work, id_, url, wish.events, active=wish.active, by=asking.person.doer)
        return {"webhook": await self._one(id_)}

    async def remove(self, asking: Asking) -> None:
        """DELETE /api/desk/webhooks/{id}"""
        async with self._office.work() as work:
            await service.remove(work, asking.number("id"), asking.person.doer)

    async def renew(self, asking: Asking) -> web.Response:
        """POST /api/desk/webhooks/{id}/secret"""
        async with self._office.work() as work:
            row = await service.renew_secret(work, asking.number("id"), asking.person.doer)
        return web.json_response({"secret": self._secret_of(row)}, headers=NO_STORE)

    async def test(self, asking: Asking) -> Any:
        """POST /api/desk/webhooks/{id}/test"""
        async with self._office.work() as work:
            return {"delivery": service.delivery_json(await service.attempt(work, asking.number("id")))}

    async def deliveries(self, asking: Asking) -> Any:
        """GET /api/desk/webhooks/{id}/deliveries"""
        async with self._office.database.read() as session:
            found, more = await service.deliveries(
                session, asking.number("id"), asking.query_number("cursor")
            )
        return {"deliveries": found, "next": str(found[-1]["id"]) if more else None}

    async def retry(self, asking: Asking) -> Any:
        """POST /api/desk/deliveries/{id}/retry"""
        async with self._office.work() as work:
            row = await service.retry(work, asking.number("id"), asking.person.doer)
            return {"delivery": service.delivery_json(row)}

    async def retry_parked(self, asking: Asking) -> None:
        """POST /api/desk/webhooks/{id}/retry"""
        async with self._office.work() as work:
            await service.retry_parked(work, asking.number("id"), asking.person.doer)

    async def _one(self, id_: int) -> dict[str, Any]:
        async with self._office.database.read() as session:
            return next(each for each in await service.webhooks(session) if each["id"] == id_)

    def _secret_of(self, row: Webhook) -> str:
        return secret_of(self._secret, row.id, row.salt)
