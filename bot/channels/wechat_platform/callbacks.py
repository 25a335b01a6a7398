"""Calling the merchant: signed, encrypted as the account's mode says, three times when it does not answer."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from typing import Any

import aiohttp
import xmltodict
from wechatpy.crypto import PrpCrypto, WeChatCrypto

from bot.channels.wechat_platform.state import Account, Platform

ANSWER_SECONDS = 5.0
DELIVERIES = 3


def as_xml(fields: dict[str, Any]) -> str:
    """`fields` as the platform writes them."""
    return xmltodict.unparse({"xml": fields}, full_document=False)


def signed(account: Account, now: float, *more: str) -> dict[str, str]:
    """The query of a callback: `more` are further signed parts."""
    timestamp, nonce = str(int(now)), secrets.token_hex(8)
    parts = sorted([account.token, timestamp, nonce, *more])
    digest = hashlib.sha1("".join(parts).encode()).hexdigest()  # noqa: S324 - the platform's own way
    return {"msg_signature" if more else "signature": digest, "timestamp": timestamp, "nonce": nonce}


def request(account: Account, fields: dict[str, Any], now: float) -> tuple[dict[str, str], bytes]:
    """Query and body of one delivery."""
    plain = as_xml(fields)
    query = signed(account, now)
    if account.mode == "plain":
        return query, plain.encode()
    crypto = WeChatCrypto(account.token, account.aes_key, account.id)
    sealed = PrpCrypto(crypto.key).encrypt(plain, account.id).decode()
    body: dict[str, Any] = {"ToUserName": fields["ToUserName"], "Encrypt": sealed}
    if account.mode == "compatible":
        body = {**fields, "Encrypt": sealed}
    digest = sorted([account.token, query["timestamp"], query["nonce"], sealed])
    query["msg_signature"] = hashlib.sha1("".join(digest).encode()).hexdigest()  # noqa: S324
    query["encrypt_type"] = "aes"
    return query, as_xml(body).encode()


def opened(account: Account, answer: bytes) -> dict[str, Any] | None:
    """A passive reply in the answer; None when it only acknowledges."""
    if answer.strip() in (b"", b"success"):
        return None
    fields = xmltodict.parse(answer.decode())["xml"]
    if "Encrypt" not in fields:
        return fields
    crypto = WeChatCrypto(account.token, account.aes_key, account.id)
    inner = crypto.decrypt_message(fields, fields["MsgSignature"], fields["TimeStamp"], fields["Nonce"])
    return xmltodict.parse(inner)["xml"]


class Caller:
    """Delivers callbacks in the background."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._tasks: set[asyncio.Task[Any]] = set()

    def call_soon(self, account: Account, fields: dict[str, Any]) -> asyncio.Task[int]:
        """Deliver; the task's result is how many deliveries it took, 0 when all failed."""
        task = asyncio.ensure_future(self.deliver(account, fields))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def deliver(self, account: Account, fields: dict[str, Any]) -> int:
        """Deliver up to three times, `retry_seconds` after each other."""
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as http:
            for number in range(1, DELIVERIES + 1):
                query, body = request(account, fields, self._platform.clock())
                try:
                    async with http.post(account.callback, params=query, data=body) as answer:
                        raw = await answer.read()
                        if answer.status == 200:
                            self._answered(account, fields, raw)
                            return number
                except (aiohttp.ClientError, TimeoutError, OSError):
                    pass
                if number < DELIVERIES:
                    await asyncio.sleep(self._platform.retry_seconds)
        phone = self._platform.phone(account.id, fields.get("FromUserName", ""))
        phone.show(
            {"who": "notice", "text": "该公众号提供的服务出现故障，请稍后再试"}, self._platform.clock()
        )
        return 0

    def _answered(self, account: Account, fields: dict[str, Any], raw: bytes) -> None:
        reply = opened(account, raw)
        if reply is not None:
            phone = self._platform.phone(account.id, fields["FromUserName"])
            phone.show({"who": "them", "type": "text", "text": reply["Content"]}, self._platform.clock())
