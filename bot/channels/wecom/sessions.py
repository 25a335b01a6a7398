"""A customer's session as WeCom has it. Our desk stands behind it, so it is kept in state 1, the bot's.

States: 0 new, 1 bot, 2 queue, 3 human, 4 ended. The API may send in 0 and 1; from 2 and 3 there is no way
back but the session's end (developer.work.weixin.qq.com/document/path/94669).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.channels.wecom.models import WxKfSession
from bot.kit.db import Database, WriteSession
from bot.messages import ChannelUser

BOT, ENDED = 1, 4
WELCOME = timedelta(seconds=18)
"""A welcome code is good for 20 seconds."""


async def _row(session: WriteSession, account: str, user: ChannelUser, now: datetime) -> WxKfSession:
    row = await session.get(WxKfSession, (account, user), populate_existing=True)
    if row is None:
        row = WxKfSession(account=account, channel_user=user, state=None, scene="", changed_at=now)
        session.add(row)
    return row


async def entered(
    session: WriteSession, account: str, user: ChannelUser, code: str, scene: str, at: datetime
) -> None:
    """The customer opened the chat; `code` lets one welcome be sent, unless it is empty."""
    row = await _row(session, account, user, at)
    row.scene = scene[:160] or row.scene
    if code:
        row.welcome_code, row.welcome_until = code[:128], at + WELCOME
    row.changed_at = at


async def set_state(
    session: WriteSession, account: str, user: ChannelUser, state: int | None, at: datetime
) -> None:
    """The session is in `state`; None: it has to be asked."""
    row = await _row(session, account, user, at)
    row.state, row.changed_at = state, at


async def state_of(database: Database, account: str, user: ChannelUser) -> int | None:
    """The state as far as we know."""
    async with database.read() as session:
        row = await session.get(WxKfSession, (account, user))
    return row.state if row else None


async def take_welcome(database: Database, account: str, user: ChannelUser, now: datetime) -> str | None:
    """The welcome code, once, while it is good."""
    async with database.read() as session:
        row = await session.get(WxKfSession, (account, user))
    if row is None or not row.welcome_code:
        return None
    async with database.write() as session:
        found = await session.get(WxKfSession, (account, user), populate_existing=True)
        if found is None or not found.welcome_code:
            return None
        code, good = found.welcome_code, found.welcome_until is not None and now < found.welcome_until
        found.welcome_code = found.welcome_until = None
    return code if good else None
