"""Who may come in: the signature, the time, the encryption of a callback's request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.channels.tencent import guard, xml
from bot.channels.tencent.accounts import OfficialAccount
from bot.channels.tencent.crypto import BadSignature, Envelope, check_signature, signature
from bot.channels.tencent.xml import Fields
from bot.kit.clock import Clock
from bot.kit.errors import Forbidden
from bot.kit.ids import secret_token


class NotEncrypted(Forbidden):
    """This account is in safe mode and takes encrypted callbacks only."""

    code = "not_encrypted"


@dataclass(frozen=True, slots=True)
class Opened:
    """A request that is from the platform. `key`: which EncodingAESKey it used; None when it used none."""

    fields: Fields
    timestamp: str
    nonce: str
    key: int | None


class Door:
    """The door of one account."""

    def __init__(self, account: OfficialAccount, clock: Clock) -> None:
        self._account = account
        self._token = account.token.get_secret_value()
        self._envelope = Envelope(account.keys, account.app_id)
        self._clock = clock

    def verify(self, query: Mapping[str, str]) -> str:
        """The answer to the GET that verifies our address. Raises BadSignature or Stale."""
        timestamp = query.get("timestamp", "")
        check_signature(query.get("signature", ""), self._token, timestamp, query.get("nonce", ""))
        guard.check_time(timestamp, self._clock())
        return query.get("echostr", "")

    def open(self, query: Mapping[str, str], body: bytes) -> Opened:
        """What the request says. Raises Forbidden or BadXml."""
        timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        if query.get("encrypt_type", "raw") == "aes":
            return self._open_sealed(query, timestamp, nonce, body)
        if self._account.mode == "safe":
            raise NotEncrypted()
        check_signature(query.get("signature", ""), self._token, timestamp, nonce)
        guard.check_time(timestamp, self._clock())
        return Opened(xml.read(body), timestamp, nonce, None)

    def _open_sealed(self, query: Mapping[str, str], timestamp: str, nonce: str, body: bytes) -> Opened:
        """Only what is encrypted counts: in compatible mode a plain copy stands beside it, unsigned."""
        encrypted = xml.text(xml.read(body), "Encrypt").strip()
        if not encrypted or not self._account.keys:
            raise BadSignature()
        check_signature(query.get("msg_signature", ""), self._token, timestamp, nonce, encrypted)
        guard.check_time(timestamp, self._clock())
        opened = self._envelope.open(encrypted)
        return Opened(xml.read(opened.message), timestamp, nonce, opened.key)

    def seal(self, reply: bytes, opened: Opened) -> bytes:
        """A reply as the request was: encrypted under its key, or plain."""
        if opened.key is None:
            return reply
        timestamp, nonce = str(int(self._clock().timestamp())), secret_token(9)
        encrypted = self._envelope.seal(reply, opened.key)
        signed = signature(self._token, timestamp, nonce, encrypted)
        return xml.write(
            {"Encrypt": encrypted, "MsgSignature": signed, "TimeStamp": int(timestamp), "Nonce": nonce}
        )
