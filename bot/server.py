"""The composition root of the server: gateway, conversations, and what runs in the background.

Nothing is built at import; `make_app` builds everything from settings, a clock and a database.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog
from aiohttp import web

from bot.channels.web.gate import Gate
from bot.channels.web.inbox import Inbox
from bot.channels.web.routes import WebChat
from bot.channels.web.tokens import MerchantTokens, SessionTokens
from bot.conversations.brain import BrainClient
from bot.conversations.hub import Hub
from bot.conversations.outbox import Outbox
from bot.conversations.service import ConversationService
from bot.conversations.turns import Turns
from bot.demo.routes import Demo, demo_merchant_key
from bot.desk.demo import retire_people
from bot.desk.desk import Desk
from bot.desk.parked import ParkedTurns
from bot.erasing import Erasing
from bot.files.routes import FileRoutes
from bot.files.service import FileStore
from bot.http.errors import error_middleware
from bot.http.health import Health
from bot.http.metrics import Metrics
from bot.http.pages import Pages
from bot.kit.clock import Clock, system_now
from bot.kit.db import Database
from bot.kit.settings import Settings, demo_desk_password
from bot.server_care import CareSide
from bot.server_wechat import WechatSide

log = structlog.get_logger(__name__)

LARGEST_BODY = 256 * 1024


@dataclass(frozen=True, slots=True)
class Parts:
    """The running parts of a server."""

    settings: Settings
    clock: Clock
    database: Database
    brain: BrainClient
    hub: Hub
    turns: Turns
    outbox: Outbox
    files: FileStore
    conversations: ConversationService
    desk: Desk
    metrics: Metrics
    wechat: WechatSide
    erasing: Erasing
    care: CareSide


PARTS = web.AppKey("parts", Parts)


def make_parts(settings: Settings, clock: Clock = system_now) -> Parts:
    """Everything the server consists of, not yet started."""
    database = Database(settings.database)
    brain = BrainClient(
        settings.brains, settings.secret("brain_secret"), timeout=settings.brain_timeout_seconds
    )
    hub = Hub(database)
    desk = Desk(settings, database, hub, clock, brain)
    metrics = Metrics()
    outbox = Outbox(database, outlets=(), clock=clock, hub=hub)
    turns = Turns(
        database,
        brain,
        hub,
        clock,
        honest_after_seconds=settings.honest_after_seconds,
        desk=desk.handoff,
        allowance=outbox.allowance,
        parked=ParkedTurns(desk.office, metrics.registry),
    )
    files = FileStore(database, settings.data_dir / "files", settings.secret("session_secret"), clock)
    conversations = ConversationService(
        database, turns, hub, clock, max_text=settings.max_text, desk=desk.handoff
    )
    desk.sessions.counted.count_in(metrics.registry)
    wechat = WechatSide(settings, database, clock, conversations, outbox, files, metrics.registry)
    return Parts(
        settings=settings,
        clock=clock,
        database=database,
        brain=brain,
        hub=hub,
        turns=turns,
        outbox=outbox,
        files=files,
        conversations=conversations,
        desk=desk,
        metrics=metrics,
        wechat=wechat,
        erasing=Erasing(database, desk.office, files, brain, clock),
        care=CareSide(settings, database, clock, hub, turns, outbox, wechat.notices, desk),
    )


def make_app(settings: Settings, clock: Clock = system_now) -> web.Application:
    """The server's web application."""
    parts = make_parts(settings, clock)
    metrics = parts.metrics
    app = web.Application(middlewares=[metrics.middleware, error_middleware], client_max_size=LARGEST_BODY)
    app[PARTS] = parts
    app.cleanup_ctx.append(_running)
    inbox = Inbox(
        parts.conversations,
        SessionTokens(settings.secret("session_secret"), timedelta(days=settings.session_days)),
        Gate(settings),
        parts.files,
    )
    # The demo shop signs for whoever asks: never with the company's key, nor is that key believed beside it.
    merchant_key = demo_merchant_key(settings) if settings.demo else settings.merchant_key.get_secret_value()
    merchant = MerchantTokens(merchant_key, "HS256" if settings.demo else settings.merchant_algorithm)
    WebChat(settings, inbox, merchant, clock, parts.files).add_to(app)
    parts.desk.add_to(app, parts.files)
    FileRoutes(parts.files).add_to(app)
    parts.wechat.add_to(app)
    parts.care.add_to(app)
    Health(parts.database, parts.brain).add_to(app)
    metrics.add_to(app)
    if settings.demo:
        Demo(parts.database, merchant_key, clock).add_to(app)
    Pages(settings).add_to(app)
    return app


@asynccontextmanager
async def working(parts: Parts) -> AsyncGenerator[None]:
    """The parts that care needs outside of a server: what it sends may wake a conversation, whose turn is
    taken here as well."""
    await parts.brain.start()
    parts.turns.start()
    parts.wechat.start()
    try:
        yield
    finally:
        await parts.wechat.close()
        await parts.turns.close()
        await parts.brain.close()
        await parts.database.close()


async def _running(app: web.Application) -> AsyncIterator[None]:
    """Start the parts in the order in which they need each other, and stop them backwards."""
    parts = app[PARTS]
    await _end_the_demo(parts)
    await parts.brain.start()
    parts.hub.start()
    parts.turns.start()
    await parts.desk.start(parts.turns, parts.outbox)
    parts.wechat.start()
    parts.outbox.start()
    parts.erasing.start()
    await parts.care.start()
    yield
    await parts.care.close()
    await parts.erasing.close()
    await parts.outbox.close()
    await parts.wechat.close()
    await parts.desk.close()
    await parts.turns.close()
    await parts.hub.close()
    await parts.brain.close()
    await parts.database.close()


async def _end_the_demo(parts: Parts) -> None:
    """Without demo mode its people have no place at the desk: their password stood on a screen."""
    if parts.settings.demo:
        return
    demo_desk_password(parts.settings).unlink(missing_ok=True)
    async with parts.database.write() as session:
        retired = await retire_people(session, parts.clock())
    if retired:
        log.info("demo_people_retired", logins=retired)
