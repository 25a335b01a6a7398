"""The desk, put together: what the server starts, stops, and serves under /api/desk."""

from __future__ import annotations

import asyncio
from weakref import WeakSet

from aiohttp import WSCloseCode, web

from bot.conversations.handoff import Stored
from bot.conversations.hub import Hub
from bot.desk.agents.routes import AgentRoutes
from bot.desk.agents.sessions import Sessions, SignedOut
from bot.desk.api.routes import Api, TokenRoutes
from bot.desk.canned.routes import CannedRoutes
from bot.desk.complaints.routes import ComplaintRoutes
from bot.desk.handoff.desk import Handoff
from bot.desk.handoff.plain import Unread
from bot.desk.http import COOKIE, PATH, PROXIES, Door, ForgedRequest, check_origin
from bot.desk.intake.reader import Reader, Reading
from bot.desk.live.counting import Counting
from bot.desk.live.feed import Feed
from bot.desk.live.presence import Presence
from bot.desk.live.socket import HEARTBEAT_SECONDS, LARGEST_FRAME, DeskSocket, Live
from bot.desk.office import Allowances, Office, Waker
from bot.desk.operations.routes import OperationRoutes
from bot.desk.panel.routes import PanelRoutes
from bot.desk.queue.jobs import Keeper
from bot.desk.reports.routes import ReportRoutes
from bot.desk.rules.routes import RuleRoutes
from bot.desk.rules.service import RuleBook
from bot.desk.suggestions.routes import SuggestionRoutes
from bot.desk.teams.routes import TeamRoutes
from bot.desk.tickets.routes import TicketRoutes
from bot.desk.tickets.speaking_routes import SpeakingRoutes
from bot.desk.webhooks.courier import Courier
from bot.desk.webhooks.guard import Guard
from bot.desk.webhooks.routes import WebhookRoutes
from bot.kit.clock import Clock
from bot.kit.db import Database
from bot.kit.ids import ConversationId
from bot.kit.limits import RateLimit
from bot.kit.proxies import Proxies
from bot.kit.settings import Settings
from bot.messages import Files


class Desk:
    """Everything of the desk that runs in one process. `handoff` is what conversations ask."""

    def __init__(
        self, settings: Settings, database: Database, hub: Hub, clock: Clock, brain: Reading
    ) -> None:
        self._company = settings.company
        self._proxies = Proxies(settings.trusted_proxies)
        self.office = Office(database, RuleBook(settings.service_hours), hub, clock)
        self.reader = Reader(self.office, brain)
        self.handoff = Handoff(self.office.book, self._heard)
        self.sessions = Sessions(database, clock, settings.secret("session_secret"))
        self.feed = Feed(self.office)
        self.presence = Presence(self.office)
        self.counting = Counting(self.office)
        self.keeper = Keeper(self.office)
        self._api_limit = RateLimit(settings.rate_token_burst, settings.rate_token_per_second)
        self._guard = Guard(settings.webhook_allow)
        self._secret = settings.secret("session_secret")
        self.courier = Courier(self.office, self._guard, self._secret)
        self._sockets: WeakSet[web.WebSocketResponse] = WeakSet()

    async def start(self, waker: Waker, allowances: Allowances | None = None) -> None:
        """`waker` takes the bot's turns: a hand-back wakes it. `allowances`: what channels let through."""
        self.office.connect(self.handoff, waker, allowances)
        await self.feed.start()
        self.presence.start()
        self.counting.start()
        self.keeper.start()
        self.reader.start()
        self.courier.start()

    async def close(self) -> None:
        await self.courier.close()
        await self.reader.close()
        await self.keeper.close()
        await self.counting.close()
        await self.presence.close()
        await self.feed.close()
        await self.office.close()

    def add_to(self, app: web.Application, files: Files) -> None:
        """Serve the desk's endpoints (docs/protocols/desk.md)."""
        app[PROXIES] = self._proxies
        door = Door(app, self.sessions)
        AgentRoutes(self.office, self.sessions, self._company, list(files.types)).add_to(door)
        TicketRoutes(self.office, self.presence).add_to(door)
        SpeakingRoutes(self.office, files).add_to(door)
        PanelRoutes(self.office).add_to(door)
        OperationRoutes(self.office).add_to(door)
        SuggestionRoutes(self.office, self.reader, self._company).add_to(door)
        CannedRoutes(self.office, self._company).add_to(door)
        ComplaintRoutes(self.office).add_to(door)
        TeamRoutes(self.office).add_to(door)
        RuleRoutes(self.office).add_to(door)
        ReportRoutes(self.office).add_to(door)
        TokenRoutes(self.office).add_to(door)
        WebhookRoutes(self.office, self._guard, self._secret).add_to(door)
        Api(self.office, self._company).add_to(app, self._api_limit)
        app.router.add_get(PATH + "/socket", self._socket)
        app.on_shutdown.append(self._close_sockets)

    def _heard(self, conversation: ConversationId, moved: bool, stored: Stored | None) -> None:
        """The desk was asked about a message; `moved`: somebody else may serve the customer now."""
        if stored is not None and isinstance(stored.note, Unread):
            self.office.touched()
            self.reader.hear(stored.message, stored.note)
            return
        self.office.changed(*([conversation] if moved else []))
        self.reader.look(conversation)

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        """GET /api/desk/socket"""
        ws = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS, max_msg_size=LARGEST_FRAME)
        await ws.prepare(request)
        token = request.cookies.get(COOKIE, "")
        try:
            check_origin(request)
            who = await self.sessions.find(token)
        except ForgedRequest:
            await ws.close(code=4403, message=b"origin")
            return ws
        except SignedOut:
            await ws.close(code=4401, message=b"signed out")
            return ws
        self._sockets.add(ws)
        live = Live(self.office, self.sessions, self.feed, self.presence, self.counting)
        await DeskSocket(live, who, token, ws).run()
        return ws

    async def _close_sockets(self, _app: web.Application) -> None:
        await asyncio.gather(
            *(ws.close(code=WSCloseCode.SERVICE_RESTART, message=b"restart") for ws in set(self._sockets)),
            return_exceptions=True,
        )
