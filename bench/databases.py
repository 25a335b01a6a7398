"""`python -m bench.databases FOLDER`: companies of any size in both databases, kept for the benches.

Written into FOLDER: `sqlite-<customers>.db`, and `postgresql/`, a private server's data with one database
`customers_<customers>` each. What is there already is left as it is.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench.store_company import build
from bot.kit.db import Database
from bot.migrations import upgrade
from tests.store.postgres import Server, binaries, running

SETTINGS = ("shared_buffers=1GB", "max_wal_size=4GB")
BUILDING = (*SETTINGS, "fsync=off", "full_page_writes=off", "autovacuum=off", "checkpoint_timeout=1h")
"""A company that is lost half built is built anew: nothing is written twice for its sake."""

console = Console(stderr=True)


@contextmanager
def passing_folder() -> Generator[Path]:
    """A folder for the length of the block. PostgreSQL, which is never root, gets through it to its own."""
    with tempfile.TemporaryDirectory(prefix="huitouke-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder


@contextmanager
def server(folder: Path, sizes: Sequence[int] = ()) -> Generator[Server]:
    """The server whose databases lie in `folder`, running for the length of the block, as it would at work.

    Companies of `sizes` that are not there yet are built before, by a server that is in a hurry.
    """
    where = folder.resolve() / "postgresql"
    marks = {size: where / f"customers_{size}.built" for size in sizes}
    missing = [size for size, mark in marks.items() if not mark.exists()]
    if missing:
        with running(*BUILDING, keep=where) as builder:
            for size in missing:
                postgresql(builder, size)
                marks[size].touch()
    with running(*SETTINGS, keep=where) as found:
        yield found


def sqlite(folder: Path, customers: int) -> str:
    """The address of the SQLite database with so many customers; made if it is not there."""
    return f"sqlite+aiosqlite:///{sqlite_file(folder, customers)}"


def sqlite_file(folder: Path, customers: int) -> Path:
    """Its file."""
    path = folder / f"sqlite-{customers}.db"
    if not path.exists():
        draft = path.with_suffix(".part")
        draft.unlink(missing_ok=True)
        fill(f"sqlite+aiosqlite:///{draft}", customers)
        draft.rename(path)
    return path


def postgresql(server: Server, customers: int) -> str:
    """The name of the PostgreSQL database with so many customers; made if it is not there."""
    name = f"customers_{customers}"
    if name not in server.databases():
        server.execute("DROP DATABASE IF EXISTS draft WITH (FORCE)")
        server.execute("CREATE DATABASE draft")
        fill(server.url("draft"), customers)
        server.execute(f"ALTER DATABASE draft RENAME TO {name}")
    return name


def fill(url: str, customers: int) -> None:
    """Migrate the empty database at `url`, and fill it, with a progress bar."""
    upgrade(url)

    async def work() -> None:
        database = Database(url)
        try:
            with _bar(customers) as done:
                await build(database, customers, done)
        finally:
            await database.close()

    asyncio.run(work())


@contextmanager
def _bar(customers: int) -> Generator[Callable[[int], None]]:
    columns = (TextColumn("  building"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("", total=customers)
        yield lambda done: bar.update(task, completed=done)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="a folder with room: about 10 kB for each customer")
    parser.add_argument("--customers", type=int, action="append", help="how many; may be given again")
    parser.add_argument("--backend", choices=("sqlite", "postgresql"), action="append")
    options = parser.parse_args()
    backends = options.backend or ["sqlite", "postgresql"]
    options.folder.mkdir(parents=True, exist_ok=True)
    sizes: list[int] = options.customers or [1_000_000]
    if "sqlite" in backends:
        for customers in sizes:
            console.print(sqlite(options.folder, customers))
    if "postgresql" in backends and binaries() is not None:
        with server(options.folder, sizes) as running_:
            for customers in sizes:
                console.print(running_.url(postgresql(running_, customers)))


if __name__ == "__main__":
    main()
