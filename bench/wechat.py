"""make bench-wechat: how fast callbacks are acknowledged with the brain stopped, and answered end to end.

A real server process on one core, the clients on the others. Callbacks are encrypted, each a new message,
from four clients that each wait for the acknowledgement, then one after the other. Beside it, in the same
run, the peer of bench/wechat_peer.py. Writes build/bench/wechat.json.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bench.wechat_parse import reading
from bot.channels.wechat_platform.app import make_app as make_platform
from bot.channels.wechat_platform.callbacks import request
from bot.channels.wechat_platform.state import Account, Platform

KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
APP = "wx5823bf96d3bd56c7"
COUNT, WARM_UP, CLIENTS, USERS, END_TO_END = 2000, 200, 4, 200, 200
OUT = Path("build/bench/wechat.json")
SECRET, TOKEN = "bench-secret", "t"
CORE = 0


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


async def acknowledged(account: Account, clients: int, server: Process) -> dict[str, float]:
    """Milliseconds per acknowledgement, callbacks per second, and the server's CPU for each."""
    taken: list[float] = []
    # Signed and encrypted beforehand: the platform's work is not measured.
    ready = [
        request(account, fields(f"o-{number % USERS}", number), time.time())
        for number in range(COUNT + WARM_UP)
    ]
    waiting = iter(ready[:WARM_UP])

    async def client(http: aiohttp.ClientSession) -> None:
        for query, body in waiting:
            began = time.perf_counter()
            async with http.post(account.callback, params=query, data=body) as answer:
                assert await answer.text() == "success", answer.status
            taken.append((time.perf_counter() - began) * 1000)

    async with aiohttp.ClientSession() as http:
        await asyncio.gather(*(client(http) for _ in range(clients)))
        taken.clear()
        waiting = iter(ready[WARM_UP:])
        cpu, began = server.cpu_seconds(), time.perf_counter()
        await asyncio.gather(*(client(http) for _ in range(clients)))
        seconds, cpu = time.perf_counter() - began, server.cpu_seconds() - cpu
    return {
        **percentiles(taken),
        "per_second": round(COUNT / seconds, 1),
        "cpu_ms": round(cpu * 1000 / COUNT, 2),
    }


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
            news = phone.news
            began = time.perf_counter()
            async with http.post(account.callback, params=query, data=body) as answer:
                await answer.read()
            async with asyncio.timeout(30):
                await news.wait()
            taken.append((time.perf_counter() - began) * 1000)
    return percentiles(taken)


class Process:
    """A server on one core, in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self._process = process
        self.port = port

    def cpu_seconds(self) -> float:
        """Processor time so far, all threads; 0 where the system does not tell."""
        try:
            after_name = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def started(argv: Sequence[str], env: dict[str, str], port: int) -> AsyncGenerator[Process]:
    """The command `argv`, until the end of the block; it answers on `port`."""
    process = await asyncio.create_subprocess_exec(
        *argv, env=os.environ | env, stderr=asyncio.subprocess.DEVNULL, preexec_fn=_on_one_core
    )
    try:
        await _answers(port)
        yield Process(process, port)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _on_one_core() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {CORE})


async def _answers(port: int) -> None:
    async with aiohttp.ClientSession() as http:
        for _ in range(300):
            try:
                async with http.get(f"http://127.0.0.1:{port}/healthz") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)
    raise RuntimeError("The server did not start.")


@asynccontextmanager
async def ours(port: int, brain_port: int, api: int) -> AsyncGenerator[Process]:
    """Our server, with a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        accounts = Path(folder) / "accounts.toml"
        accounts.write_text(
            f'[[official]]\nname = "main"\napp_id = "{APP}"\napp_secret = "s"\ntoken = "{TOKEN}"\n'
            f'aes_key = "{KEY}"\napi = "http://127.0.0.1:{api}"\n'
        )
        env = {
            "HUITOUKE_DATA_DIR": folder, "HUITOUKE_PORT": str(port), "HUITOUKE_HOST": "127.0.0.1",
            "HUITOUKE_DEMO": "false", "HUITOUKE_WECHAT_ACCOUNTS": str(accounts),
            "HUITOUKE_BRAIN_SECRET": SECRET, "BRAIN_URLS": f"http://127.0.0.1:{brain_port}",
            "HUITOUKE_LOG_LEVEL": "error", "DATABASE_URL": "",
        }  # fmt: skip
        huitouke = str(Path(sys.executable).with_name("huitouke"))
        upgrade = await asyncio.create_subprocess_exec(
            huitouke, "db", "upgrade", env=os.environ | env, stdout=asyncio.subprocess.DEVNULL
        )
        await upgrade.wait()
        async with started([huitouke, "serve"], env, port) as process:
            yield process


def peer(port: int) -> Any:
    return started([sys.executable, "-m", "bench.wechat_peer", str(port), TOKEN, KEY, APP], {}, port)


async def measure() -> dict[str, Any]:
    if hasattr(os, "sched_setaffinity") and len(others := os.sched_getaffinity(0) - {CORE}) > 0:
        os.sched_setaffinity(0, others)
    platform = Platform()
    api_runner, api = await serve(make_platform(platform))
    thinking, brain_port = await brain()
    await thinking.cleanup()  # the port is free, and nobody answers there
    free, port = await serve(web.Application())
    await free.cleanup()
    account = Account(APP, "s", TOKEN, KEY, f"http://127.0.0.1:{port}/api/wechat/main")
    platform.accounts[APP] = account
    platform.quota = (COUNT, platform.quota[1])  # callbacks made here do not renew the platform's own count
    for number in range(USERS):
        platform.grant(platform.phone(APP, f"o-{number}"), "message")
    result: dict[str, Any] = {"reading_one_callback": reading(account)}
    # A server of its own for each: what waits while the brain is stopped would slow the rest.
    async with ours(port, brain_port, api) as process:
        result["acknowledged_brain_stopped"] = await acknowledged(account, CLIENTS, process)
    async with ours(port, brain_port, api) as process:
        result["one_after_the_other"] = await acknowledged(account, 1, process)
    async with peer(port) as process:
        result["peer_keeps_nothing"] = await acknowledged(account, CLIENTS, process)
    thinking, _ = await brain(brain_port)
    async with ours(port, brain_port, api):
        result["end_to_end"] = await answered(platform, account)
    result["load_average"] = {"1_minute": round(os.getloadavg()[0], 2)}
    await thinking.cleanup()
    await api_runner.cleanup()
    return result


if __name__ == "__main__":
    figures = json.dumps(asyncio.run(measure()), indent=2)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(figures + "\n")
    print(figures)
