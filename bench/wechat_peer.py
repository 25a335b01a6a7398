"""The peer of bench/wechat.py: wechatpy's way of taking a callback, in the smallest server that can be.

It checks the signature, decrypts and parses, and acknowledges. It stores nothing: what it acknowledged is
lost with the process. So this is how fast a callback can be read, not how fast it can be kept.
"""

from __future__ import annotations

import sys

from aiohttp import web
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto


def make_app(token: str, aes_key: str, app_id: str) -> web.Application:
    """POST /api/wechat/main, as ours."""
    crypto = WeChatCrypto(token, aes_key, app_id)

    async def receive(request: web.Request) -> web.Response:
        query, body = request.query, await request.read()
        plain = crypto.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"])
        message = parse_message(plain)
        return web.Response(text="success" if message and message.source else "")

    async def health(_request: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.router.add_post("/api/wechat/main", receive)
    app.router.add_get("/healthz", health)
    return app


if __name__ == "__main__":
    port, token, aes_key, app_id = sys.argv[1:]
    web.run_app(make_app(token, aes_key, app_id), host="127.0.0.1", port=int(port), print=None)
