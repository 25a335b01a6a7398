"""Whether a database is empty, behind, ahead, or right; and one upgrade at a time."""

from __future__ import annotations

import asyncio
import fcntl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from bot.kit.db import Database
from bot.kit.errors import Conflict

HERE = Path(__file__).resolve().parent
LOCK = 0x48544B55
"""The number of PostgreSQL's advisory lock."""
PAUSE_SECONDS = 0.1


class NotMigrated(Conflict):
    """The database is not as this version needs it."""

    code = "not_migrated"


class FromTheFuture(NotMigrated):
    """The database was upgraded by a later version."""


async def require_migrated(database: Database) -> None:
    """NotMigrated when the tables are not those of this version; Unavailable when nobody answers."""
    script = ScriptDirectory(str(HERE))
    head = script.get_current_head()
    await database.ping()
    async with database.engine.connect() as connection:
        found = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_heads())
    if not found:
        raise NotMigrated("The database is empty: run `huitouke db upgrade` to make its tables.")
    if head in found:
        return
    known = {revision.revision for revision in script.walk_revisions()}
    if all(each in known for each in found):
        raise NotMigrated(
            f"The database is of an earlier version ({', '.join(found)}): run `huitouke db upgrade`."
        )
    raise FromTheFuture(
        f"The database is of a later version of Huitouke ({', '.join(found)}, this one knows {head}): "
        "run that version, or use a backup from before."
    )


@asynccontextmanager
async def one_at_a_time(database: Database) -> AsyncGenerator[None]:
    """Who upgrades the same database meanwhile is waited for: two at once would make the same tables."""
    if not database.is_sqlite:
        async with database.engine.connect() as connection:
            alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await alone.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
            try:
                yield
            finally:
                await alone.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
        return
    path = database.url.database
    if not path or path == ":memory:":
        yield
        return
    with open(f"{path}.upgrade", "w") as lock:  # noqa: ASYNC230, PTH123 - ends with the process, at the latest
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                await asyncio.sleep(PAUSE_SECONDS)
        yield
