"""One-time codes: prove that a visitor is the customer behind a phone or member number.

A number we do not know takes exactly the same way as one we know: same rows, same answers, same locks. Only
no message is sent and no code fits, so nobody learns who is a customer here.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select, update

from bot.kit.db import WriteSession
from bot.kit.errors import BadInput
from bot.kit.ids import IdentityId
from bot.kit.settings import Settings
from bot.store.customers.numbers import masked, read_number
from bot.store.customers.service import customer_by_number
from bot.store.identities.guard import (
    Asker,
    Limits,
    count_failure,
    count_for_the_day,
    hold,
    locked_until,
    next_code_at,
)
from bot.store.identities.models import CodeChallenge, CodeGuard
from bot.store.identities.service import Verified, bind
from bot.store.identities.sms import Sms

DIGITS = 6


@dataclass(frozen=True, slots=True)
class CodeRules:
    """The limits of one-time codes, and the secret their hashes are keyed with."""

    secret: bytes = field(repr=False)
    company: str = ""
    life: timedelta = timedelta(minutes=5)
    verified: timedelta = timedelta(hours=12)
    limits: Limits = field(default_factory=Limits)

    @classmethod
    def from_settings(cls, settings: Settings) -> CodeRules:
        """The rules as configured; the key is derived from the session secret for this one use."""
        root = settings.secret("session_secret").encode()
        return cls(
            secret=hmac.digest(root, b"one-time codes", "sha256"),
            company=settings.company,
            life=timedelta(minutes=settings.code_minutes),
            verified=timedelta(hours=settings.verified_hours),
            limits=Limits(
                tries=settings.code_tries,
                lock=timedelta(minutes=settings.lock_minutes),
                sends=settings.code_sends,
                send_window=timedelta(minutes=settings.code_send_minutes),
                sends_day=settings.code_sends_day,
                sends_address=settings.code_sends_address,
                sends_all=settings.code_sends_all,
                guesses_day=settings.code_guesses_day,
            ),
        )


@dataclass(frozen=True, slots=True)
class Challenge:
    """A code was made. Hand `sms` to the courier after the commit; it is None for a number unknown to us."""

    sent_to: str
    expires_at: datetime
    sms: Sms | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class TooManyCodes:
    """Enough codes for now; another one may be asked for at `retry_at`."""

    retry_at: datetime


@dataclass(frozen=True, slots=True)
class Wrong:
    """Not the code. `tries_left` is at least 1."""

    tries_left: int


@dataclass(frozen=True, slots=True)
class Locked:
    """Too many wrong codes: nothing is accepted before `until`, not even the right code."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Expired:
    """There is no code (any more): it ran out, was used or replaced, never asked for, or had but one try."""


async def start_verification(
    session: WriteSession,
    identity_id: IdentityId,
    number_text: str,
    now: datetime,
    rules: CodeRules,
    address: str | None = None,
) -> Challenge | TooManyCodes | Locked:
    """Make a code for the customer with this phone or member number; earlier codes of the identity end.

    BadInput when the text is neither. Hand the challenge's `sms` to `SmsCourier.post` after the commit.
    `address`: where the request comes from, as a hash that always is the same for the same place.
    """
    number = read_number(number_text)
    if number is None:
        raise BadInput("请输入登记的手机号，或 HM 开头的会员号。")
    guard = await hold(session, _identity_subject(identity_id))
    if until := locked_until(guard, now):
        return Locked(until)
    if address is not None:
        await hold(session, f"a:{address}")
    customer = await customer_by_number(session, number)
    phone = customer.phone if customer else None
    # A customer is one, whichever of their names was given; who is none is the number itself.
    target = _target(rules, phone or number.value)
    await hold(session, f"n:{target}")
    whose = customer.customer_id if customer and phone else None
    if retry_at := await next_code_at(session, Asker(identity_id, address, target, whose), now, rules.limits):
        return TooManyCodes(retry_at)
    await _close_codes(session, identity_id, now)

    code, nonce = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}", secrets.token_bytes(16)
    expires_at = now + rules.life
    session.add(
        CodeChallenge(
            identity_id=identity_id,
            target=target,
            customer_id=whose,
            nonce=nonce,
            code_hash=_code_hash(rules, identity_id, nonce, code),
            created_at=now,
            expires_at=expires_at,
            address=address,
        )
    )
    await session.flush()
    return Challenge(masked(number), expires_at, _sms(rules, phone, code) if phone else None)


async def check_code(
    session: WriteSession, identity_id: IdentityId, code: str, now: datetime, rules: CodeRules
) -> Verified | Wrong | Locked | Expired:
    """Check a code and count it, in one step. A good one binds the identity and cannot be used again.

    BadInput, uncounted, when the text is not six digits. What others guess at the same customer's codes
    never refuses the right one.
    """
    digits = _digits(code)
    guard = await hold(session, _identity_subject(identity_id))
    if until := locked_until(guard, now):
        return Locked(until)
    challenge = await _open_challenge(session, identity_id)
    if challenge is None or now >= challenge.expires_at:
        return Expired()

    expected = _code_hash(rules, identity_id, challenge.nonce, digits)
    fits = hmac.compare_digest(expected, challenge.code_hash)
    if not fits or challenge.customer_id is None:
        return await _count(session, guard, challenge, now, rules.limits)
    challenge.closed_at = now
    guard.failures = 0
    await session.flush()
    return await bind(session, identity_id, challenge.customer_id, "code", now, rules.verified)


async def _count(
    session: WriteSession, guard: CodeGuard, challenge: CodeChallenge, now: datetime, limits: Limits
) -> Wrong | Locked | Expired:
    """A wrong code, against the device and the customer's day. Past the day's, a code has one try."""
    day = await hold(session, f"n:{challenge.target}")
    left = count_failure(guard, now, limits)
    spent = not count_for_the_day(day, now, limits)
    if spent or left == 0:
        challenge.closed_at = now
    await session.flush()
    if left == 0:
        return Locked(now + limits.lock)
    return Expired() if spent else Wrong(left)


async def _open_challenge(session: WriteSession, identity_id: IdentityId) -> CodeChallenge | None:
    statement = (
        select(CodeChallenge)
        .where(CodeChallenge.identity_id == identity_id, CodeChallenge.closed_at.is_(None))
        .order_by(CodeChallenge.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def _close_codes(session: WriteSession, identity_id: IdentityId, now: datetime) -> None:
    await session.execute(
        update(CodeChallenge)
        .where(CodeChallenge.identity_id == identity_id, CodeChallenge.closed_at.is_(None))
        .values(closed_at=now)
    )


def _identity_subject(identity_id: IdentityId) -> str:
    return f"i:{identity_id}"


def _target(rules: CodeRules, number: str) -> str:
    """What stands for a number in the tables: an attacker who reads them learns no phone numbers."""
    return hmac.new(rules.secret, f"number:{number}".encode(), hashlib.sha256).hexdigest()


def _code_hash(rules: CodeRules, identity_id: IdentityId, nonce: bytes, code: str) -> bytes:
    message = b"code:" + str(identity_id).encode() + b":" + nonce + b":" + code.encode()
    return hmac.digest(rules.secret, message, "sha256")


def _digits(text: str) -> str:
    compact = "".join(unicodedata.normalize("NFKC", text).split())
    if len(compact) != DIGITS or not (compact.isascii() and compact.isdigit()):
        raise BadInput("验证码是短信里的 6 位数字。")
    return compact


def _sms(rules: CodeRules, phone: str, code: str) -> Sms:
    minutes = int(rules.life.total_seconds() // 60)
    return Sms(
        phone,
        f"【{rules.company}】您的验证码是 {code}，{minutes} 分钟内有效。"
        "请勿告诉任何人，我们的客服也不会向您索要。",
    )
