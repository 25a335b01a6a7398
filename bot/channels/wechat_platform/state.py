"""What the played platform knows: accounts, customers' phones, tokens, grants, media, faults on request."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

TOKEN_SECONDS = 7200
RENEWED_EARLY = 300


@dataclass
class Account:
    """An official account (`id` is its appid) or a company (its corpid, with one `kfid`).

    `templates`: by id, how each reads, with `{{thing1.DATA}}` where a keyword's value stands.
    """

    id: str
    secret: str
    token: str
    aes_key: str
    callback: str
    mode: str = "safe"
    kfid: str = ""
    templates: dict[str, str] = field(default_factory=dict)
    menu: dict[str, Any] | None = None


@dataclass
class Grant:
    """So many messages until then."""

    left: int
    until: float


@dataclass
class Phone:
    """A customer's chat with one account."""

    user: str
    lines: list[dict[str, Any]] = field(default_factory=list)
    grants: dict[str, Grant] = field(default_factory=dict)
    follows: bool = True
    typing: bool = False
    session: int = 0
    greeted_at: float = 0.0
    consents: dict[str, int] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def show(self, line: dict[str, Any], now: float) -> dict[str, Any]:
        """Put a line on the screen."""
        shown = {"n": len(self.lines) + 1, "at": now, **line}
        self.lines.append(shown)
        self.news.set()
        self.news = asyncio.Event()
        return shown


@dataclass
class Platform:
    """All of it. `faults` holds, per call, what the next calls answer instead: an error code, or a word."""

    accounts: dict[str, Account] = field(default_factory=dict)
    phones: dict[tuple[str, str], Phone] = field(default_factory=dict)
    tokens: dict[str, tuple[str, float]] = field(default_factory=dict)
    media: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    faults: dict[str, deque[int | str]] = field(default_factory=lambda: defaultdict(deque))
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    log: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    sent_ids: dict[str, str] = field(default_factory=dict)
    codes: dict[str, tuple[str, float]] = field(default_factory=dict)
    clock: Callable[[], float] = time.time
    retry_seconds: float = 5.0
    down: bool = False
    unknown_token: int = 40001
    """What a call with a token that the platform does not know is answered; after it started again, all."""
    quota: tuple[int, float] = (5, 48 * 3600)
    action_quota: tuple[int, float] = (3, 60)

    def phone(self, account: str, user: str) -> Phone:
        """The chat, made on first use."""
        return self.phones.setdefault((account, user), Phone(user))

    def grant(self, phone: Phone, kind: str) -> None:
        """The customer did something."""
        count, seconds = self.quota if kind == "message" else self.action_quota
        phone.grants[kind] = Grant(count, self.clock() + seconds)

    def use_grant(self, phone: Phone) -> int:
        """Use one message; the error code when there is none: out of time, or out of count."""
        valid = [grant for grant in phone.grants.values() if grant.until > self.clock()]
        if not valid:
            return 45015
        for grant in sorted(valid, key=lambda each: each.until):
            if grant.left:
                grant.left -= 1
                return 0
        return 45047

    def issue(self, account: str, *, force: bool) -> tuple[str, int]:
        """The access token: the same again until shortly before its end, unless forced."""
        token, until = self.tokens.get(account, ("", 0.0))
        if force or not token or until - RENEWED_EARLY <= self.clock():
            token, until = secrets.token_urlsafe(64), self.clock() + TOKEN_SECONDS
            self.tokens[account] = (token, until)
        return token, int(until - self.clock())

    def token_error(self, token: str) -> tuple[str, int]:
        """Whose token this is, and 0; or what is wrong with it."""
        for account, (known, until) in self.tokens.items():
            if token and known == token:
                return account, 0 if until > self.clock() else 42001
        return "", self.unknown_token if token else 41001

    def keep(self, name: str, data: bytes) -> str:
        """Store media; its id."""
        id_ = secrets.token_urlsafe(32)
        self.media[id_] = (name, data)
        return id_
