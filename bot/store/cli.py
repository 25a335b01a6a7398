"""The store's commands: `huitouke import`, `export`, `erase`, `ledger check`; `add_commands` mounts them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from bot.kit.clock import system_now
from bot.kit.db import Database, WriteSession
from bot.kit.errors import HuitoukeError, NotFound
from bot.kit.ids import CustomerId
from bot.kit.settings import load_settings
from bot.store.access.service import log_access
from bot.store.customers.service import CustomerCard, find_customer
from bot.store.exchange.importer import ImportReport, import_folder
from bot.store.ledger.audit import audit
from bot.store.points.cli import make_points_cli
from bot.store.privacy.erase import erase_customer
from bot.store.privacy.export import export_customer
from bot.store.privacy.queue import removed
from bot.store.requests.service import Note

ACTOR = "command line"
SHOWN = 50

console = Console(stderr=True)

T = TypeVar("T")

EraseRest = Callable[[Database, CustomerId], Awaitable[bool]]
"""Works off an erasure at once (bot.erasing); False: some of it could not be reached, and is tried again."""


def add_commands(app: typer.Typer, erase_rest: EraseRest, all_tables: Callable[[], object]) -> None:
    """Put the store's commands into `app`.

    `erase_rest`: how to erase what other parts hold of a customer; `all_tables` makes every part's tables
    known, else an export would leave out those of parts that nothing else has loaded.
    """
    app.command("import")(import_)
    app.command("export")(_export(all_tables))
    app.command("erase")(_erase(erase_rest))
    ledger = typer.Typer(help="The ledger of points and money.", no_args_is_help=True)
    ledger.command("check")(check)
    app.add_typer(ledger, name="ledger")
    app.add_typer(make_points_cli(_run), name="points")


def import_(
    folder: Annotated[Path, typer.Argument(help="A folder of CSV files (docs/import.md).")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Find every mistake, write nothing.")] = False,
) -> None:
    """Read a company's own data from CSV files: each file whole or not at all, safe to run again."""

    async def work(database: Database) -> bool:
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:,.0f} lines"),
            TimeElapsedColumn(),
            console=console,
        ) as bar:
            tasks: dict[str, TaskID] = {}

            def progress(name: str, lines: int, expected: int) -> None:
                if name not in tasks:
                    tasks[name] = bar.add_task(name, total=expected)
                bar.update(tasks[name], completed=lines, total=max(lines, expected))

            report = await import_folder(database, folder, system_now(), dry=dry_run, progress=progress)
        show(report)
        return report.good

    if not _run(work):
        raise typer.Exit(1)


def _export(all_tables: Callable[[], object]) -> Callable[..., None]:
    def export(
        customer: Annotated[str, typer.Argument(help="Phone or member number.")],
        out: Annotated[Path | None, typer.Option(help="A file; standard output when absent.")] = None,
    ) -> None:
        """Write everything we hold about one customer as JSON (PIPL art. 45)."""

        all_tables()

        async def work(database: Database) -> str:
            now = system_now()
            async with database.write() as session:
                who = await _customer(session, customer)
                await log_access(
                    session,
                    who.customer_id,
                    "export",
                    now,
                    why="个人信息查阅、复制",
                    reader="system",
                    name=ACTOR,
                )
                data = await export_customer(session, who.customer_id, now)
            return json.dumps(data, ensure_ascii=False, indent=2)

        text = _run(work)
        if out is None:
            typer.echo(text)
        else:
            out.write_text(text + "\n", encoding="utf-8")
            console.print(f"Written to {out}.")

    return export


def _erase(erase_rest: EraseRest) -> Callable[..., None]:
    def erase(
        customer: Annotated[str, typer.Argument(help="Phone or member number.")],
        give_up_points: Annotated[
            bool, typer.Option("--give-up-points", help="The customer gives their points up.")
        ] = False,
        yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    ) -> None:
        """Erase one customer at their request (PIPL art. 47); what law or ledger must keep stays nameless."""
        if not yes:
            typer.confirm(f"Erase {customer}? This cannot be undone.", abort=True)

        async def work(database: Database) -> None:
            now = system_now()
            async with database.write() as session:
                who = await _customer(session, customer)
                note = Note(f"erase:{who.customer_id}", now, ACTOR, "本人要求注销")
                done = await erase_customer(session, who.customer_id, note, give_up_points=give_up_points)
            for table, count in done.deleted.items():
                console.print(f"deleted  {table}: {count}")
            whole = await erase_rest(database, who.customer_id)
            async with database.read() as session:
                further = await removed(session, who.customer_id)
            for name, count in further.items():
                console.print(f"deleted  {name}: {count}")
            for table, why in done.kept.items():
                console.print(f"kept     {table}: {why}")
            if not whole:
                console.print("[yellow]Not everything could be reached: the server erases the rest.[/yellow]")

        _run(work)

    return erase


def check() -> None:
    """Check that every entry, lot and balance adds up."""

    async def work(database: Database) -> bool:
        async with database.read() as session:
            violations = await audit(session)
        for each in violations:
            console.print(f"[red]{each.rule}: row {each.id}[/red]")
        return not violations

    if not _run(work):
        raise typer.Exit(1)
    console.print("The ledger is sound.")


def show(report: ImportReport) -> None:
    """Print a report: what each file brought, then what is wrong, file by file."""
    table = Table("file", "lines", "new", "changed", "already there", "mistakes")
    for each in report.files:
        counts = each.counts
        numbers = (each.lines, counts.new, counts.changed, counts.same, len(each.problems) + each.more)
        table.add_row(each.name, *(f"{number:,}" for number in numbers))
    console.print(table)
    for each in report.files:
        for problem in each.problems[:SHOWN]:
            console.print(str(problem), style="red", highlight=False, markup=False)
        hidden = len(each.problems) + each.more - SHOWN
        if hidden > 0:
            console.print(f"[red]{each.name}: {hidden:,} more[/red]")
    if report.dry:
        console.print("A dry run: nothing was written.")
    elif not report.good:
        console.print("Files with mistakes were not imported; correct them and run this again.")


async def _customer(session: WriteSession, text: str) -> CustomerCard:
    who = await find_customer(session, text)
    if who is None:
        raise NotFound(f"There is no customer with the phone or member number {text}.")
    return who


def _run(work: Callable[[Database], Awaitable[T]]) -> T:
    """Run `work` with the database; a failure of ours is one sentence and exit status 1."""

    async def with_database() -> T:
        database = Database(load_settings().database)
        try:
            return await work(database)
        finally:
            await database.close()

    try:
        return asyncio.run(with_database())
    except HuitoukeError as error:
        console.print(error.message, style="red", soft_wrap=True, markup=False, highlight=False)
        raise typer.Exit(1) from error
