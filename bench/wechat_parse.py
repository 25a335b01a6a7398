"""Reading one callback without any server: signature, decryption, XML; ours beside wechatpy's."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto

from bot.channels.tencent.accounts import OfficialAccount
from bot.channels.wechat.decode import decode
from bot.channels.wechat.door import Door
from bot.channels.wechat_platform.callbacks import request
from bot.channels.wechat_platform.state import Account

TIMES = 2000


def reading(account: Account) -> dict[str, float]:
    """Microseconds of CPU for one encrypted text, the best of five rounds each."""
    known = OfficialAccount.model_validate(
        {
            "name": "main",
            "app_id": account.id,
            "app_secret": account.secret,
            "token": account.token,
            "aes_key": account.aes_key,
        }
    )
    fields = {
        "ToUserName": "gh_bench", "FromUserName": "o-1", "CreateTime": int(time.time()), "MsgType": "text",
        "Content": "我有多少积分", "MsgId": 1,
    }  # fmt: skip
    query, body = request(account, fields, time.time())
    door = Door(known, lambda: datetime.now(UTC))
    crypto = WeChatCrypto(account.token, account.aes_key, account.id)

    def ours() -> Any:
        return decode(door.open(query, body).fields)

    def theirs() -> Any:
        plain = crypto.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"])
        return parse_message(plain)

    assert ours().said.text == theirs().content == "我有多少积分"
    return {"ours_us": _microseconds(ours), "wechatpy_us": _microseconds(theirs)}


def _microseconds(work: Callable[[], Any]) -> float:
    best = float("inf")
    for _ in range(5):
        began = time.process_time()
        for _ in range(TIMES):
            work()
        best = min(best, time.process_time() - began)
    return round(best * 1e6 / TIMES, 1)
