"""The API put together, and the desk's page for its tokens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from bot.desk.api.conversations import ConversationEndpoints
from bot.desk.api.document import document
from bot.desk.api.door import PATH, ApiDoor, Endpoint
from bot.desk.api.keys import Keys
from bot.desk.api.models import ApiToken
from bot.desk.api.tickets import TicketEndpoints
from bot.desk.api.tokens import SCOPES, Tokens, live_tokens, make_token, revoke_token
from bot.desk.http import Asking, Door
from bot.desk.office import Office
from bot.kit.clock import iso, zone
from bot.kit.limits import RateLimit


class TokenBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=60)]
    scopes: list[str]
    expires_at: datetime | date | None = None


class Api:
    """The HTTP API for other systems."""

    def __init__(self, office: Office, company: str) -> None:
        self._office = office
        self._company = company

    def endpoints(self) -> Iterator[Endpoint]:
        """Every endpoint; the document is made from the same table."""
        yield from ConversationEndpoints(self._office).table()
        yield from TicketEndpoints(self._office).table()

    def add_to(self, app: web.Application, limit: RateLimit) -> None:
        """Serve the endpoints, as often as `limit` allows a token, and the document to everybody."""
        database, clock = self._office.database, self._office.clock
        ApiDoor(app, Tokens(database, clock), Keys(database, clock), limit).add(self.endpoints())
        told = document(self.endpoints(), self._company)

        async def describe(_request: web.Request) -> web.Response:
            return web.json_response(told)

        app.router.add_get(PATH + "/openapi.json", describe)


class TokenRoutes:
    """Handlers about tokens, for admins."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def add_to(self, door: Door) -> None:
        door.get("/tokens", self.list, "admin")
        door.post("/tokens", self.make, "admin")
        door.add("DELETE", "/tokens/{id}", self.revoke, "admin")

    async def list(self, _asking: Asking) -> Any:
        """GET /api/desk/tokens"""
        async with self._office.database.read() as session:
            found = await live_tokens(session)
        scopes = [{"code": code, "name": name} for code, name in SCOPES.items()]
        return {"tokens": [_token(each) for each in found], "scopes": scopes}

    async def make(self, asking: Asking) -> web.Response:
        """POST /api/desk/tokens"""
        wish = await asking.body(TokenBody)
        async with self._office.work() as work:
            until = _moment(wish.expires_at, work.rules.time_zone)
            made, secret = make_token(
                work.session, wish.name, wish.scopes, until, asking.person.doer, work.now
            )
            await work.session.flush()
            told = {"token": _token(made), "secret": secret}
        return web.json_response(told, status=201, headers={"Cache-Control": "no-store"})

    async def revoke(self, asking: Asking) -> None:
        """DELETE /api/desk/tokens/{id}"""
        async with self._office.work() as work:
            await revoke_token(work.session, asking.number("id"), asking.person.doer, work.now)


def _moment(given: datetime | date | None, zone_name: str) -> datetime | None:
    """A date counts to its end where the desk is."""
    if given is None:
        return None
    if not isinstance(given, datetime):
        return datetime.combine(given, time.max, zone(zone_name)).astimezone(UTC)
    return given if given.tzinfo else given.replace(tzinfo=zone(zone_name)).astimezone(UTC)


def _token(row: ApiToken) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "prefix": row.prefix,
        "scopes": row.scopes,
        "created_at": iso(row.created_at),
        "expires_at": iso(row.expires_at) if row.expires_at else None,
        "last_used_at": iso(row.last_used_at) if row.last_used_at else None,
    }
