"""Passwords: hashed with Argon2id (RFC 9106), off the event loop; weak ones refused."""

from __future__ import annotations

import asyncio
import os
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.kit.errors import BadInput, TooMany

SHORTEST: Final = 10
LONGEST: Final = 200
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_hasher = PasswordHasher()
T = TypeVar("T")
MOST_WAITING: Final = 20
"""A hash takes a tenth of a second of every core: beyond this many at once, people are asked to wait."""


def _behind_the_customers() -> None:
    """Hashing gets the processor when nobody else wants it (on Linux a thread has a niceness of its own)."""
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


_one_by_one = ThreadPoolExecutor(1, "passwords", initializer=_behind_the_customers)
_waiting = 0


class Busy(TooMany):
    """现在登录的人太多，请过几秒再试。"""

    code = "busy"


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
    return await _in_turn(lambda: _hasher.hash(password))


async def password_fits(stored: str | None, password: str) -> bool:
    """Does `password` fit the stored hash? Takes as long when there is none."""
    return await _in_turn(lambda: _fits(stored, password))


async def _in_turn(work: Callable[[], T]) -> T:
    """One hash at a time, a few waiting. Raises Busy."""
    global _waiting  # noqa: PLW0603 - there is one queue in a process
    if _waiting >= MOST_WAITING:
        raise Busy(retry_after=3)
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_one_by_one, work)
    finally:
        _waiting -= 1


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
