"""Sign in and out: lockout, sessions with an end, and the token against forged requests."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update

from bot.desk.agents.guard import (
    Devices,
    LoginLocked,
    SignIns,
    count_failure,
    counts,
    forget_failures,
    hold,
    refuse_locked,
)
from bot.desk.agents.models import Agent, AgentSession, Role
from bot.desk.agents.passwords import check_password_is_strong, hash_password, password_fits
from bot.desk.audit.service import Doer, record
from bot.kit.clock import Clock
from bot.kit.db import Database, WriteSession
from bot.kit.errors import Unauthorized
from bot.kit.ids import AgentId, secret_token

LIFE: Final = timedelta(hours=12)
IDLE: Final = timedelta(hours=2)
SEEN_EVERY: Final = timedelta(seconds=60)


class BadLogin(Unauthorized):
    """登录名或密码不对。"""

    code = "bad_login"


class SignedOut(Unauthorized):
    """登录已失效，请重新登录。"""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A signed-in agent. `token` is the cookie's secret; it is known right after signing in only."""

    agent: AgentId
    login: str
    name: str
    role: Role
    csrf: str
    must_change_password: bool
    session: str
    token: str = ""

    def doer(self, address: str = "") -> Doer:
        return Doer(self.name, self.agent, address)


class Sessions:
    """Signs agents in and knows who is."""

    def __init__(self, database: Database, clock: Clock, secret: str) -> None:
        self._database = database
        self._clock = clock
        self.devices = Devices(secret)
        self.counted = SignIns()

    async def sign_in(self, login: str, password: str, address: str, device: str = "") -> SignedIn:
        """Raises BadLogin, or LoginLocked after too many wrong ones. Whether the name exists is not told.

        `device`: the cookie of a browser in which somebody has signed in before.
        """
        login = login.strip().casefold()[:80]
        now = self._clock()
        counted = counts(login, address, self.devices.read(device, login))
        try:
            async with self._database.read() as session:
                await refuse_locked(session, counted, now)
                agent = await session.scalar(select(Agent).where(Agent.login == login, ~Agent.disabled))
            fits = await password_fits(agent.password_hash if agent else None, password)
            async with self._database.write() as session:
                # Again, where tries stand in line: of many at the same moment no more count than one by one.
                await hold(session, counted)
                await refuse_locked(session, counted, now)
                if agent is None or not fits:
                    left = await count_failure(session, counted, now)
                    record(
                        session, Doer(login, None, address), "login_failed", login, now, {"tries_left": left}
                    )
                    signed_in = None
                else:
                    await forget_failures(session, counted[0].subject)
                    signed_in = _open(session, agent, now, address)
                    record(session, signed_in.doer(address), "login", login, now)
        except LoginLocked:
            self.counted.count("locked")
            raise
        if signed_in is None:
            self.counted.count("wrong")
            raise BadLogin()
        self.counted.count("ok")
        return signed_in

    async def find(self, token: str) -> SignedIn:
        """Who this cookie belongs to. Raises SignedOut."""
        now = self._clock()
        hashed = _hash(token)
        async with self._database.read() as session:
            found = (
                await session.execute(
                    select(AgentSession, Agent)
                    .join(Agent, Agent.id == AgentSession.agent_id)
                    .where(AgentSession.token_hash == hashed)
                )
            ).one_or_none()
        if found is None or found[1].disabled:
            raise SignedOut()
        row, agent = found[0], found[1]
        if now >= row.expires_at or now - row.seen_at >= IDLE:
            raise SignedOut()
        if now - row.seen_at >= SEEN_EVERY:
            await self.touch(hashed)
        return _signed_in(row, agent)

    async def touch(self, session_hash: str) -> None:
        """The session is in use."""
        async with self._database.write() as session:
            await session.execute(
                update(AgentSession)
                .where(AgentSession.token_hash == session_hash)
                .values(seen_at=self._clock())
            )

    async def sign_out(self, who: SignedIn, address: str) -> None:
        async with self._database.write() as session:
            await session.execute(delete(AgentSession).where(AgentSession.token_hash == who.session))
            record(session, who.doer(address), "logout", who.login, self._clock())

    async def change_password(self, who: SignedIn, old: str, new: str, address: str) -> None:
        """Raises BadLogin or WeakPassword; other sessions end. Wrong ones lock it for this session."""
        now = self._clock()
        counted = counts(who.login, address, who.session[:20])
        async with self._database.read() as session:
            await refuse_locked(session, counted, now)
            stored = await session.scalar(select(Agent.password_hash).where(Agent.id == who.agent))
        fits = await password_fits(stored, old)
        if fits:
            check_password_is_strong(new, who.login)
        hashed = await hash_password(new) if fits else ""
        async with self._database.write() as session:
            if fits:
                await session.execute(
                    update(Agent)
                    .where(Agent.id == who.agent)
                    .values(password_hash=hashed, must_change_password=False)
                )
                await session.execute(
                    delete(AgentSession).where(
                        AgentSession.agent_id == who.agent, AgentSession.token_hash != who.session
                    )
                )
                record(session, who.doer(address), "password_changed", who.login, now)
            else:
                await count_failure(session, counted, now)
        if not fits:
            raise BadLogin()


def csrf_fits(who: SignedIn, given: str) -> bool:
    return hmac.compare_digest(who.csrf.encode(), given.encode())


def _open(session: WriteSession, agent: Agent, now: datetime, address: str) -> SignedIn:
    token = secret_token()
    row = AgentSession(
        token_hash=_hash(token),
        agent_id=agent.id,
        csrf=secret_token(24),
        created_at=now,
        seen_at=now,
        expires_at=now + LIFE,
        address=address[:64],
    )
    session.add(row)
    return _signed_in(row, agent, token)


def _signed_in(row: AgentSession, agent: Agent, token: str = "") -> SignedIn:
    role: Role = agent.role  # pyright: ignore[reportAssignmentType] - a CHECK holds it
    return SignedIn(
        agent.id,
        agent.login,
        agent.name,
        role,
        row.csrf,
        agent.must_change_password,
        row.token_hash,
        token,
    )


def _hash(token: str) -> str:
    # The token has 256 random bits: a slow hash would protect nothing more.
    return hashlib.sha256(token.encode()).hexdigest()
