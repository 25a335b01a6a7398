"""HTTP of rules and of the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.desk.audit.service import AuditFilter, entries
from bot.desk.http import Asking, Door
from bot.desk.office import Office
from bot.desk.rules.rules import Rules
from bot.kit.clock import iso
from bot.kit.errors import BadInput
from bot.kit.ids import AgentId


class RuleRoutes:
    """Handlers about rules and audit."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def add_to(self, door: Door) -> None:
        door.get("/rules", self.rules, "admin")
        door.add("PUT", "/rules", self.change, "admin")
        door.get("/audit", self.audit, "admin")

    async def rules(self, _asking: Asking) -> Any:
        """GET /api/desk/rules"""
        return {"rules": (await self._office.rules()).model_dump(mode="json")}

    async def change(self, asking: Asking) -> Any:
        """PUT /api/desk/rules"""
        wanted = await asking.body(Rules)
        async with self._office.work() as work:
            fresh = await self._office.book.change(work.session, wanted, asking.person.doer, work.now)
        return {"rules": fresh.model_dump(mode="json")}

    async def audit(self, asking: Asking) -> Any:
        """GET /api/desk/audit"""
        agent = asking.query_number("agent")
        wanted = AuditFilter(
            kind=asking.request.query.get("kind"),
            agent=AgentId(agent) if agent is not None else None,
            since=_moment(asking, "from"),
            until=_moment(asking, "to"),
            before=asking.query_number("cursor"),
        )
        async with self._office.database.read() as session:
            found = await entries(session, wanted)
        told = [
            {
                "at": iso(entry.at),
                "agent": {"id": entry.agent_id, "name": entry.actor},
                "kind": entry.kind,
                "subject": entry.subject,
                "data": entry.data,
                "address": entry.address,
            }
            for entry in found
        ]
        return {"entries": told, "next": str(found[-1].id) if len(found) == 100 else None}


def _moment(asking: Asking, name: str) -> datetime | None:
    raw = asking.request.query.get(name)
    try:
        found = datetime.fromisoformat(raw) if raw else None
    except ValueError as error:
        raise BadInput(f"{name} 应该是一个时间，例如 2026-11-22T08:00:00Z。") from error
    if found is not None and found.tzinfo is None:
        raise BadInput(f"{name} 要带时区，例如 2026-11-22T08:00:00Z。")
    return found
