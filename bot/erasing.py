"""Works off the queue of erasures: what conversations, desk, channels, files, care and brain still hold.

First the database, in one transaction; then what lies outside of it, which may fail and is tried again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog
from sqlalchemy import Table, delete

from bot.care.erase import forget_customer
from bot.conversations.brain import BrainClient
from bot.conversations.erase import Talked, erase_log
from bot.conversations.hub import Hub
from bot.desk.erase import close_open, erase_tickets
from bot.desk.office import Office
from bot.desk.rules.service import RuleBook
from bot.files.service import FileStore
from bot.kit.clock import Clock, system_now
from bot.kit.db import Database, WriteSession
from bot.kit.errors import HuitoukeError, Unavailable
from bot.kit.ids import CustomerId
from bot.kit.settings import load_settings
from bot.kit.tasks import TaskGroup
from bot.migrations.models import all_tables
from bot.store.privacy import queue

log = structlog.get_logger(__name__)

LOOK_SECONDS = 15.0
ELSEWHERE = frozenset({"conversation", "channel_identity"})
"""Tables with a `channel_user` that are erased in their own way."""


class Erasing:
    """Erases in the background, in one process; several processes share the work."""

    def __init__(
        self, database: Database, office: Office, files: FileStore, brain: BrainClient, clock: Clock
    ) -> None:
        self._database = database
        self._office = office
        self._files = files
        self._brain = brain
        self._clock = clock
        self._tasks = TaskGroup("erasing")

    def start(self) -> None:
        self._tasks.spawn(self._work_off(), "queue")

    async def close(self) -> None:
        await self._tasks.close()

    async def _work_off(self) -> None:
        while True:
            try:
                async with self._database.read() as session:
                    waiting = await queue.due(session, self._clock())
                for customer in waiting:
                    await self.erase(customer)
            except Unavailable as error:
                log.warning("erasing_waits", error=error.message)
            except Exception:
                log.exception("erasing_failed")
            await asyncio.sleep(LOOK_SECONDS)

    async def erase(self, customer: CustomerId, *, early: bool = False) -> bool:
        """Erase what is left of a customer; False when some of it could not be reached and is tried again."""
        async with self._office.work() as work:
            row = await queue.take(work.session, customer, self._clock(), early=early)
            if row is None:
                return True
            if row.state == "asked":
                talked = await erase_log(work.session, customer)
                await close_open(work, customer, talked.conversations)
                tickets, files = await erase_tickets(work, customer, talked.conversations)
                await _erase_channels(work.session, talked)
                await forget_customer(work.session, customer)
                left: dict[str, list[str]] = {
                    "files": sorted(talked.files | files),
                    "conversations": [str(each) for each in talked.trackers],
                }
                removed = {"messages": talked.messages, "tickets": tickets, "files": len(left["files"])}
                queue.clear(row, left, removed)
            left = row.left
        return await self._outside(customer, left.get("files", ()), left.get("conversations", ()))

    async def _outside(
        self, customer: CustomerId, files: Sequence[str], conversations: Sequence[str]
    ) -> bool:
        try:
            await self._files.forget(files)
            for conversation in conversations:
                await self._brain.forget(conversation)
        except (HuitoukeError, OSError) as error:
            log.warning("erasing_put_off", customer=customer, error=str(error))
            async with self._database.write() as session:
                await queue.put_off(session, customer, self._clock(), str(error))
            return False
        async with self._database.write() as session:
            await queue.finish(session, customer, self._clock())
        log.info("erased", customer=customer)
        return True


async def erase_now(database: Database, customer: CustomerId) -> bool:
    """What the command line does: the work of the queue for one customer, at once."""
    settings = load_settings()
    office = Office(database, RuleBook(settings.service_hours), Hub(database), system_now)
    files = FileStore(database, settings.data_dir / "files", settings.secret("session_secret"), system_now)
    brain = BrainClient(
        settings.brains, settings.secret("brain_secret"), timeout=settings.brain_timeout_seconds
    )
    await brain.start()
    try:
        return await Erasing(database, office, files, brain, system_now).erase(customer, early=True)
    finally:
        await brain.close()


async def _erase_channels(session: WriteSession, talked: Talked) -> None:
    """What the channels keep under the name by which they know the customer: allowances, subscriptions."""
    for table in all_tables().sorted_tables:
        if "channel_user" in table.c and table.name not in ELSEWHERE:
            await _erase_users(session, table, talked)
    fetched = all_tables().tables["wx_fetch"]
    await session.execute(delete(fetched).where(fetched.c.file_id.in_(talked.files)))


async def _erase_users(session: WriteSession, table: Table, talked: Talked) -> None:
    for channel, account, user in talked.users:
        same = [table.c.channel_user == user, table.c.account == account]
        if "channel" in table.c:
            same.append(table.c.channel == channel)
        await session.execute(delete(table).where(*same))
