"""Passwords: hashed with Argon2id (RFC 9106), off the event loop; weak ones refused."""

from __future__ import annotations

import asyncio
import secrets
from functools import cache
from itertools import pairwise
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.kit.errors import BadInput

SHORTEST: Final = 10
LONGEST: Final = 200
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_hasher = PasswordHasher()


class WeakPassword(BadInput):
    """密码至少 10 位，不能是登录名，也不能是常见的或重复的字符。"""

    code = "weak_password"


def check_password_is_strong(password: str, login: str) -> None:
    """Raises WeakPassword. Length and variety count, not kinds of characters (NIST SP 800-63B, 5.1.1)."""
    plain = password.casefold()
    runs = all(ord(b) - ord(a) == ord(plain[1]) - ord(plain[0]) for a, b in pairwise(plain))
    if (
        not SHORTEST <= len(password) <= LONGEST
        or len(set(plain)) < 5
        or login.casefold() in plain
        or plain in {"password123", "qwertyuiop", "1q2w3e4r5t"}
        or runs
    ):
        raise WeakPassword()


async def hash_password(password: str) -> str:
    return await asyncio.to_thread(_hasher.hash, password)


async def password_fits(stored: str | None, password: str) -> bool:
    """Does `password` fit the stored hash? Takes as long when there is none."""
    return await asyncio.to_thread(_fits, stored, password)


def one_time_password() -> str:
    """A password to hand over; it must be changed at the first login."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


def _fits(stored: str | None, password: str) -> bool:
    try:
        return _hasher.verify(stored or _nobody(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    """What a login costs must not tell whether the name exists: this hash is tried where there is none."""
    return _hasher.hash(one_time_password())
