"""Read a folder of CSV files into the store: each file whole or not at all, every mistake named."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.db import Database, WriteSession
from bot.kit.errors import BadInput
from bot.store.bulk import count_anew
from bot.store.cards.models import CardType
from bot.store.customers.models import Tier
from bot.store.exchange import files, load_lists
from bot.store.exchange.files import FILES, CsvFile
from bot.store.exchange.load_cards import CardsLoader
from bot.store.exchange.load_complaints import ComplaintsLoader, ConsentsLoader
from bot.store.exchange.load_customers import CustomersLoader
from bot.store.exchange.load_lists import DealersLoader
from bot.store.exchange.load_orders import BillsLoader, OrdersLoader
from bot.store.exchange.load_points import PointsLoader
from bot.store.exchange.loading import Counts, Known, Loader, grouped
from bot.store.exchange.reading import FileReader, Problem

MOST_PROBLEMS = 1_000

LOADERS: dict[str, Callable[[], Any]] = {
    files.TIERS.name: load_lists.tiers,
    files.EARNING_RULES.name: load_lists.earning_rules,
    files.CARD_TYPES.name: load_lists.card_types,
    files.CUSTOMERS.name: CustomersLoader,
    files.CATALOGUE.name: load_lists.catalogue,
    files.POINTS.name: PointsLoader,
    files.CARDS.name: CardsLoader,
    files.ORDERS.name: OrdersLoader,
    files.COMPLAINTS.name: ComplaintsLoader,
    files.CONSENTS.name: ConsentsLoader,
    files.BILLS.name: BillsLoader,
    files.DEALERS.name: DealersLoader,
}

Progress = Callable[[str, int, int], None]
"""Called with a file's name, how many lines of it were read so far, and of about how many."""


@dataclass(slots=True)
class FileReport:
    """What became of one file. With `problems` nothing of it was written; `more` of them are not listed."""

    name: str
    lines: int = 0
    counts: Counts = field(default_factory=Counts)
    problems: list[Problem] = field(default_factory=list)
    more: int = 0

    def tell(self, problem: Problem) -> None:
        """Add a problem, up to a number that a person can still read."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)
        else:
            self.more += 1


@dataclass(frozen=True, slots=True)
class ImportReport:
    """All files of a folder, in the order they were read."""

    files: tuple[FileReport, ...]
    dry: bool

    @property
    def good(self) -> bool:
        return not any(each.problems for each in self.files)


class _Refused(Exception):
    """Rolls a file's transaction back."""


async def import_folder(
    database: Database, folder: Path, now: datetime, *, dry: bool = False, progress: Progress | None = None
) -> ImportReport:
    """Import every file we know in `folder`. A dry run writes nothing and finds the same mistakes.

    A file with a mistake is not imported, and neither are those after it that need it whole. Running again is
    safe: lines that are already there are known by their ids.
    """
    present = csv_files(folder)
    plan = [spec for spec in FILES if f"{spec.name}.csv" in present]
    known_names = {f"{spec.name}.csv" for spec in FILES}
    if not plan:
        listed = ", ".join(sorted(known_names))
        raise BadInput(f"{folder} holds none of the files we know: {listed}.")
    reports: list[FileReport] = []
    known = Known()
    for name in sorted(present - known_names):
        report = FileReport(name)
        report.tell(Problem(name, 0, "", "", f"unknown file; we know {', '.join(sorted(known_names))}"))
        reports.append(report)
    reports += [
        # Only a dry run has to remember what the database does not hold yet.
        await _import_file(database, spec, folder, known if dry else Known(), now, dry=dry, progress=progress)
        for spec in plan
    ]
    return ImportReport(tuple(reports), dry)


def csv_files(folder: Path) -> set[str]:
    """The names of the CSV files in `folder`; none when it is no folder."""
    return {path.name for path in folder.glob("*.csv")} if folder.is_dir() else set()


async def _import_file(
    database: Database,
    spec: CsvFile,
    folder: Path,
    known: Known,
    now: datetime,
    *,
    dry: bool,
    progress: Progress | None,
) -> FileReport:
    report = FileReport(f"{spec.name}.csv")
    reader = FileReader(spec, folder / report.name, report.tell)
    loader = LOADERS[spec.name]()
    if dry:
        async with database.read() as session:
            await _read(session, None, reader, loader, known, report, now, progress)
    else:
        try:
            async with database.write() as session:
                await _plan_for_many(session)
                await _read(session, session, reader, loader, known, report, now, progress)
                if report.problems:
                    raise _Refused
        except _Refused:
            pass
    report.lines, report.counts = reader.lines, loader.counts()
    return report


async def _plan_for_many(session: WriteSession) -> None:
    """Have PostgreSQL look thousands of keys up by index, also in tables its statistics do not know yet.

    Plans stay kept (`plan_cache_mode`): else it would plan the look-up of every reference of every row anew.
    """
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("SET LOCAL enable_seqscan = off"))


async def _read(
    session: AsyncSession,
    writer: WriteSession | None,
    reader: FileReader,
    loader: Loader,
    known: Known,
    report: FileReport,
    now: datetime,
    progress: Progress | None,
) -> None:
    known.tiers |= set((await session.execute(select(Tier.code))).scalars())
    known.card_types |= set((await session.execute(select(CardType.code))).scalars())
    chunks: Any = reader.chunks()
    if len(reader.spec.key) > 1:
        chunks = grouped(reader, chunks, reader.spec.key[0])
    written, counted = 0, 1
    async with aclosing(_read_ahead(chunks)) as ready:
        async for chunk in ready:
            if not chunk:
                continue
            work = await loader.check(session, reader, known, chunk)
            if writer is not None and not report.problems:
                await loader.write(writer, work, now)
                written += 1
                if written == counted:  # each time there is twice as much
                    await count_anew(writer)
                    counted *= 2
            if progress is not None:
                progress(report.name, reader.lines, reader.expected)
    report.problems.sort(key=attrgetter("line"))
    if writer is not None and not report.problems and isinstance(loader, DealersLoader):
        await loader.finish(writer, now)
    if writer is not None and not report.problems:
        await count_anew(writer)


async def _read_ahead(chunks: Iterator[Any]) -> AsyncGenerator[Any]:
    """The chunks; while one is worked on, a thread reads the next."""
    coming = asyncio.ensure_future(asyncio.to_thread(next, chunks, None))
    try:
        while (chunk := await coming) is not None:
            coming = asyncio.ensure_future(asyncio.to_thread(next, chunks, None))
            yield chunk
    finally:
        await asyncio.wait([coming])  # a thread cannot be called off, and it has the file open
