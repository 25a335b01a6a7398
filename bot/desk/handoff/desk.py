"""The desk as conversations know it: hears customers, weighs the bot's answers, says who serves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy import select

from bot.conversations import log as message_log
from bot.conversations.brain import Answer
from bot.conversations.handoff import DESK_INTENTS, Heard, Inbound, Reaction, Stored
from bot.conversations.models import Conversation
from bot.conversations.ownership import bot_may_answer
from bot.desk.agents.models import Agent
from bot.desk.handoff import choices, sentences, understanding
from bot.desk.handoff.plain import hear_plainly
from bot.desk.handoff.request import request_person
from bot.desk.handoff.returning import comes_back
from bot.desk.intake import service as intake
from bot.desk.parses import emotion_of
from bot.desk.prompts import service as prompts
from bot.desk.queue.places import place_of
from bot.desk.rules.service import RuleBook
from bot.desk.tickets.ending import leave
from bot.desk.tickets.models import Ticket
from bot.desk.tickets.opening import add_details
from bot.desk.tickets.standing import BOT
from bot.desk.work import Matter, Work
from bot.kit.db import ReadSession, WriteSession
from bot.kit.ids import ConversationId
from bot.messages import ServedBy

Changed = Callable[[ConversationId, bool, Stored | None], None]

FORMS: Final = frozenset({"task_form", "identity_form"})
"""Where one of these has acted the bot is asking something itself."""


class Handoff:
    """The real HandoffDesk. `changed` is called after a commit that concerned the desk: does somebody else
    serve the customer now, and what was heard?"""

    def __init__(self, book: RuleBook, changed: Changed) -> None:
        self._book = book
        self._changed = changed
        self._moved: set[ConversationId] = set()

    async def heard(
        self, session: WriteSession, conversation: ConversationId, message: Inbound, now: datetime
    ) -> Heard:
        """See HandoffDesk.heard."""
        unread = await hear_plainly(session, conversation, message, now)
        if unread is not None:
            return Heard(for_bot=False, note=unread)
        work = Work(session, now, await self._book.read(session))
        row = await message_log.locked(session, conversation)
        for_bot = await self._hear(work, row, message)
        await work.finish()
        self._moved |= work.conversations
        return Heard(for_bot, tuple(work.contents()))

    async def _hear(self, work: Work, row: Conversation, message: Inbound) -> bool:
        intent = message.content.get("intent") or ""
        ticket = await work.newest(row)
        if ticket is not None and ticket.state != "closed":
            _count_unread(work, ticket)
        if intent.startswith(DESK_INTENTS):
            await choices.press(work, row, intent, message.content.get("entities") or {})
            return False
        prompt = await prompts.current(work, row)
        if prompt is not None and not intent and intake.takes(prompt, row):
            if message.content.get("card") == "file":
                return await self._keep_file(work, row, ticket, message)
            await intake.hear(work, row)
            return False
        if prompt is not None and row.owner != "agent" and not intent and prompt.ask in choices.PROMPTS:
            await choices.answer_prompt(work, row, prompt, message.content["text"])
            return False
        if ticket is None:
            return True
        if ticket.state == "closed":
            return not await comes_back(work, Matter(row, ticket), message)
        if row.owner == "queue" and message.content.get("card") == "file":
            return await self._keep_file(work, row, ticket, message)
        return row.owner != "agent"

    async def _keep_file(
        self, work: Work, row: Conversation, ticket: Ticket | None, message: Inbound
    ) -> bool:
        if ticket is not None and ticket.state != "closed":
            name = message.content["data"]["name"]
            await add_details(work, Matter(row, ticket), {f"file_{message.seq}": name}, BOT)
        work.say(row, sentences.FILE_KEPT)
        return False

    def cares(self, answer: Answer) -> bool:
        """See HandoffDesk.cares."""
        return understanding.cares(answer)

    async def answered(
        self, session: WriteSession, conversation: ConversationId, version: int, answer: Answer, now: datetime
    ) -> Reaction | None:
        """See HandoffDesk.answered."""
        row = await session.get_one(Conversation, conversation)  # locked by the caller: no question asked
        if not bot_may_answer(row, version):
            return None
        work = Work(session, now, await self._book.read(session))
        keep = await self._weigh(work, row, answer)
        await work.finish()
        self._moved |= work.conversations
        return Reaction(keep, tuple(work.contents()))

    async def _weigh(self, work: Work, row: Conversation, answer: Answer) -> bool:
        """Do what the answer calls for; is the answer itself still to be said?"""
        ticket = await work.open_one(row)
        if ticket is not None:
            await self._follow(work, Matter(row, ticket), answer)
            if ticket.kind == "live" and not (answer.handoff or {}).get("reason"):
                if FORMS.isdisjoint(answer.actions):
                    await intake.resume(work, Matter(row, ticket))
                return True  # the customer waits already: a bad mood is no news
        request = await understanding.wanted(work, row, answer)
        if request is None:
            return True
        said = await request_person(work, row, request)
        # What the bot says instead of understanding would contradict the person who comes.
        return not said or request.reason != "not_understood"

    async def _follow(self, work: Work, matter: Matter, answer: Answer) -> None:
        """What the bot learned while the customer waits."""
        label, _ = emotion_of(answer.parse)
        if label is not None and label != matter.ticket.emotion:
            matter.ticket.emotion = label
            work.touch(matter.ticket)
        wish = answer.handoff or {}
        if wish.get("reason"):
            return  # request_person adds what comes with it
        if wish.get("details"):
            await add_details(work, matter, wish["details"], BOT)
        if wish.get("leave") and matter.ticket.state == "waiting" and matter.ticket.kind == "live":
            await leave(work, matter)
            work.say(matter.row, sentences.LEFT)

    async def served_by(self, session: ReadSession, row: Conversation, now: datetime) -> ServedBy:
        """See HandoffDesk.served_by."""
        if row.owner == "agent":
            name = await session.scalar(select(Agent.name).where(Agent.id == row.agent_id))
            return ServedBy("agent", name=name)
        if row.owner != "queue":
            return ServedBy("bot")
        ticket = await session.scalar(
            select(Ticket).where(Ticket.conversation_id == row.id, Ticket.state == "waiting")
        )
        if ticket is None:
            return ServedBy("queue")
        place = await place_of(session, ticket, await self._book.read(session), now)
        wait = (place.wait.low, place.wait.high) if place.wait else None
        return ServedBy("queue", position=place.position, wait=wait)

    def committed(self, conversation: ConversationId, stored: Stored | None = None) -> None:
        """See HandoffDesk.committed. Who serves is told only when that may have changed."""
        moved = conversation in self._moved
        self._moved.discard(conversation)
        self._changed(conversation, moved, stored)


def _count_unread(work: Work, ticket: Ticket) -> None:
    ticket.unread += 1
    ticket.waits_since = ticket.waits_since or work.now
    work.touch(ticket)
