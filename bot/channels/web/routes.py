"""HTTP of web chat: the session, the socket, the long poll."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated, Any
from weakref import WeakSet
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aiohttp import BodyPartReader, WSCloseCode, web
from pydantic import BaseModel, Field

from bot.channels.web import frames
from bot.channels.web.inbox import ACCOUNT, Inbox
from bot.channels.web.socket import HEARTBEAT_SECONDS, LARGEST_FRAME, PAGE, Socket
from bot.channels.web.tokens import MEMBER_PREFIX, BadSession, BadUserToken, MerchantTokens, Session, Vouched
from bot.kit.bodies import read_model
from bot.kit.clock import DEFAULT_ZONE, Clock
from bot.kit.errors import BadInput, HuitoukeError, NotFound
from bot.kit.ids import secret_token
from bot.kit.settings import Settings
from bot.kit.tasks import set_within
from bot.messages import ChannelUser, ConversationEvent, Files, MessagesAdded, OpenConversation, Visitor

LONGEST_WAIT = 25.0
LARGEST_FILE = 10 * 1024 * 1024


class FileTooLarge(BadInput):
    """这个文件太大了，最多 10 MB。"""

    status = 413
    code = "too_large"


class SessionRequest(BaseModel):
    """What a client says to get a session."""

    token: Annotated[str | None, Field(max_length=2000)] = None
    user_token: Annotated[str | None, Field(max_length=4000)] = None
    locale: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "zh-CN"
    time_zone: Annotated[str, Field(max_length=64)] = DEFAULT_ZONE


class WebChat:
    """The web channel's handlers."""

    def __init__(
        self, settings: Settings, inbox: Inbox, merchant: MerchantTokens, clock: Clock, files: Files
    ) -> None:
        self._files = files
        self._settings = settings
        self._inbox = inbox
        self._merchant = merchant
        self._clock = clock
        self._sockets: WeakSet[web.WebSocketResponse] = WeakSet()

    def add_to(self, app: web.Application) -> None:
        app.router.add_post("/api/web/session", self.session)
        app.router.add_get("/api/web/socket", self.socket)
        app.router.add_get("/api/web/messages", self.poll)
        app.router.add_post("/api/web/messages", self.post)
        app.router.add_post("/api/web/files", self.upload)
        app.router.add_get("/api/web/prompts", self.prompts)
        app.on_shutdown.append(self._close_sockets)

    async def session(self, request: web.Request) -> web.Response:
        """POST /api/web/session"""
        self._inbox.gate.check_origin(request)
        self._inbox.gate.check_address(self._inbox.gate.address(request))
        wish = read_model(SessionRequest, await request.read())
        session, state, renewed = await self._session(wish)
        return web.json_response(
            {
                "token": self._inbox.tokens.issue(session, self._clock()),
                "conversation": state.conversation,
                "verified": state.verified,
                "last_seq": state.last_seq,
                "seen": state.seen_seq,
                "renewed": renewed,
                "limits": {"text": self._settings.max_text},
                "title": self._settings.company,
            }
        )

    async def _session(self, wish: SessionRequest) -> tuple[Session, OpenConversation, bool]:
        if wish.user_token:
            vouched = self._merchant.vouched(wish.user_token)
            visitor = self._visitor(vouched.visitor, wish, vouched)
            try:
                state = await self._inbox.conversations.open(visitor)
            except NotFound as error:
                raise BadUserToken("登录凭证里的客户不存在。") from error
            session = Session(visitor.channel_user, state.conversation)
            return session, state, not self._same(wish.token, session)
        if wish.token and (kept := await self._kept(wish)):
            return kept[0], kept[1], False
        visitor = self._visitor(ChannelUser(f"visitor:{secret_token(18)}"), wish, None)
        state = await self._inbox.conversations.open(visitor)
        return Session(visitor.channel_user, state.conversation), state, True

    async def _kept(self, wish: SessionRequest) -> tuple[Session, OpenConversation] | None:
        """The session of the token that the client kept; a signed-in user's ends with their signing in."""
        try:
            session = self._inbox.tokens.read(wish.token or "")
        except BadSession:
            return None
        if session.visitor.startswith(MEMBER_PREFIX):
            return None
        state = await self._inbox.conversations.state(session.conversation)
        return (session, state) if state else None

    def _same(self, token: str | None, session: Session) -> bool:
        try:
            return bool(token) and self._inbox.tokens.read(token or "") == session
        except BadSession:
            return False

    def _visitor(self, user: ChannelUser, wish: SessionRequest, vouched: Vouched | None) -> Visitor:
        member, external = (vouched.member_number, vouched.external_id) if vouched else (None, None)
        zone_name = _known_zone(wish.time_zone)
        return Visitor("web", ACCOUNT, user, wish.locale, zone_name, member, external)

    async def socket(self, request: web.Request) -> web.StreamResponse:
        """GET /api/web/socket"""
        self._inbox.gate.check_origin(request)
        address = self._inbox.gate.address(request)
        with self._inbox.gate.addresses_sockets.taken(address):
            # Pings are counted like everything else that is sent.
            ws = web.WebSocketResponse(
                heartbeat=HEARTBEAT_SECONDS, max_msg_size=LARGEST_FRAME, autoping=False
            )
            await ws.prepare(request)
            self._sockets.add(ws)
            await Socket(self._inbox, ws, address, request.transport).run()
        return ws

    async def _close_sockets(self, _app: web.Application) -> None:
        await asyncio.gather(
            *(ws.close(code=WSCloseCode.SERVICE_RESTART, message=b"restart") for ws in set(self._sockets)),
            return_exceptions=True,
        )

    async def post(self, request: web.Request) -> web.Response:
        """POST /api/web/messages"""
        self._inbox.gate.check_origin(request)
        session = self._bearer(request)
        try:
            frame = frames.read(await request.read())
        except HuitoukeError as problem:
            return web.json_response(frames.error(problem), status=problem.status)
        match frame:
            case frames.MessageFrame():
                answer = await self._inbox.take(session, frame, self._inbox.gate.address(request))
                return web.json_response(answer, status=_status(answer))
            case frames.SeenFrame():
                await self._inbox.conversations.seen(session.conversation, frame.seq)
                return web.json_response({"type": "pong"})
            case _:
                problem = frames.BadFrame("Only message and seen are posted.")
                return web.json_response(frames.error(problem), status=problem.status)

    async def upload(self, request: web.Request) -> web.Response:
        """POST /api/web/files"""
        self._inbox.gate.check_origin(request)
        session = self._bearer(request)
        self._inbox.gate.check_rate(session.visitor, self._inbox.gate.address(request))
        await self._inbox.check_files(session)
        # Before a byte of it is read; who does not say how much it is pays for the most.
        size = min(request.content_length or LARGEST_FILE, LARGEST_FILE)
        self._inbox.gate.check_bytes(session.visitor, self._inbox.gate.address(request), size)
        name, data = await _uploaded(request)
        return web.json_response({"file": asdict(await self._files.keep(name, data))})

    async def prompts(self, request: web.Request) -> web.Response:
        """GET /api/web/prompts"""
        self._inbox.gate.check_origin(request)
        session = self._bearer(request)
        self._inbox.gate.check_address(self._inbox.gate.address(request))
        offered = await self._inbox.conversations.prompts(session.conversation)
        return web.json_response({"prompts": [frames.prompt(each) for each in offered]})

    async def poll(self, request: web.Request) -> web.Response:
        """GET /api/web/messages?since=N&wait=S"""
        self._inbox.gate.check_origin(request)
        session = self._bearer(request)
        try:
            since = max(0, int(request.query.get("since", "0")))
            wait = min(LONGEST_WAIT, max(0.0, float(request.query.get("wait", "0"))))
        except ValueError as error:
            raise BadInput("since and wait are numbers.") from error
        found = await self._since_or_wait(session, since, wait)
        return web.json_response({"frames": found})

    async def _since_or_wait(self, session: Session, since: int, wait: float) -> list[dict[str, Any]]:
        news = asyncio.Event()

        def tell(event: ConversationEvent) -> None:
            if isinstance(event, MessagesAdded):
                news.set()

        unsubscribe = self._inbox.conversations.subscribe(session.conversation, tell)
        try:
            page = await self._inbox.conversations.since(session.conversation, since, PAGE)
            if not page and wait:
                if not await set_within(news, wait):
                    return []
                page = await self._inbox.conversations.since(session.conversation, since, PAGE)
            return [frames.message(logged) for logged in page]
        finally:
            unsubscribe()

    def _bearer(self, request: web.Request) -> Session:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise BadSession()
        return self._inbox.tokens.read(token)


async def _uploaded(request: web.Request) -> tuple[str, bytes]:
    """The field `file` of a multipart request: its name and content. Raises BadInput or TooLarge."""
    if not request.content_type.startswith("multipart/"):
        raise BadInput("A file is uploaded as multipart, in the field `file`.")
    reader = await request.multipart()
    async for part in reader:
        if isinstance(part, BodyPartReader) and part.name == "file":
            data = bytearray()
            while chunk := await part.read_chunk(64 * 1024):
                data += chunk
                if len(data) > LARGEST_FILE:
                    raise FileTooLarge()
            return part.filename or "文件", bytes(data)
    raise BadInput("There is no field `file`.")


def _status(answer: dict[str, Any]) -> int:
    codes = {"ack": 200, "rate_limited": 429, "unavailable": 503, "not_found": 404}
    return codes.get(answer.get("code", answer["type"]), 400)


def _known_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return DEFAULT_ZONE
