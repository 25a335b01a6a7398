"""The quota meter: how many messages may still be sent to somebody, and until when.

A customer's message allows so many within so many hours, an action (menu, follow, scan) so many within a
minute; a new one of the same kind begins anew. What expires first is used first. Where the platform counts
differently it says so (45047, 45015, 95001, 95002), and the meter believes it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import and_, select, update

from bot.channels.tencent import statements
from bot.channels.tencent.accounts import Quotas
from bot.channels.tencent.models import WxAllowance
from bot.kit.clock import Clock
from bot.kit.db import Database, WriteSession
from bot.kit.errors import Held
from bot.messages import Allowance, Channel, ChannelUser

Kind = Literal["message", "action"]

QuotasOf = Callable[[str], Quotas]
"""The quotas of an account, by what `account` is in messages."""


class NothingLeft(Held):
    """这一轮能发给客户的条数用完了，或者时间过了；客户再发消息后会自动送出。"""

    code = "nothing_left"


class Meter:
    """Counts for one channel."""

    def __init__(self, database: Database, clock: Clock, channel: Channel, quotas: QuotasOf) -> None:
        self._database = database
        self._clock = clock
        self._channel = channel
        self._quotas = quotas

    async def grant(
        self, session: WriteSession, account: str, user: ChannelUser, kind: Kind, source: str, at: datetime
    ) -> bool:
        """The customer did something at `at`; False when it was counted before, or is older than what was."""
        allowed, lasting = self._quotas(account).of(kind)
        values = {
            "channel": self._channel,
            "account": account,
            "channel_user": user,
            "kind": kind,
            "allowed": allowed,
            "used": 0,
            "granted_at": at,
            "expires_at": at + lasting,
            "source": source,
        }
        granted = await session.execute(statements.grant(statements.dialect_of(session)), values)
        return granted.rowcount == 1  # pyright: ignore[reportAttributeAccessIssue]

    async def take(self, session: WriteSession, account: str, user: ChannelUser) -> Kind:
        """Use one; the kind it was taken from. Raises NothingLeft."""
        rows = await session.scalars(
            select(WxAllowance)
            .where(self._of(account, user), self._valid())
            .order_by(WxAllowance.expires_at)
            .limit(1)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        row = rows.one_or_none()
        if row is None:
            raise NothingLeft()
        row.used += 1
        return row.kind  # pyright: ignore[reportReturnType] - a CHECK holds it to Kind

    async def give_back(self, session: WriteSession, account: str, user: ChannelUser, kind: str) -> None:
        """What was taken was not used after all."""
        await session.execute(
            update(WxAllowance)
            .where(self._of(account, user), WxAllowance.kind == kind, WxAllowance.used > 0)
            .values(used=WxAllowance.used - 1)
        )

    async def none_left(self, session: WriteSession, account: str, user: ChannelUser) -> None:
        """The platform says that nothing more may be sent."""
        await session.execute(
            update(WxAllowance).where(self._of(account, user)).values(used=WxAllowance.allowed)
        )

    async def read(self, account: str, user: ChannelUser) -> Allowance:
        """What may still be sent."""
        async with self._database.read() as session:
            rows = list(
                await session.scalars(select(WxAllowance).where(self._of(account, user), self._valid()))
            )
        return Allowance(
            left=sum(row.allowed - row.used for row in rows),
            until=max((row.expires_at for row in rows), default=None),
        )

    def _of(self, account: str, user: ChannelUser) -> Any:
        return and_(
            WxAllowance.channel == self._channel,
            WxAllowance.account == account,
            WxAllowance.channel_user == user,
        )

    def _valid(self) -> Any:
        return and_(WxAllowance.expires_at > self._clock(), WxAllowance.used < WxAllowance.allowed)
