"""Quick replies where there are no buttons: numbered menus, and bare numbers as answers."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta

from sqlalchemy import delete

from bot.channels.tencent.models import WxOffer
from bot.kit.clock import Clock
from bot.kit.db import Database, insert_into
from bot.messages import Channel, ChannelUser, Choice, OutboundMessage

ANSWERABLE = timedelta(hours=24)
_NUMBER = re.compile(r"(?:选|第)?(\d{1,2}|[一二两三四五六七八九十])(?:[个号项]|[.。、)）])?")
_CHINESE = {char: number for number, char in enumerate("一二三四五六七八九十", 1)} | {"两": 2}


def menu_id(seq: int, index: int) -> str:
    """The numeric id of choice `index` of message `seq`, for a menu's item."""
    return f"{seq}{index:02d}"


def choice_of(menu: str) -> Choice | None:
    """The choice behind a menu item's id; None when it is none of ours."""
    if not menu.isascii() or not menu.isdigit() or not 3 <= len(menu) <= 12:
        return None
    return Choice(int(menu[:-2]), int(menu[-2:]))


def number_in(text: str) -> int | None:
    """The number that `text` is, if it is nothing else: "2", "２", "第二个"."""
    match = _NUMBER.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        return None
    said = match.group(1)
    return int(said) if said.isdigit() else _CHINESE[said]


class Offers:
    """What each customer of a channel may answer with a bare number."""

    def __init__(self, database: Database, clock: Clock, channel: Channel) -> None:
        self._database = database
        self._clock = clock
        self._channel = channel

    async def made(self, message: OutboundMessage) -> None:
        """This message is the last that the customer sees: its choices, or none, may be answered."""
        keys = {
            "channel": self._channel, "account": message.account, "channel_user": message.channel_user,
        }  # fmt: skip
        choices = 0 if message.content.number else len(message.content.quick_replies)
        async with self._database.write() as session:
            if choices == 0:
                await session.execute(delete(WxOffer).filter_by(**keys))
                return
            values = {"seq": message.seq, "choices": choices, "at": self._clock()}
            await session.execute(
                insert_into(session, WxOffer)
                .values(**keys, **values)
                .on_conflict_do_update(index_elements=list(keys), set_=values)
            )

    async def answered(self, account: str, user: ChannelUser, text: str) -> Choice | None:
        """The choice that `text` makes among those offered last; None when it is something else."""
        number = number_in(text)
        if number is None:
            return None
        async with self._database.read() as session:
            row = await session.get(WxOffer, (self._channel, account, user))
        if row is None or not 1 <= number <= row.choices or self._clock() - row.at > ANSWERABLE:
            return None
        return Choice(row.seq, number - 1)
