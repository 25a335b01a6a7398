"""HTTP of reports, with CSV, and of the wall."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any, Final

from aiohttp import web

from bot.desk.audit.service import record
from bot.desk.http import Asking, Door
from bot.desk.office import Office
from bot.desk.reports import more, reads
from bot.desk.reports.measures import NOTES
from bot.desk.reports.reads import By, Period, Report
from bot.desk.reports.wall import wall
from bot.desk.rules.rules import Rules
from bot.kit.clock import local_date
from bot.kit.errors import BadInput, NotFound

LONGEST = timedelta(days=370)
_USUAL: Final[tuple[By, ...]] = ("day", "hour", "agent", "team", "topic", "reason", "channel")
BYS: Final[dict[str, tuple[By, ...]]] = {
    "tickets": _USUAL,
    "satisfaction": _USUAL,
    "containment": ("day", "hour", "channel"),
    "promises": ("kind", "day", "hour", "agent", "team"),
    "tags": ("tag", *_USUAL),
}
"""By what each report may be counted; the first is what it is counted by when nothing is said."""


class ReportRoutes:
    """Handlers about reports."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def add_to(self, door: Door) -> None:
        door.get("/reports/{name}", self.report, "supervisor")
        door.get("/wall", self.wall, "supervisor")

    async def report(self, asking: Asking) -> Any:
        """GET /api/desk/reports/{name}"""
        name = asking.text("name")
        may = BYS.get(name)
        if may is None:
            raise NotFound(f"没有这张报表，可以看：{'、'.join(BYS)}。")
        by = asking.request.query.get("by", may[0])
        if by not in may:
            raise BadInput(f"by 要是其中之一：{'、'.join(may)}。")
        rules = await self._office.rules()
        period = self._period(asking, rules)
        found = await self._made(name, period, by, rules)
        if asking.request.query.get("format") == "csv":
            async with self._office.work() as work:
                data = {"from": period.first.isoformat(), "to": period.last.isoformat(), "by": by}
                record(work.session, asking.person.doer, "export", f"report {name}", work.now, data)
            return _csv(name, found)
        return {
            "name": name,
            "by": by,
            "from": period.first.isoformat(),
            "to": period.last.isoformat(),
            "columns": list(found.columns),
            "rows": found.rows,
            "total": found.total,
            "note": NOTES[name],
        }

    async def wall(self, _asking: Asking) -> Any:
        """GET /api/desk/wall"""
        async with self._office.database.read() as session:
            return await wall(session, await self._office.book.read(session), self._office.clock())

    async def _made(self, name: str, period: Period, by: By, rules: Rules) -> Report:
        async with self._office.database.read() as session:
            match name:
                case "tickets":
                    return await reads.ticket_report(session, period, by, rules)
                case "satisfaction":
                    return await reads.satisfaction_report(session, period, by)
                case "containment":
                    return await more.containment_report(session, period, by)
                case "promises":
                    return await more.promise_report(session, period, by, self._office.clock())
                case "tags":
                    return await more.tag_report(session, period, by)
                case _:
                    raise NotFound("没有这张报表。")

    def _period(self, asking: Asking, rules: Rules) -> Period:
        today = local_date(self._office.clock(), rules.time_zone)
        query = asking.request.query
        try:
            first = date.fromisoformat(query["from"]) if "from" in query else today - timedelta(days=6)
            last = date.fromisoformat(query["to"]) if "to" in query else today
        except ValueError as error:
            raise BadInput("from 和 to 是日期，例如 2026-11-22。") from error
        if not timedelta(0) <= last - first <= LONGEST:
            raise BadInput("时间范围不对：from 不能晚于 to，最长一年。")
        return Period(first, last, rules.time_zone)


def _csv(name: str, report: Report) -> web.Response:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(report.columns)
    for row in [*report.rows, report.total]:
        writer.writerow([_cell(value) for value in row])
    return web.Response(
        body=("\ufeff" + out.getvalue()).encode(),
        headers={
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{name}.csv"',
            "Cache-Control": "no-store",
        },
    )


def _cell(value: Any) -> Any:
    """A text that begins like a formula is kept from being one in a spreadsheet."""
    return "'" + value if isinstance(value, str) and value[:1] in "=+-@" and len(value) > 1 else value
