"""Who follows an account, and by which QR code they came."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from sqlalchemy import Table, and_

from bot.channels.tencent.statements import dialect_of, insert_into_table
from bot.channels.wechat.decode import Arrival
from bot.channels.wechat.models import WxFollower
from bot.kit.db import Database, WriteSession
from bot.messages import ChannelUser

FOLLOWERS = cast(Table, WxFollower.__table__)


async def note(session: WriteSession, account: str, arrival: Arrival) -> None:
    """Keep what an arrival tells of following. Whoever writes to us follows us, whatever was known."""
    if arrival.follow is None and not arrival.scene:
        await session.execute(
            _follows(dialect_of(session)),
            {
                "account": account,
                "channel_user": arrival.user,
                "follows": True,
                "scene": "",
                "first_scene": "",
                "since": arrival.at,
                "changed_at": arrival.at,
            },
        )
        return
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


@cache
def _follows(dialect: str) -> Any:
    """Somebody follows us: a new row, or one that says otherwise and is older."""
    inserting = insert_into_table(dialect, FOLLOWERS)
    changed = ("follows", "since", "changed_at")
    return inserting.on_conflict_do_update(
        index_elements=["account", "channel_user"],
        set_={name: inserting.excluded[name] for name in changed},
        where=and_(FOLLOWERS.c.follows.is_(False), FOLLOWERS.c.changed_at <= inserting.excluded.changed_at),
    )


async def follows(database: Database, account: str, user: ChannelUser) -> bool:
    """May anything reach them? Somebody whom we never heard leaving counts as a follower."""
    async with database.read() as session:
        row = await session.get(WxFollower, (account, user))
    return row is None or row.follows
