"""The commands of the points programme: `huitouke points …`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from bot.kit.clock import local_date, system_now
from bot.kit.db import Database
from bot.store.points.reads import earning_rules, open_redemptions
from bot.store.points.service import cancel_redemption, fulfil_redemption
from bot.store.requests.service import Note

Run = Callable[[Callable[[Database], Awaitable[Any]]], Any]

console = Console(stderr=True)


def make_points_cli(run: Run) -> typer.Typer:
    """The commands; `run` gives each the database."""
    app = typer.Typer(help="The points programme.", no_args_is_help=True)

    @app.command()
    def rules() -> None:
        """How money spent becomes points now; changed by importing earning_rules.csv."""

        async def work(database: Database) -> None:
            async with database.read() as session:
                found = await earning_rules(session, system_now())
            table = Table("code", "name", "points", "for fen", "months", "tier", "from", "until")
            for rule in found:
                until = f"{local_date(rule.until)}" if rule.until else ""
                months, tier = str(rule.valid_months or ""), rule.tier_code or ""
                spent = (f"{rule.points:,}", f"{rule.per_fen:,}", months, tier)
                table.add_row(rule.code, rule.name, *spent, f"{local_date(rule.since)}", until)
            console.print(table)

        run(work)

    @app.command()
    def redemptions(most: Annotated[int, typer.Option(help="At most so many.")] = 50) -> None:
        """What points bought and nobody has handed out yet, the oldest first."""

        async def work(database: Database) -> None:
            async with database.read() as session:
                found = await open_redemptions(session, limit=most)
            table = Table("number", "on", "what", "points", "customer")
            for each in found:
                day = f"{local_date(each.at)}"
                table.add_row(str(each.id), day, each.what, f"{each.points:,}", str(each.customer_id))
            console.print(table)

        run(work)

    _add_changes(app, run)
    return app


def _add_changes(app: typer.Typer, run: Run) -> None:
    @app.command()
    def fulfil(
        number: Annotated[int, typer.Argument(help="As `huitouke points redemptions` names it.")],
    ) -> None:
        """The customer has what their points bought. Again is harmless."""

        async def work(database: Database) -> None:
            async with database.write() as session:
                await fulfil_redemption(session, number, system_now())

        run(work)
        console.print(f"Redemption {number} is fulfilled.")

    @app.command()
    def cancel(
        number: Annotated[int, typer.Argument(help="As `huitouke points redemptions` names it.")],
    ) -> None:
        """Give the points back, into the lots they came from, and the item into stock."""

        async def work(database: Database) -> None:
            note = Note(f"cancel:redemption:{number}", system_now(), "command line", "兑换取消")
            async with database.write() as session:
                await cancel_redemption(session, number, note)

        run(work)
        console.print(f"Redemption {number} is cancelled.")
