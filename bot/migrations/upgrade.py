"""Run migrations from code."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from threading import Thread

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

HERE = Path(__file__).resolve().parent


def config(url: str, connection: Connection | None = None) -> Config:
    """Alembic's configuration for `url`, or for a connection that is already open."""
    made = Config(attributes={"connection": connection})
    made.set_main_option("script_location", str(HERE))
    made.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return made


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at `url` (with an async driver) to `revision`; nothing happens when it is there."""
    _run(command.upgrade, url, revision)


def downgrade(url: str, revision: str) -> None:
    """Take the database back to `revision`; "base" drops every table."""
    _run(command.downgrade, url, revision)


def upgrade_with(connection: Connection, revision: str = "head") -> None:
    """The same on an open connection: `await async_connection.run_sync(upgrade_with)`."""
    command.upgrade(config(str(connection.engine.url), connection), revision)


def _run(step: Callable[[Config, str], None], url: str, revision: str) -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        step(config(url), revision)
        return
    # env.py starts a loop of its own, which a thread that already runs one cannot do.
    failure: list[BaseException] = []

    def work() -> None:
        try:
            step(config(url), revision)
        except BaseException as error:
            failure.append(error)

    thread = Thread(target=work)
    thread.start()
    thread.join()
    if failure:
        raise failure[0]
