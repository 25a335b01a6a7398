"""Who follows an account, and by which QR code they came."""

from __future__ import annotations

from bot.channels.wechat.decode import Arrival
from bot.channels.wechat.models import WxFollower
from bot.kit.db import Database, WriteSession
from bot.messages import ChannelUser


async def note(session: WriteSession, account: str, arrival: Arrival) -> None:
    """Keep what an arrival tells of following. Whoever writes to us follows us, whatever was known."""
    row = await session.get(WxFollower, (account, arrival.user), populate_existing=True)
    if row is None:
        row = WxFollower(
            account=account,
            channel_user=arrival.user,
            follows=arrival.follow != "unsubscribed",
            scene=arrival.scene,
            first_scene=arrival.scene,
            since=arrival.at,
            changed_at=arrival.at,
        )
        session.add(row)
        return
    if arrival.scene:
        row.scene = arrival.scene
    follows = arrival.follow != "unsubscribed"
    if row.follows != follows and arrival.at >= row.changed_at:
        row.follows, row.changed_at = follows, arrival.at
        if follows:
            row.since = arrival.at


async def follows(database: Database, account: str, user: ChannelUser) -> bool:
    """May anything reach them? Somebody whom we never heard leaving counts as a follower."""
    async with database.read() as session:
        row = await session.get(WxFollower, (account, user))
    return row is None or row.follows
