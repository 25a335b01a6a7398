"""Tokens of web chat: our own session token, and the merchant's word for who a visitor is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt

from bot.kit.errors import Unauthorized
from bot.kit.ids import ConversationId
from bot.messages import ChannelUser

AUDIENCE = "huitouke"
SESSION_AUDIENCE = "huitouke-session"
LONGEST_USER_TOKEN = timedelta(hours=24)
MEMBER_PREFIX = "member:"
EXTERNAL_PREFIX = "member:@"
"""No member number begins with @."""
MEMBER_SESSION = timedelta(hours=24)
"""A session that began with the merchant's word ends with the day, like the word itself."""


class BadUserToken(Unauthorized):
    """网站提供的登录凭证无效或已过期，请刷新页面后再试。"""

    code = "bad_user_token"


class BadSession(Unauthorized):
    """会话已失效，请刷新页面。"""

    code = "bad_session"


@dataclass(frozen=True, slots=True)
class Session:
    """A visitor and their conversation, as the session token says."""

    visitor: ChannelUser
    conversation: ConversationId


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom the merchant's site vouches for: exactly one of the two names is set."""

    visitor: ChannelUser
    member_number: str | None = None
    external_id: str | None = None


class SessionTokens:
    """Makes and reads session tokens (HS256; opaque to the client)."""

    def __init__(self, secret: str, lifetime: timedelta) -> None:
        self._secret = secret
        self._lifetime = lifetime

    def issue(self, session: Session, now: datetime) -> str:
        lifetime = MEMBER_SESSION if session.visitor.startswith(MEMBER_PREFIX) else self._lifetime
        return jwt.encode(
            {
                "aud": SESSION_AUDIENCE,
                "sub": session.visitor,
                "cid": session.conversation,
                "exp": now + lifetime,
            },
            self._secret,
            algorithm="HS256",
        )

    def read(self, token: str) -> Session:
        """The session a token stands for. Raises BadSession."""
        try:
            claims = jwt.decode(
                token,
                self._secret,
                algorithms=["HS256"],
                audience=SESSION_AUDIENCE,
                options={"require": ["exp", "sub", "cid"]},
            )
        except jwt.InvalidTokenError as error:
            raise BadSession() from error
        return Session(ChannelUser(str(claims["sub"])), ConversationId(str(claims["cid"])))


class MerchantTokens:
    """Reads the tokens with which a merchant's site vouches for its signed-in user.

    Claims: `sub` who it is, `by` what names them there ("member_number", the default, or "external_id"),
    `aud` "huitouke", `iat`, and `exp` at most 24 hours later (docs/protocols/webchat.md).
    """

    def __init__(self, key: str, algorithm: str) -> None:
        self._key = key
        self._algorithm = algorithm

    def vouched(self, token: str) -> Vouched:
        """Whom `token` names. Raises BadUserToken."""
        if not self._key:
            raise BadUserToken("本站没有开通登录直达（未设置 HUITOUKE_MERCHANT_KEY）。")
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=[self._algorithm],
                audience=AUDIENCE,
                options={"require": ["exp", "iat", "sub"]},
            )
        except jwt.InvalidTokenError as error:
            raise BadUserToken() from error
        if claims["exp"] - claims["iat"] > LONGEST_USER_TOKEN.total_seconds():
            raise BadUserToken("登录凭证的有效期超过 24 小时，请让网站签发更短的凭证。")
        if not claims["sub"].strip():
            raise BadUserToken("登录凭证里没有写是谁（sub）。")
        match claims.get("by", "member_number"):
            case "member_number":
                return Vouched(ChannelUser(f"{MEMBER_PREFIX}{claims['sub']}"), member_number=claims["sub"])
            case "external_id":
                return Vouched(ChannelUser(f"{EXTERNAL_PREFIX}{claims['sub']}"), external_id=claims["sub"])
            case _:
                raise BadUserToken("登录凭证里的 by 只能是 member_number 或 external_id。")
