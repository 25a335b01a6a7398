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

from sqlalchemy import ColumnElement, select, update

from bot.kit.db import WriteSession
from bot.kit.errors import BadInput
from bot.kit.ids import IdentityId
from bot.kit.settings import Settings
from bot.store.customers.numbers import Number, masked, read_number
from bot.store.customers.service import customer_by_number
from bot.store.identities.guard import Limits, count_failure, hold, locked_until
from bot.store.identities.models import CodeChallenge
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
    """There is no code to check: it ran out, was used, was replaced, or was never asked for."""


async def start_verification(
    session: WriteSession, identity_id: IdentityId, number_text: str, now: datetime, rules: CodeRules
) -> Challenge | TooManyCodes | Locked:
    """Make a code for the customer with this phone or member number; earlier codes of the identity end.

    BadInput when the text is neither. Hand the challenge's `sms` to `SmsCourier.post` after the commit.
    """
    number = read_number(number_text)
    if number is None:
        raise BadInput("请输入登记的手机号，或 HM 开头的会员号。")
    target = _target(rules, number)
    guards = [await hold(session, _identity_subject(identity_id)), await hold(session, f"n:{target}")]
    if until := locked_until(guards, now):
        return Locked(until)
    if retry_at := await _next_code_at(session, identity_id, target, now, rules.limits):
        return TooManyCodes(retry_at)
    await _close_codes(session, identity_id, now)

    customer = await customer_by_number(session, number)
    phone = customer.phone if customer else None
    code, nonce = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}", secrets.token_bytes(16)
    expires_at = now + rules.life
    session.add(
        CodeChallenge(
            identity_id=identity_id,
            target=target,
            customer_id=customer.customer_id if customer and phone else None,
            nonce=nonce,
            code_hash=_code_hash(rules, identity_id, nonce, code),
            created_at=now,
            expires_at=expires_at,
        )
    )
    await session.flush()
    return Challenge(masked(number), expires_at, _sms(rules, phone, code) if phone else None)


async def check_code(
    session: WriteSession, identity_id: IdentityId, code: str, now: datetime, rules: CodeRules
) -> Verified | Wrong | Locked | Expired:
    """Check a code and count it, in one step. A good one binds the identity and cannot be used again.

    BadInput, uncounted, when the text is not six digits.
    """
    digits = _digits(code)
    guards = [await hold(session, _identity_subject(identity_id))]
    challenge = await _open_challenge(session, identity_id)
    if challenge is not None:
        guards.append(await hold(session, f"n:{challenge.target}"))
    if until := locked_until(guards, now):
        return Locked(until)
    if challenge is None or now >= challenge.expires_at:
        return Expired()

    expected = _code_hash(rules, identity_id, challenge.nonce, digits)
    fits = hmac.compare_digest(expected, challenge.code_hash)
    if not fits or challenge.customer_id is None:
        left = count_failure(guards, now, rules.limits)
        if left == 0:
            challenge.closed_at = now
        await session.flush()
        return Wrong(left) if left else Locked(now + rules.limits.lock)
    challenge.closed_at = now
    # Only the identity's own count starts again: the number's runs out by time, whoever guesses at it.
    guards[0].failures = 0
    await session.flush()
    return await bind(session, identity_id, challenge.customer_id, "code", now, rules.verified)


async def _next_code_at(
    session: WriteSession, identity_id: IdentityId, target: str, now: datetime, limits: Limits
) -> datetime | None:
    """When the next code may be made; None: now."""
    subjects = (CodeChallenge.identity_id == identity_id, CodeChallenge.target == target)
    starts = [await _window(session, subject, now, limits) for subject in subjects]
    return max((start + limits.send_window for start in starts if start), default=None)


async def _window(
    session: WriteSession, subject: ColumnElement[bool], now: datetime, limits: Limits
) -> datetime | None:
    statement = (
        select(CodeChallenge.created_at)
        .where(subject, CodeChallenge.created_at > now - limits.send_window)
        .order_by(CodeChallenge.created_at.desc())
        .limit(limits.sends)
    )
    recent = (await session.execute(statement)).scalars().all()
    return recent[-1] if len(recent) >= limits.sends else None


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


def _target(rules: CodeRules, number: Number) -> str:
    """What stands for a number in the tables: an attacker who reads them learns no phone numbers."""
    return hmac.new(rules.secret, f"number:{number.value}".encode(), hashlib.sha256).hexdigest()


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
