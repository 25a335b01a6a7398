"""Answering in the response itself: for accounts that have no customer-service messages.

Only one answer fits into a response, within five seconds; what is late, or too long, waits in the outbox
until the customer writes again ("继续" fetches it without being a message itself). A repeated delivery
gets the same answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, update

from bot.channels.tencent import guard, sentences, xml
from bot.channels.tencent.sending import Sender
from bot.channels.tencent.words import TEXT_BYTES, in_words, numbered, split
from bot.channels.wechat.decode import Arrival
from bot.channels.wechat.door import Opened
from bot.channels.wechat.models import WxPassiveReply
from bot.kit.clock import Clock
from bot.kit.db import Database, insert_into
from bot.messages import ChannelUser, Deliveries, OutboundMessage

CHANNEL = "wechat"
DEADLINE_SECONDS = 4.0
LOOK_SECONDS = 0.1
KEPT = timedelta(hours=1)


class PassiveReplies:
    """Makes the answers of passive accounts."""

    def __init__(self, database: Database, clock: Clock, deliveries: Deliveries, sender: Sender) -> None:
        self._database = database
        self._clock = clock
        self._deliveries = deliveries
        self._sender = sender

    async def known(self, account: str, arrival: Arrival, opened: Opened, body: bytes) -> str | None:
        """The answer that this arrival got before; None when it is new (or its answer was never made).

        Raises Replayed: an overheard signature must not fetch another customer's answer.
        """
        now = self._clock()
        async with self._database.write() as session:
            await guard.check_nonce(session, account, opened.timestamp, opened.nonce, body, self._clock)
            added = await session.execute(
                insert_into(session, WxPassiveReply)
                .values(account=account, arrival=arrival.id, channel_user=arrival.user, reply="", at=now)
                .on_conflict_do_nothing(index_elements=["account", "arrival"])
            )
            await session.execute(delete(WxPassiveReply).where(WxPassiveReply.at < now - KEPT))
            if added.rowcount == 1:  # pyright: ignore[reportAttributeAccessIssue]
                return None
            row = await session.get(WxPassiveReply, (account, arrival.id), populate_existing=True)
        return (row.reply or None) if row else None

    def is_fetch(self, arrival: Arrival) -> bool:
        """Does the customer only ask for what is waiting?"""
        return (
            arrival.kind == "text"
            and arrival.said is not None
            and arrival.said.text.strip() == sentences.FETCH
        )

    async def answer(self, account: str, arrival: Arrival) -> str:
        """The text to answer with: what waits for the customer, or comes within the time."""
        fetching = self.is_fetch(arrival)
        deadline = asyncio.get_running_loop().time() + DEADLINE_SECONDS
        text = ""
        while not text and asyncio.get_running_loop().time() < deadline:
            text = await self._waiting(account, arrival.user)
            if not text:
                await asyncio.sleep(LOOK_SECONDS)
        text = text or (sentences.NOTHING_NEW if fetching else sentences.WAIT)
        async with self._database.write() as session:
            await session.execute(
                update(WxPassiveReply)
                .where(WxPassiveReply.account == account, WxPassiveReply.arrival == arrival.id)
                .values(reply=text)
            )
        return text

    async def _waiting(self, account: str, user: ChannelUser) -> str:
        taken = await self._deliveries.collect(CHANNEL, account, user)
        return await self._compose(taken) if taken else ""

    async def _compose(self, messages: Sequence[OutboundMessage]) -> str:
        """As much of `messages` as fits into one answer; they are settled accordingly."""
        text, done = "", 0
        for message in messages:
            content = message.content
            pieces = split(
                numbered(in_words(content), content.quick_replies, number=content.number), TEXT_BYTES // 2
            )
            sent = await self._sender.parts_sent(message.message_id)
            fitting = sent
            while fitting < len(pieces) and _fits(text, pieces[fitting]):
                text = f"{text}\n\n{pieces[fitting]}" if text else pieces[fitting]
                fitting += 1
            if fitting < len(pieces):
                await self._sender.went_out(message.message_id, range(sent, fitting))
                break
            done += 1
        ids = [message.message_id for message in messages]
        if ids[:done]:
            await self._deliveries.settle(ids[:done], "sent")
        if ids[done:]:
            await self._deliveries.settle(ids[done:], "held")
            text = f"{text}\n{sentences.MORE}"
        return text


def reply_xml(arrival: Arrival, text: str, now: int) -> bytes:
    """The answer to `arrival` as the platform wants it."""
    return xml.write(
        {
            "ToUserName": arrival.user,
            "FromUserName": xml.text(arrival.fields, "ToUserName"),
            "CreateTime": now,
            "MsgType": "text",
            "Content": text,
        }
    )


def _fits(text: str, piece: str) -> bool:
    """Is there room for one more piece, and for the hint that there is more?"""
    room = TEXT_BYTES - len(sentences.MORE.encode()) - 8
    return len(text.encode()) + len(piece.encode()) <= room
