"""Wrong passwords: counted for whoever tries, so that nobody can lock a colleague out.

Somebody's own browser, known by a cookie from signing in there before, has tries of its own. Elsewhere a name
has tries at each address, an address has some for all names, and a name has some for a day from everywhere.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from prometheus_client import CollectorRegistry, Counter
from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk.agents.models import LOGIN, LoginGuard
from bot.kit.db import WriteSession, insert_into
from bot.kit.errors import TooMany
from bot.kit.ids import secret_token

LOCK: Final = timedelta(minutes=15)
TRIES: Final = 5
TRIES_OF_AN_ADDRESS: Final = 30
DAY: Final = timedelta(days=1)
TRIES_OF_A_DAY: Final = 100


class LoginLocked(TooMany):
    """试的次数太多了，请稍后再试，或者请管理员重置密码。"""

    code = "locked"

    def __init__(self, left: timedelta) -> None:
        seconds = left.total_seconds()
        minutes = max(1, ceil(seconds / 60))
        super().__init__(
            f"试的次数太多了，请 {minutes} 分钟后再试，或者请管理员重置密码。", retry_after=seconds
        )


@dataclass(frozen=True, slots=True)
class Counted:
    """One count: for whom, how many wrong ones it takes, and for how long they count and it then locks."""

    subject: str
    tries: int
    lock: timedelta


def counts(login: str, address: str, device: str | None) -> tuple[Counted, ...]:
    """Against what a wrong password counts; `device`: the login's own browser.

    In the order in which their rows are locked: two sign-ins then cannot wait for each other.
    """
    if not LOGIN.fullmatch(login):  # nobody has such a name, and it must not read like another count's
        login = f"?{hashlib.sha256(login.encode()).hexdigest()[:24]}"
    if device is not None:
        return (Counted(f"{login} {device}", TRIES, LOCK),)
    place = hashlib.sha256(address.encode()).hexdigest()[:24]
    return (
        Counted(f"{login}@{place}", TRIES, LOCK),
        Counted(f"@{place}", TRIES_OF_AN_ADDRESS, LOCK),
        Counted(login, TRIES_OF_A_DAY, DAY),
    )


class Devices:
    """Cookies by which somebody's own browser is known. They open nothing."""

    def __init__(self, secret: str) -> None:
        self._key = hmac.digest(secret.encode(), b"desk devices", "sha256")

    def issue(self, login: str) -> str:
        nonce = secret_token(15)
        return f"{nonce}.{self._seal(login, nonce)}"

    def read(self, cookie: str, login: str) -> str | None:
        """The device's name, if it is one of this login's."""
        nonce, _, seal = cookie.partition(".")
        fits = hmac.compare_digest(seal.encode(), self._seal(login, nonce).encode())
        return nonce if fits else None

    def _seal(self, login: str, nonce: str) -> str:
        return hmac.digest(self._key, f"{login}\n{nonce}".encode(), "sha256").hex()


class SignIns:
    """Counts for the metrics how signing in went."""

    def __init__(self) -> None:
        self._events = Counter(
            "huitouke_desk_sign_ins", "Sign-ins at the desk: ok, wrong, locked", ["event"], registry=None
        )

    def count_in(self, registry: CollectorRegistry) -> None:
        registry.register(self._events)

    def count(self, event: str) -> None:
        self._events.labels(event).inc()


async def refuse_locked(session: AsyncSession, counted: tuple[Counted, ...], now: datetime) -> None:
    """Raises LoginLocked."""
    subjects = [each.subject for each in counted]
    found = await session.scalars(
        select(LoginGuard.locked_until).where(LoginGuard.login.in_(subjects), LoginGuard.locked_until > now)
    )
    until = max((moment for moment in found if moment), default=None)
    if until is not None:
        raise LoginLocked(until - now)


async def hold(session: WriteSession, counted: tuple[Counted, ...]) -> list[LoginGuard]:
    """The rows of these counts, made if new and locked: tries stand in line."""
    held: list[LoginGuard] = []
    for each in counted:
        await session.execute(
            insert_into(session, LoginGuard)
            .values(login=each.subject, failures=0)
            .on_conflict_do_nothing(index_elements=[LoginGuard.login])
        )
        row = await session.scalars(
            select(LoginGuard)
            .where(LoginGuard.login == each.subject)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        held.append(row.one())
    return held


async def count_failure(session: WriteSession, counted: tuple[Counted, ...], now: datetime) -> int:
    """Count a wrong password under the rows' locks; the tries left (0: locked now)."""
    lefts: list[int] = []
    for row, each in zip(await hold(session, counted), counted, strict=True):
        if row.failed_at is None or now - row.failed_at >= each.lock:
            row.failures, row.failed_at = 0, now
        row.failures += 1
        left = each.tries - row.failures
        if left <= 0:
            row.locked_until, row.failures, row.failed_at = now + each.lock, 0, None
        lefts.append(max(left, 0))
    return min(lefts)


async def forget_failures(session: WriteSession, subject: str) -> None:
    """A right password: what was counted here starts again."""
    await session.execute(delete(LoginGuard).where(LoginGuard.login == subject))


async def lift_locks(session: WriteSession, login: str) -> None:
    """A new password: whoever has it may come in at once, from anywhere."""
    own = or_(
        LoginGuard.login == login,
        LoginGuard.login.startswith(f"{login}@", autoescape=True),
        LoginGuard.login.startswith(f"{login} ", autoescape=True),
    )
    gone = await session.scalars(delete(LoginGuard).where(own).returning(LoginGuard.login))
    addresses = [f"@{subject.partition('@')[2]}" for subject in gone if "@" in subject]
    await session.execute(delete(LoginGuard).where(LoginGuard.login.in_(addresses)))
