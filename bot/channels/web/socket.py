"""One open socket: frames in, frames out, in order, without gaps."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import WSMsgType, web

from bot.channels.web import frames
from bot.channels.web.inbox import Inbox
from bot.channels.web.tokens import BadSession, Session
from bot.kit.errors import HuitoukeError
from bot.kit.limits import RateLimit
from bot.kit.seats import NoSeat
from bot.messages import (
    ConversationEvent,
    MessagesAdded,
    ServedBy,
    ServiceChanged,
    Typing,
    VerifiedChanged,
)

log = structlog.get_logger(__name__)

HELLO_SECONDS = 5.0
HELLO_FRAMES = 5
HEARTBEAT_SECONDS = 25.0
LARGEST_FRAME = 64 * 1024
PAGE = 200
MOST_WAITING = 500
"""Who takes this many frames too slowly is cut off; a client comes back and resumes from what it has."""
FRAMES_AT_ONCE, FRAMES_PER_SECOND = 120, 30.0
"""A person types a few frames a second; who sends more than this is sent away."""


class TokenUnknown(Exception):
    """The socket's token is not valid (closing code 4401)."""


@dataclass(slots=True)
class _Out:
    """What the writer has to tell: news of the conversation, or a frame that is ready."""

    event: ConversationEvent | None = None
    frame: dict[str, Any] | None = None


class Socket:
    """A customer's open WebSocket. One task reads; another is the only one that writes."""

    def __init__(
        self,
        inbox: Inbox,
        ws: web.WebSocketResponse,
        address: str,
        transport: asyncio.Transport | None = None,
    ) -> None:
        """`transport` carries the socket; it is cut when the client does not read."""
        self._transport = transport
        self._gone = False
        self._inbox = inbox
        self._ws = ws
        self._address = address
        self._out: asyncio.Queue[_Out] = asyncio.Queue()
        self._rate = RateLimit(FRAMES_AT_ONCE, FRAMES_PER_SECOND)
        self._cursor = 0
        self._verified: bool | None = None
        self._served = ServedBy("bot")

    async def run(self) -> None:
        """Serve until the socket closes."""
        try:
            session = await self._hello()
        except TimeoutError:
            await self._ws.close(code=4408, message=b"no hello")
            return
        except (TokenUnknown, BadSession):
            await self._ws.close(code=4401, message=b"unknown token")
            return
        if session is None:
            return
        try:
            with self._inbox.gate.visitors_sockets.taken(session.visitor):
                await self._serve(session)
        except NoSeat as full:
            await self._ws.send_json(frames.error(full))
            await self._ws.close(code=4429, message=b"too many sockets")

    async def _serve(self, session: Session) -> None:
        unsubscribe = self._inbox.conversations.subscribe(session.conversation, self._tell)
        writer = asyncio.create_task(self._write(session), name="web socket writer")
        try:
            await self._read(session)
        finally:
            unsubscribe()
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)

    def _tell(self, event: ConversationEvent) -> None:
        self._put(_Out(event=event))

    def _put(self, out: _Out) -> None:
        if self._out.qsize() < MOST_WAITING:
            self._out.put_nowait(out)
        else:
            self._cut_off()

    def _cut_off(self) -> None:
        """No closing words: who does not read would not read them either."""
        self._gone = True
        if self._transport is not None:
            self._transport.abort()

    async def _hello(self) -> Session | None:
        for _ in range(HELLO_FRAMES):
            incoming = await self._ws.receive(timeout=HELLO_SECONDS)
            if incoming.type != WSMsgType.TEXT:
                return None
            try:
                frame = frames.read(incoming.data)
            except HuitoukeError as problem:
                await self._ws.send_json(frames.error(problem))
                continue
            if not isinstance(frame, frames.HelloFrame):
                await self._ws.send_json(frames.error(frames.BadFrame("The first frame is hello.")))
                continue
            session = self._inbox.tokens.read(frame.token)
            state = await self._inbox.conversations.state(session.conversation)
            if state is None:
                raise TokenUnknown()
            self._cursor = min(frame.since, state.last_seq)
            self._verified = state.verified
            await self._ws.send_json(
                {
                    "type": "welcome",
                    "conversation": state.conversation,
                    "last_seq": state.last_seq,
                    "verified": state.verified,
                    "queue": frames.queue(state.served),
                }
            )
            self._served = state.served
            return session
        await self._ws.close(code=4408, message=b"no hello")
        return None

    async def _read(self, session: Session) -> None:
        async for incoming in self._ws:
            if self._gone:
                return
            if self._rate.take(""):
                await self._ws.close(code=4429, message=b"too fast")
                return
            if incoming.type != WSMsgType.TEXT:
                if incoming.type == WSMsgType.PING:
                    await self._ws.pong(incoming.data)
                continue
            try:
                await self._handle(session, frames.read(incoming.data))
            except BadSession:
                await self._ws.close(code=4401, message=b"conversation erased")
            except HuitoukeError as problem:
                self._put(_Out(frame=frames.error(problem)))

    async def _handle(self, session: Session, frame: frames.ClientFrame) -> None:
        match frame:
            case frames.MessageFrame():
                answer = await self._inbox.take(session, frame, self._address)
                self._put(_Out(frame=answer))
            case frames.SeenFrame():
                await self._inbox.conversations.seen(session.conversation, frame.seq)
            case frames.TypingFrame():
                self._inbox.conversations.typing(session.conversation, frame.text)
            case frames.PingFrame():
                self._put(_Out(frame={"type": "pong"}))
            case frames.HelloFrame():
                raise frames.BadFrame("hello was said already.")

    async def _write(self, session: Session) -> None:
        try:
            await self._catch_up(session)
            while True:
                out = await self._out.get()
                if out.frame is not None:
                    await self._ws.send_json(out.frame)
                elif out.event is not None:
                    await self._write_event(session, out.event)
        except ConnectionError:
            return
        except HuitoukeError as problem:
            # The log could not be read: the client comes back and resumes from what it has.
            log.warning("socket_dropped", error=problem.message)
            await self._ws.close(code=1012, message=b"try again")

    async def _write_event(self, session: Session, event: ConversationEvent) -> None:
        match event:
            case MessagesAdded(messages):
                if messages and messages[0].seq > self._cursor + 1:
                    await self._catch_up(session)
                for logged in messages:
                    if logged.seq == self._cursor + 1:
                        await self._ws.send_json(frames.message(logged))
                        self._cursor = logged.seq
            case Typing(on):
                await self._ws.send_json({"type": "typing", "on": on})
            case VerifiedChanged(verified):
                if verified != self._verified:
                    self._verified = verified
                    await self._ws.send_json({"type": "verified", "verified": verified})
            case ServiceChanged(served):
                if served != self._served:
                    self._served = served
                    await self._ws.send_json({"type": "queue", "queue": frames.queue(served)})
            case _:
                return

    async def _catch_up(self, session: Session) -> None:
        while True:
            page = await self._inbox.conversations.since(session.conversation, self._cursor, PAGE)
            for logged in page:
                await self._ws.send_json(frames.message(logged))
                self._cursor = logged.seq
            if len(page) < PAGE:
                return
