"""Tokens of other systems: made, found, revoked. The secret is shown once; only its hash is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk.api.models import ApiToken
from bot.desk.audit.service import Doer, record
from bot.kit.clock import Clock
from bot.kit.db import Database, WriteSession
from bot.kit.errors import BadInput, Forbidden, NotFound, Unauthorized
from bot.kit.ids import secret_token

SCOPES: Final[dict[str, str]] = {
    "conversations:read": "看会话（不含消息内容）",
    "customers:read": "看会话属于哪位会员（会员号）",
    "messages:read": "看消息内容",
    "messages:write": "以公司名义给客户发消息",
    "tickets:read": "看工单和备注",
    "tickets:write": "开工单、关工单",
    "notes:write": "写内部备注",
}
"""Scope: what it allows, for who makes a token."""

_PREFIX: Final = "htk_"
_USED_EVERY: Final = timedelta(minutes=1)


class BadToken(Unauthorized):
    """The token is missing, wrong, expired or revoked: send `Authorization: Bearer htk_…`."""

    code = "unauthorized"


class NoScope(Forbidden):
    """The token lacks a scope."""

    code = "insufficient_scope"


@dataclass(frozen=True, slots=True)
class Caller:
    """Another system, known by its token."""

    token: int
    name: str
    scopes: frozenset[str]
    address: str = ""

    @property
    def doer(self) -> Doer:
        return Doer(f"api:{self.name}", None, self.address)

    def require(self, scope: str) -> None:
        """Raises NoScope."""
        if scope not in self.scopes:
            raise NoScope(f"This needs the scope {scope}.", scope=scope)


def make_token(
    session: WriteSession,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime | None,
    by: Doer,
    now: datetime,
) -> tuple[ApiToken, str]:
    """A new token and its secret, which nobody can read again."""
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        raise BadInput(f"权限是其中的一个或几个：{'、'.join(SCOPES)}。")
    if not name.strip():
        raise BadInput("请给它起个名字，例如 CRM。")
    if expires_at is not None and expires_at <= now:
        raise BadInput("有效期要在以后。")
    secret = _PREFIX + secret_token()
    row = ApiToken(
        name=name.strip()[:60],
        prefix=secret[:8],
        token_hash=_hash(secret),
        scopes=sorted(set(scopes)),
        made_by=by.name,
        created_at=now,
        expires_at=expires_at,
    )
    session.add(row)
    record(session, by, "token_made", row.name, now, {"scopes": row.scopes})
    return row, secret


async def revoke_token(session: WriteSession, token: int, by: Doer, now: datetime) -> None:
    """The token counts no longer, from the next request on."""
    row = await session.get(ApiToken, token)
    if row is None:
        raise NotFound("没有这个令牌。")
    if row.revoked_at is None:
        row.revoked_at = now
        record(session, by, "token_revoked", row.name, now)


async def live_tokens(session: AsyncSession) -> list[ApiToken]:
    """Tokens that were not revoked, newest first; expired ones too, so that somebody sees why."""
    statement = select(ApiToken).where(ApiToken.revoked_at.is_(None)).order_by(ApiToken.id.desc())
    return list(await session.scalars(statement))


class Tokens:
    """Knows who calls."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def find(self, header: str, address: str) -> Caller:
        """The caller of an `Authorization` header. Raises BadToken."""
        kind, _, secret = header.partition(" ")
        if kind.lower() != "bearer" or not secret.startswith(_PREFIX):
            raise BadToken()
        now = self._clock()
        async with self._database.read() as session:
            row = await session.scalar(select(ApiToken).where(ApiToken.token_hash == _hash(secret.strip())))
        if row is None or row.revoked_at is not None or (row.expires_at and row.expires_at <= now):
            raise BadToken()
        if row.last_used_at is None or now - row.last_used_at >= _USED_EVERY:
            async with self._database.write() as session:
                used = update(ApiToken).where(ApiToken.id == row.id).values(last_used_at=now)
                await session.execute(used)
        return Caller(row.id, row.name, frozenset(row.scopes), address)


def _hash(secret: str) -> str:
    # The secret has 256 random bits: a slow hash would protect nothing more.
    return hashlib.sha256(secret.encode()).hexdigest()
