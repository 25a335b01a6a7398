"""Reads what customers write to people: the bot understands it without answering.

Agents see intent and emotion of every turn, suggestions rest on it, and the answers of who waits are told
from questions to the bot. Nothing waits for the brain: without it, words are taken as they stand.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, Protocol

import structlog
from sqlalchemy import select

from bot.conversations import log as message_log
from bot.conversations.models import Conversation, Message
from bot.desk.handoff.plain import Unread
from bot.desk.intake import service as intake
from bot.desk.intake.notebook import Notebook
from bot.desk.intake.service import Said
from bot.desk.office import Office
from bot.desk.parses import emotion_of
from bot.desk.prompts import service as prompts
from bot.desk.prompts.models import DeskPrompt
from bot.desk.tickets.models import Ticket
from bot.desk.work import Matter, Work
from bot.kit.errors import HuitoukeError
from bot.kit.ids import ConversationId
from bot.kit.tasks import TaskGroup, set_within
from bot.messages import LoggedMessage, Understood

log = structlog.get_logger(__name__)

AT_ONCE: Final = 8
LOOK_BACK: Final = 5
"""Messages of one conversation that are read together."""
MOST_BEHIND: Final = 10_000
FORGOTTEN: Final = timedelta(seconds=3)
LOOK_SECONDS: Final = 2.0

Parse = Mapping[str, Any]
_Known = tuple[LoggedMessage, Unread]


class Reading(Protocol):
    """Whoever understands texts (bot.conversations.brain.BrainClient)."""

    async def read(self, conversation: str, text: str) -> Parse:
        """What a text is understood as; the conversation does not change. Raises BrainUnavailable."""
        ...


class Reader:
    """Reads in the background, newest news first; what another process forgot is picked up."""

    def __init__(self, office: Office, brain: Reading) -> None:
        self._office = office
        self._brain = brain
        self._waiting: dict[ConversationId, list[_Known] | None] = {}
        """Whose texts are to be read: those that are known, or None where the log is to be asked for them."""
        self.behind: set[ConversationId] = set()
        """Where something known was not understood: the log is asked there next."""
        self._news = asyncio.Event()
        self._free = asyncio.Semaphore(AT_ONCE)
        self._notebook = Notebook(office.database)
        self._tasks = TaskGroup("reader")

    def start(self) -> None:
        self._tasks.spawn(self._run(), "run")

    async def close(self) -> None:
        await self._tasks.close()

    def look(self, conversation: ConversationId) -> None:
        """A customer wrote in a conversation that the desk listens to."""
        self._waiting[conversation] = None
        self._news.set()

    def hear(self, message: LoggedMessage, unread: Unread) -> None:
        """A customer wrote to their agent, and all that is needed to read it is at hand."""
        conversation = message.conversation
        waiting = self._waiting.setdefault(conversation, None if conversation in self.behind else [])
        if waiting is not None:
            waiting.append((message, unread))
            del waiting[:-LOOK_BACK]
        self._news.set()

    async def _run(self) -> None:
        while True:
            if not await set_within(self._news, LOOK_SECONDS):
                await self._find_forgotten()
            self._news.clear()
            while self._waiting:
                await self._free.acquire()
                conversation = next(iter(self._waiting))
                known = self._waiting.pop(conversation)
                self._tasks.spawn(self._read_one(conversation, known), conversation)

    async def _read_one(self, conversation: ConversationId, known: Sequence[_Known] | None) -> None:
        try:
            await (self.read(conversation) if known is None else self._read_known(conversation, known))
        except HuitoukeError as error:
            log.warning("not_read", conversation=conversation, error=error.message)
            self._note_behind(conversation)
        finally:
            self._free.release()

    async def _read_known(self, conversation: ConversationId, known: Sequence[_Known]) -> None:
        """Understand texts of which everything is at hand; the log is asked where more follows from them."""
        parses = {message.seq: await self._parse(conversation, message.content.text) for message, _ in known}
        read = [parse for parse in parses.values() if parse is not None]
        if read and emotion_of(read[-1])[0] != known[-1][1].mood:
            await self._take_in(conversation, parses)
        else:
            await self._notebook.write_down(conversation, parses)
        for message, _ in known:
            if (parse := parses[message.seq]) is not None:
                self._office.hub.publish(conversation, Understood(message.seq, message, parse))
        if None in parses.values():
            self._note_behind(conversation)

    def _note_behind(self, conversation: ConversationId) -> None:
        if len(self.behind) >= MOST_BEHIND:
            self.behind.clear()
        self.behind.add(conversation)

    async def _find_forgotten(self) -> None:
        """Answers that nobody has read: their process ended, or the brain was silent."""
        try:
            async with self._office.database.read() as session:
                late = self._office.clock() - FORGOTTEN
                rows = select(DeskPrompt.conversation_id).where(DeskPrompt.heard_at < late).limit(50)
                for conversation in await session.scalars(rows):
                    self._waiting[ConversationId(conversation)] = None
        except HuitoukeError as error:
            log.warning("reader_waits", error=error.message)

    async def read(self, conversation: ConversationId) -> None:
        """Understand what is not yet understood here, and go on from it."""
        async with self._office.database.read() as session:
            found = (await session.execute(_unread(conversation))).all()
            prompt = await session.get(DeskPrompt, conversation)
            ticket = await session.execute(_open_ticket(conversation)) if found else None
            mood = ticket.scalar_one_or_none() if ticket is not None else None
        asked = prompt is not None and prompt.heard_at is not None
        if not found and not asked:
            self.behind.discard(conversation)
            return
        parses = {row.seq: await self._parse(conversation, str(row.text)) for row in found}
        read = [parse for parse in parses.values() if parse is not None]
        if asked or not read or emotion_of(read[-1])[0] != mood:
            await self._take_in(conversation, parses)
        else:
            await self._notebook.write_down(conversation, parses)
        if None not in parses.values():
            self.behind.discard(conversation)
        for seq, parse in parses.items():
            if parse is not None:
                self._office.hub.publish(conversation, Understood(seq))

    async def _take_in(self, conversation: ConversationId, parses: Mapping[int, Parse | None]) -> None:
        async with self._office.work() as work:
            row = await message_log.locked(work.session, conversation)
            await self._keep(work, row, parses)

    async def _parse(self, conversation: ConversationId, text: str) -> Parse | None:
        try:
            return await self._brain.read(conversation, text)
        except HuitoukeError as error:
            log.info("text_not_understood", conversation=conversation, error=error.message)
            return None

    async def _keep(self, work: Work, row: Conversation, parses: Mapping[int, Parse | None]) -> None:
        """Write the parses down, and take them as answers where something was asked."""
        messages = await work.session.scalars(
            select(Message)
            .where(Message.conversation_id == row.id, Message.seq.in_(parses), Message.state == "done")
            .order_by(Message.seq)
            .execution_options(populate_existing=True)
        )
        said: list[Said] = []
        for message in messages:
            parse = parses[message.seq]
            if parse is not None and message.parse is None:
                message.parse = dict(parse)
            said.append(Said(message.seq, str(message.content.get("text") or ""), message.parse))
        ticket = await work.open_one(row)
        if ticket is None:
            await prompts.drop(work, row)
            return
        label = next((emotion_of(each.parse)[0] for each in reversed(said) if each.parse), None)
        if label is not None and label != ticket.emotion:
            ticket.emotion = label
            work.touch(ticket)
        prompt = await prompts.heard(work, row)
        if prompt is not None:
            await intake.take(work, Matter(row, ticket), prompt, said)


def _open_ticket(conversation: ConversationId) -> Any:
    """The mood that the open ticket shows."""
    return select(Ticket.emotion).where(Ticket.conversation_id == conversation, Ticket.state != "closed")


def _unread(conversation: ConversationId) -> Any:
    """Texts of the customer that no bot has read and none will."""
    newest = (
        select(Message.seq, Message.content["text"].as_string().label("text"))
        .where(
            Message.conversation_id == conversation,
            Message.author == "customer",
            Message.state == "done",
            Message.parse.is_(None),
            Message.content["intent"].as_string().is_(None),
            Message.content["card"].as_string().is_(None),
            Message.seq > Conversation.last_seq - 40,
        )
        .join(Conversation, Conversation.id == Message.conversation_id)
        .order_by(Message.seq.desc())
        .limit(LOOK_BACK)
        .subquery()
    )
    return select(newest.c.seq, newest.c.text).order_by(newest.c.seq)
