"""make bench-wechat: how fast callbacks are acknowledged with the brain stopped, and answered end to end.

Callbacks come one after the other over one connection per client, encrypted, each a new message, to a real
server process on one core. Writes build/bench/wechat.json.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bot.channels.wechat_platform.app import make_app as make_platform
from bot.channels.wechat_platform.callbacks import request
from bot.channels.wechat_platform.state import Account, Platform

KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
APP = "wx5823bf96d3bd56c7"
COUNT, WARM_UP, CLIENTS, END_TO_END = 1000, 100, 4, 100
OUT = Path("build/bench/wechat.json")
SECRET = "bench-secret"


async def echo(call: web.Request) -> web.Response:
    said = await call.json()
    text = said.get("text") or said["intent"]
    return web.json_response(
        {"messages": [{"type": "text", "text": f"echo: {text}"}], "parse": None, "actions": []}
    )


async def serve(app: web.Application, port: int = 0) -> tuple[web.AppRunner, int]:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    return runner, site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]


async def brain(port: int = 0) -> tuple[web.AppRunner, int]:
    app = web.Application()
    app.router.add_post("/webhooks/brain/turn", echo)
    app.router.add_get("/webhooks/brain/health", lambda _: _json({"status": "ready"}))
    return await serve(app, port)


async def _json(body: dict[str, Any]) -> web.Response:
    return web.json_response(body)


def fields(user: str, number: int) -> dict[str, Any]:
    return {
        "ToUserName": "gh_bench", "FromUserName": user, "CreateTime": int(time.time()), "MsgType": "text",
        "Content": "我有多少积分", "MsgId": number,
    }  # fmt: skip


async def acknowledged(account: Account) -> dict[str, float]:
    """Milliseconds per acknowledgement, and callbacks per second."""
    taken: list[float] = []
    numbers = iter(range(COUNT + WARM_UP))

    async def client(http: aiohttp.ClientSession, name: str) -> None:
        for number in numbers:
            query, body = request(account, fields(f"o-{name}-{number % 50}", number), time.time())
            began = time.perf_counter()
            async with http.post(account.callback, params=query, data=body) as answer:
                assert await answer.text() == "success", answer.status
            if number >= WARM_UP:
                taken.append((time.perf_counter() - began) * 1000)

    began = time.perf_counter()
    async with aiohttp.ClientSession() as http:
        await asyncio.gather(*(client(http, str(n)) for n in range(CLIENTS)))
    return {**percentiles(taken), "per_second": round((COUNT + WARM_UP) / (time.perf_counter() - began), 1)}


def percentiles(taken: list[float]) -> dict[str, float]:
    ordered = sorted(taken)
    return {
        f"p{at}_ms": round(ordered[min(len(ordered) - 1, len(ordered) * at // 100)], 2) for at in (50, 95, 99)
    }


async def answered(platform: Platform, account: Account) -> dict[str, float]:
    """Milliseconds from the customer's callback to the answer on their phone."""
    taken: list[float] = []
    async with aiohttp.ClientSession() as http:
        for number in range(END_TO_END):
            phone = platform.phone(APP, f"o-end-{number}")
            platform.grant(phone, "message")
            query, body = request(account, fields(phone.user, 10**6 + number), time.time())
            began = time.perf_counter()
            async with http.post(account.callback, params=query, data=body) as answer:
                await answer.read()
            if not phone.lines:
                await asyncio.wait_for(phone.news.wait(), 30)
            taken.append((time.perf_counter() - began) * 1000)
    return percentiles(taken)


async def server(folder: Path, port: int, brain_port: int, api: int) -> asyncio.subprocess.Process:
    accounts = folder / "accounts.toml"
    accounts.write_text(
        f'[[official]]\nname = "main"\napp_id = "{APP}"\napp_secret = "s"\ntoken = "t"\n'
        f'aes_key = "{KEY}"\napi = "http://127.0.0.1:{api}"\n'
    )
    env = os.environ | {
        "HUITOUKE_DATA_DIR": str(folder), "HUITOUKE_PORT": str(port), "HUITOUKE_HOST": "127.0.0.1",
        "HUITOUKE_DEMO": "false", "HUITOUKE_WECHAT_ACCOUNTS": str(accounts), "HUITOUKE_BRAIN_SECRET": SECRET,
        "BRAIN_URLS": f"http://127.0.0.1:{brain_port}", "HUITOUKE_LOG_LEVEL": "error", "DATABASE_URL": "",
    }  # fmt: skip
    huitouke = str(Path(sys.executable).with_name("huitouke"))
    upgrade = await asyncio.create_subprocess_exec(huitouke, "db", "upgrade", env=env)
    await upgrade.wait()
    process = await asyncio.create_subprocess_exec(
        huitouke, "serve", env=env, stderr=asyncio.subprocess.DEVNULL
    )
    async with aiohttp.ClientSession() as http:
        for _ in range(300):
            try:
                async with http.get(f"http://127.0.0.1:{port}/healthz") as answer:
                    if answer.status == 200:
                        return process
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)
    raise RuntimeError("The server did not start.")


@asynccontextmanager
async def running(port: int, brain_port: int, api: int) -> AsyncGenerator[None]:
    """A server with a database of its own, for the length of a block."""
    with tempfile.TemporaryDirectory() as folder:
        process = await server(Path(folder), port, brain_port, api)
        try:
            yield
        finally:
            process.terminate()
            await process.wait()


async def measure() -> dict[str, Any]:
    platform = Platform()
    api_runner, api = await serve(make_platform(platform))
    thinking, brain_port = await brain()
    await thinking.cleanup()  # the port is free, and nobody answers there
    free, port = await serve(web.Application())
    await free.cleanup()
    account = Account(APP, "s", "t", KEY, f"http://127.0.0.1:{port}/api/wechat/main")
    platform.accounts[APP] = account
    # A server of its own for each: what waits while the brain is stopped would slow the answers afterwards.
    async with running(port, brain_port, api):
        stopped = await acknowledged(account)
    thinking, _ = await brain(brain_port)
    async with running(port, brain_port, api):
        result = {"acknowledged_brain_stopped": stopped, "end_to_end": await answered(platform, account)}
    result["load_average"] = {"1_minute": round(os.getloadavg()[0], 2)}
    await thinking.cleanup()
    await api_runner.cleanup()
    return result


if __name__ == "__main__":
    figures = json.dumps(asyncio.run(measure()), indent=2)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(figures + "\n")
    print(figures)
