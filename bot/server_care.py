"""The server's care: its parts joined to the desk, and what runs in the background."""

from __future__ import annotations

from datetime import datetime

from aiohttp import web

from bot.bookkeeping import Bookkeeping
from bot.care.care import Care
from bot.care.jobs import Jobs
from bot.care.routes import CareRoutes
from bot.conversations.hub import Hub
from bot.conversations.models import Conversation
from bot.conversations.outbox import Outbox
from bot.conversations.turns import Turns
from bot.desk.agents.models import Agent
from bot.desk.desk import Desk
from bot.desk.http import Door
from bot.desk.office import Office
from bot.desk.work import Work
from bot.kit.clock import Clock
from bot.kit.db import Database, WriteSession
from bot.kit.ids import AgentId, ConversationId
from bot.kit.settings import Settings
from bot.messages import NoticeOutlet

FIRST_AFTER_SECONDS = 20.0
"""A server that has just started has customers who wait for answers: what care has to say can wait."""


class AgentNotices:
    """Leaves the agent who has a conversation a notice of the desk. The real `AgentDesk` of care."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def tell(
        self, session: WriteSession, row: Conversation, words: str, key: str, now: datetime
    ) -> bool:
        """See AgentDesk.tell."""
        if row.agent_id is None or await session.get(Agent, row.agent_id) is None:
            return False
        work = Work(session, now, await self._office.book.read(session))
        ticket = await work.open_one(row)
        await work.tell(AgentId(row.agent_id), "care", ticket.id if ticket else None, words, key)
        await work.finish()
        return True

    def committed(self, conversation: ConversationId) -> None:
        """See AgentDesk.committed."""
        self._office.changed(conversation)


class CareSide:
    """Care within the server: the operator's page, and the jobs unless workers of their own run them."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        hub: Hub,
        turns: Turns,
        outbox: Outbox,
        notices: NoticeOutlet,
        desk: Desk,
    ) -> None:
        self._desk = desk
        self._in_server = not settings.redis_url
        self.care = Care(
            database,
            clock,
            outbox,
            company=settings.company,
            demo=settings.demo,
            hub=hub,
            waker=turns,
            notices=notices,
            agents=AgentNotices(desk.office),
        )
        books = Bookkeeping(database, clock)
        work = {"books:expire": books.expire, "books:earn": books.earn}
        self.jobs = Jobs(self.care, settings.redis_url, work)

    def add_to(self, app: web.Application) -> None:
        CareRoutes(self.care).add_to(Door(app, self._desk.sessions))

    async def start(self) -> None:
        """With Redis, `huitouke worker` does the work."""
        if self._in_server:
            await self.jobs.start(after=FIRST_AFTER_SECONDS)

    async def close(self) -> None:
        if self._in_server:
            await self.jobs.close()
