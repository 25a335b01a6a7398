"""Care, put together: what the server, the worker and the command line share."""

from __future__ import annotations

import asyncio

import structlog

from bot.care.explain import Seer
from bot.care.handing import AgentDesk, Allowances, Hands, Waker
from bot.care.notices import NoticeSender
from bot.care.planning import Planner
from bot.care.rules import Rules
from bot.care.sending import Sender
from bot.care.settings import TriggerBook
from bot.care.tracking import Tracker
from bot.conversations.hub import Hub
from bot.kit.clock import Clock
from bot.kit.db import Database
from bot.messages import NoticeOutlet

log = structlog.get_logger(__name__)


class Care:
    """Everything of care in one process. Several processes may run one each."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        allowances: Allowances,
        *,
        company: str,
        demo: bool = False,
        rules: Rules | None = None,
        hub: Hub | None = None,
        waker: Waker | None = None,
        notices: NoticeOutlet | None = None,
        agents: AgentDesk | None = None,
    ) -> None:
        self.database = database
        self.clock = clock
        self.company = company
        self.rules = rules or Rules()
        self.book = TriggerBook(demo=demo)
        self.planner = Planner(database, clock, self.book)
        self.hands = Hands(database, allowances, hub, waker, notices, agents)
        self.sender = Sender(
            database, clock, self.book, self.planner, self.hands, self.rules, company=company
        )
        self.notices = NoticeSender(database, clock, self.book, self.hands, self.rules)
        self.tracker = Tracker(database, clock)
        self.seer = Seer(self.planner, self.rules, company=company)
        self._planning = asyncio.Lock()
        self._sending = asyncio.Lock()

    async def plan(self) -> dict[str, int]:
        """Plan what is due; once at a time in this process."""
        async with self._planning:
            planned = await self.planner.plan()
        if planned:
            log.info("care_planned", **planned)
        return planned

    async def send(self) -> dict[str, int]:
        """Decide and send what is due; once at a time in this process."""
        async with self._sending:
            decided = await self.sender.send_due()
            tried = await self.notices.send_due()
        if decided or tried:
            log.info("care_decided", notices=tried, **decided)
        return decided

    async def follow(self) -> None:
        """Find out what became of what was sent."""
        await self.tracker.follow()
