"""One open socket of an agent: frames in, frames out, resumed by number."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import structlog
from aiohttp import WSMsgType, web

from bot.conversations import log as message_log
from bot.desk.agents.reads import agent_view
from bot.desk.agents.sessions import Sessions, SignedIn, SignedOut, csrf_fits
from bot.desk.ids import TicketId
from bot.desk.live import frames
from bot.desk.live.counting import Counting
from bot.desk.live.feed import AgentsChanged, Feed, FeedEvent, NoticeAdded, TicketChanged, TooMuch
from bot.desk.live.presence import Presence, Viewer
from bot.desk.live.watch import Watch
from bot.desk.office import Office
from bot.desk.reports.wall import wall
from bot.desk.tickets.holding import Person
from bot.desk.tickets.lists import last_n
from bot.desk.tickets.reads import conversation_row
from bot.desk.tickets.speaking import has_read
from bot.kit.errors import Forbidden, HuitoukeError, NotFound, TooMany
from bot.kit.ids import ConversationId
from bot.messages import (
    Author,
    ConversationEvent,
    CustomerSaw,
    CustomerTyping,
    DeliveryChanged,
    LoggedMessage,
    MessagesAdded,
    Typing,
    Understood,
)

log = structlog.get_logger(__name__)

HELLO_SECONDS: Final = 5.0
CHECK_SECONDS: Final = 60.0
HEARTBEAT_SECONDS: Final = 15.0
LARGEST_FRAME: Final = 64 * 1024
MOST_WATCHED: Final = 20
WALL_SECONDS: Final = 2.0
MOST_WAITING: Final = 2_000
"""A screen that takes this many frames too slowly is sent away; it comes back and asks for the rest."""

Job = dict[str, Any] | FeedEvent | partial[Any]


@dataclass(frozen=True, slots=True)
class Live:
    """What every socket works with."""

    office: Office
    sessions: Sessions
    feed: Feed
    presence: Presence
    counting: Counting


class DeskSocket:
    """An agent's open WebSocket. One task reads; another is the only one that writes."""

    def __init__(self, live: Live, who: SignedIn, token: str, ws: web.WebSocketResponse) -> None:
        self._live = live
        self._who = who
        self._token = token
        self._ws = ws
        self._out: asyncio.Queue[Job] = asyncio.Queue()
        self._watched: dict[ConversationId, Watch] = {}
        self._view: str | None = None
        self._n = 0
        self._counts: dict[str, int] = {}
        self._wall: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Serve until the socket closes."""
        hello = await self._hello()
        if hello is None:
            return
        if not csrf_fits(self._who, hello.csrf):
            await self._ws.close(code=4403, message=b"csrf")
            return
        unsubscribe = self._live.feed.subscribe(self._hear)
        await self._live.presence.arrive(self._who.agent)
        writer = asyncio.create_task(self._write(hello), name="desk socket writer")
        checker = asyncio.create_task(self._check_session(), name="desk socket session")
        try:
            await self._read()
        finally:
            unsubscribe()
            self._live.presence.leave(self._who.agent)
            for conversation in list(self._watched):
                self._unwatch(conversation)
            self._live.counting.forget(self._counted)
            ending = [task for task in (writer, checker, self._wall) if task is not None]
            for task in ending:
                task.cancel()
            await asyncio.gather(*ending, return_exceptions=True)

    async def _hello(self) -> frames.HelloFrame | None:
        try:
            incoming = await self._ws.receive(timeout=HELLO_SECONDS)
            frame = frames.read(incoming.data) if incoming.type == WSMsgType.TEXT else None
        except (TimeoutError, HuitoukeError):
            frame = None
        if isinstance(frame, frames.HelloFrame):
            return frame
        await self._ws.close(code=4408, message=b"no hello")
        return None

    async def _check_session(self) -> None:
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            try:
                who = await self._live.sessions.find(self._token)
                await self._live.sessions.touch(who.session)
            except SignedOut:
                await self._ws.close(code=4401, message=b"signed out")
            except HuitoukeError as problem:
                log.warning("session_not_checked", error=problem.message)

    def _hear(self, event: FeedEvent) -> None:
        if not isinstance(event, TicketChanged) or self._concerns(event):
            self._put(event)

    def _put(self, job: Job) -> None:
        if self._out.qsize() < MOST_WAITING:
            self._out.put_nowait(job)
        elif not self._ws.closed:
            asyncio.ensure_future(self._ws.close(code=1012, message=b"too slow"))  # noqa: RUF006

    # reading

    async def _read(self) -> None:
        async for incoming in self._ws:
            if incoming.type != WSMsgType.TEXT:
                continue
            about = "frame"
            try:
                frame = frames.read(incoming.data)
                about = frame.type
                await self._handle(frame)
            except HuitoukeError as problem:
                self._put(frames.error(problem, about))

    async def _handle(self, frame: frames.ClientFrame) -> None:
        match frame:
            case frames.ViewFrame():
                self._view = frame.view
                self._show_wall()
            case frames.WatchFrame():
                await self._watch(frame)
            case frames.UnwatchFrame():
                self._unwatch(ConversationId(frame.conversation))
            case frames.TypingFrame():
                await self._typing(ConversationId(frame.conversation), on=frame.on)
            case frames.SeenFrame():
                await self._seen(ConversationId(frame.conversation), frame.seq)
            case frames.PingFrame():
                self._put({"type": "pong"})
            case frames.HelloFrame():
                raise frames.BadFrame("hello was said already.")

    async def _watch(self, frame: frames.WatchFrame) -> None:
        conversation = ConversationId(frame.conversation)
        self._unwatch(conversation)
        if len(self._watched) >= MOST_WATCHED:
            raise TooMany(f"最多同时打开 {MOST_WATCHED} 个会话。")
        async with self._live.office.database.read() as session:
            row = await conversation_row(session, conversation)
        if row is None:
            raise NotFound("没有这个会话。")
        mine = row.agent_id == self._who.agent
        leads = self._who.role in ("supervisor", "admin")
        mode = "owner" if mine else "listening" if leads and row.owner == "agent" else "viewing"
        viewer = Viewer(self._who.agent, self._who.name, mode)
        ticket = TicketId(frame.ticket) if frame.ticket is not None else None
        watch = Watch(conversation, viewer, ticket, frame.since_seq, frame.since_number)
        unsubscribe = self._live.office.hub.subscribe(conversation, partial(self._hear_in, conversation))
        changed = partial(self._put, partial(self._send_viewers, conversation))
        watch.stop = partial(self._stop, conversation, viewer, unsubscribe, changed)
        self._watched[conversation] = watch
        self._put(
            {
                "type": "watching",
                "conversation": conversation,
                "last_seq": row.last_seq,
                "seen_seq": row.seen_seq,
                "viewers": [each.to_json() for each in self._live.presence.viewers(conversation)],
            }
        )
        self._put(partial(self._catch_up, watch, ()))
        self._put(partial(self._catch_up_entries, watch))
        self._live.presence.view(conversation, viewer, changed)

    def _show_wall(self) -> None:
        """The wall comes at once and then as things change, for as long as it is looked at."""
        if self._wall is not None:
            self._wall.cancel()
            self._wall = None
        if self._view == "wall":
            if self._who.role not in ("supervisor", "admin"):
                raise Forbidden("大屏是主管看的。")
            self._wall = asyncio.create_task(self._keep_wall())

    async def _keep_wall(self) -> None:
        """At most every `WALL_SECONDS`; only what differs is sent."""
        shown: dict[str, Any] = {}
        while True:
            try:
                async with self._live.office.database.read() as session:
                    rules = await self._live.office.book.read(session)
                    now = await wall(session, rules, self._live.office.clock())
            except HuitoukeError as problem:
                log.warning("wall_not_shown", error=problem.message)
                now = shown
            passing = {"at", "longest_wait"}
            same = {k: v for k, v in now.items() if k not in passing} == {
                k: v for k, v in shown.items() if k not in passing
            }
            if not same or (now.get("longest_wait") or 0) > 0:
                self._put({"type": "wall", "wall": now})
                shown = now
            await asyncio.sleep(WALL_SECONDS)

    def _unwatch(self, conversation: ConversationId) -> None:
        watch = self._watched.pop(conversation, None)
        if watch is not None:
            watch.stop()

    def _stop(
        self,
        conversation: ConversationId,
        viewer: Viewer,
        unsubscribe: Callable[[], None],
        changed: Callable[[], None],
    ) -> None:
        unsubscribe()
        self._live.presence.unview(conversation, viewer, changed)

    async def _typing(self, conversation: ConversationId, *, on: bool) -> None:
        async with self._live.office.database.read() as session:
            row = await conversation_row(session, conversation)
        if row is not None and row.agent_id == self._who.agent:
            self._live.office.hub.publish(conversation, Typing(on=on))

    async def _seen(self, conversation: ConversationId, seq: int) -> None:
        async with self._live.office.work() as work:
            row = await message_log.locked(work.session, conversation)
            await has_read(work, row, seq, self._person())

    def _person(self) -> Person:
        return Person(self._who.agent, self._who.name, self._who.role)

    def _hear_in(self, conversation: ConversationId, event: ConversationEvent) -> None:
        watch = self._watched.get(conversation)
        if watch is None:
            return
        match event:
            case MessagesAdded(added, elsewhere) if not elsewhere and _wrote(added) == {"customer"}:
                self._put(partial(self._pass_on, watch, added))
            case Understood(message=LoggedMessage() as message, parse=parse):
                self._put(partial(watch.understood, self._live.office, self._send, message, parse))
            case MessagesAdded(added):
                # An answer brings what the bot understood of the question: that one is sent again.
                asked = min((each.seq for each in added if each.author == "bot"), default=0) - 1
                self._put(partial(self._catch_up, watch, (asked,) if asked > 0 else ()))
            case DeliveryChanged(seq=seq) | Understood(seq=seq):
                self._put(partial(self._catch_up, watch, (seq,)))
            case CustomerTyping(text):
                shown = {"who": "customer", "text": text, "on": bool(text)}
                self._put({"type": "typing", "conversation": conversation, **shown})
            case Typing(on):
                self._put(
                    {"type": "typing", "conversation": conversation, "who": "bot", "text": None, "on": on}
                )
            case CustomerSaw(seq):
                self._put({"type": "seen", "conversation": conversation, "seq": seq})
            case _:
                return

    # writing

    async def _write(self, hello: frames.HelloFrame) -> None:
        try:
            await self._welcome(hello.since)
            while True:
                job = await self._out.get()
                if isinstance(job, dict):
                    await self._send(job)
                elif isinstance(job, partial):
                    await job()
                else:
                    await self._send_event(job)
        except ConnectionError:
            return
        except HuitoukeError as problem:
            # What could not be read now is asked for again: the client resumes from what it has.
            log.warning("desk_socket_dropped", error=problem.message)
            await self._ws.close(code=1012, message=b"try again")

    async def _welcome(self, since: int | None) -> None:
        office = self._live.office
        async with office.database.read() as session:
            self._n = await last_n(session)
            me = await agent_view(session, self._who.agent, office.clock())
        told = {**me.to_json(), "must_change_password": self._who.must_change_password}
        await self._send({"type": "welcome", "n": self._n, "agent": told})
        if since is not None and since < self._n:
            known, self._n = self._n, since
            for change in await self._live.feed.changes(since):
                await self._send_event(change)
            self._n = max(self._n, known)

    async def _send_event(self, event: FeedEvent) -> None:
        match event:
            case AgentsChanged(frame):
                await self._ws.send_str(frame)
                return
            case TicketChanged():
                if event.n <= self._n:
                    return
                if self._concerns(event):
                    await self._ws.send_str(event.frame)
                if event.moved or event.agent == self._who.agent:
                    self._live.counting.soon(self._who.agent, self._counted)
                watch = self._watched.get(event.conversation)
                if watch is not None and (watch.ticket != event.ticket or watch.number < event.entries):
                    watch.turn_to(event.ticket)
                    await watch.catch_up_entries(self._live.office, self._send)
            case NoticeAdded():
                if event.n > self._n and event.agent == self._who.agent:
                    await self._send({"type": "notice", "n": event.n, "notice": event.notice})
            case TooMuch():
                await self._send({"type": "reset", "n": event.n})
        self._n = max(self._n, event.n)

    def _concerns(self, event: TicketChanged) -> bool:
        mine = self._who.agent in (event.agent, event.offered_to)
        watched = event.conversation in self._watched
        in_view = {
            "queue": event.state == "waiting",
            "all": event.state != "closed",
            "closed": event.state == "closed",
        }.get(self._view or "", False)
        return event.moved or mine or watched or in_view

    def _counted(self, now: dict[str, int]) -> None:
        if now != self._counts:
            self._counts = now
            self._put({"type": "counts", "counts": now})

    async def _send_viewers(self, conversation: ConversationId) -> None:
        viewers = [viewer.to_json() for viewer in self._live.presence.viewers(conversation)]
        await self._send({"type": "viewers", "conversation": conversation, "viewers": viewers})

    async def _catch_up(self, watch: Watch, again: tuple[int, ...]) -> None:
        await watch.catch_up(self._live.office, self._send, again)
        await watch.tell_allowance(self._live.office, self._send)

    async def _pass_on(self, watch: Watch, added: Sequence[LoggedMessage]) -> None:
        await watch.pass_on(self._live.office, self._send, added)
        await watch.tell_allowance(self._live.office, self._send)

    async def _catch_up_entries(self, watch: Watch) -> None:
        await watch.catch_up_entries(self._live.office, self._send)

    async def _send(self, frame: dict[str, Any]) -> None:
        await self._ws.send_str(frames.dumps(frame))


def _wrote(added: Sequence[LoggedMessage]) -> set[Author]:
    return {each.author for each in added}
