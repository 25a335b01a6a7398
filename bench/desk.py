"""make bench-desk: 10,000 open conversations, 50 agents at work, 1,000 customers with their chat open.

A real server process on SQLite, and beside it on the same machine everybody who talks to it: agents' and
customers' sockets, and a brain that understands at once. Measured are the lists (alone and under load),
the way of a message from the customer's hand to the agent's screen under 100 messages a second, and memory;
beside the list its peer (bench/desk_peer.py), in the same run. Writes build/bench/desk.json.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import uvloop
from aiohttp import web

from bench.desk_data import AGENTS, EACH, LINES, OPEN, PASSWORD, Made, fill
from bench.desk_peer import queue_page
from bench.figures import Figures, machine, memory_mb, percentile
from bot.channels.web.tokens import Session, SessionTokens
from bot.desk.rules.rules import Rules
from bot.desk.tickets.lists import Wanted, page
from bot.kit.clock import system_now
from bot.kit.db import Database
from bot.kit.ids import AgentId, ConversationId
from bot.kit.settings import Settings
from bot.messages import ChannelUser
from bot.migrations import upgrade

OUT = Path("build/bench/desk.json")
PER_SECOND, SECONDS, LISTS = 100, 20, 400
AIMS = {"list_p95_ms": 50, "message_p95_ms": 200}


async def understand(request: web.Request) -> web.Response:
    await request.read()
    read = {"intent": {"name": "ask_points", "confidence": 0.9}, "entities": [], "ranking": []}
    return web.json_response({"parse": {**read, "emotion": {"label": "calm", "score": 0.9}}})


@asynccontextmanager
async def brain() -> AsyncGenerator[str]:
    """Understands at once; nobody needs an answer of its."""
    app = web.Application()
    app.router.add_post("/webhooks/brain/parse", understand)
    app.router.add_get("/webhooks/brain/health", _ready)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"  # type: ignore[union-attr]
    await runner.cleanup()


async def _ready(_request: web.Request) -> web.Response:
    return web.json_response({"status": "ready", "model": "bench"})


@asynccontextmanager
async def server(folder: Path, brain_url: str, port: int) -> AsyncGenerator[asyncio.subprocess.Process]:
    """`huitouke serve` on the folder's database."""
    env = {
        **os.environ,
        "HUITOUKE_DATA_DIR": str(folder),
        "HUITOUKE_PORT": str(port),
        "HUITOUKE_HOST": "127.0.0.1",
        "HUITOUKE_DEMO": "false",
        "HUITOUKE_LOG_LEVEL": "error",
        "HUITOUKE_RATE_ADDRESS_BURST": "1000000",
        "HUITOUKE_RATE_ADDRESS_PER_SECOND": "100000",
        "BRAIN_URLS": brain_url,
    }
    env.pop("DATABASE_URL", None)
    huitouke = Path(sys.executable).parent / "huitouke"
    process = await asyncio.create_subprocess_exec(str(huitouke), "serve", env=env)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


class People:
    """Everybody's sockets, and when each message was sent and seen."""

    def __init__(self, base: str, made: Made, tokens: SessionTokens) -> None:
        self.base = base
        self._made = made
        self._tokens = tokens
        self.agents: list[aiohttp.ClientSession] = []
        self.sockets: dict[str, aiohttp.ClientWebSocketResponse] = {}
        self.sent: dict[str, float] = {}
        self.took: list[float] = []
        self._readers: list[asyncio.Task[None]] = []

    async def agent(self, number: int) -> None:
        """Sign in, open the socket, watch one's conversations."""
        http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self.agents.append(http)
        wish = {"login": f"agent{number:02d}", "password": PASSWORD}
        origin = {"Origin": self.base}
        async with http.post(f"{self.base}/api/desk/login", json=wish, headers=origin) as response:
            csrf = (await response.json())["csrf"]
        ws = await http.ws_connect(f"{self.base}/api/desk/socket", headers=origin, max_msg_size=0)
        await ws.send_json({"type": "hello", "csrf": csrf, "since": None})
        await ws.send_json({"type": "view", "view": "mine"})
        for conversation, _, owner, ticket in self._made.live:
            if owner == number:
                shown = {"since_seq": LINES, "ticket": ticket, "since_number": 1}  # as the desk has them open
                await ws.send_json({"type": "watch", "conversation": conversation, **shown})
        self._readers.append(asyncio.create_task(self._watch(ws)))

    async def _watch(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        async for frame in ws:
            if not frame.data.startswith('{"type": "message"'):
                continue  # what is not measured costs the two cores as little as can be
            told = json.loads(frame.data)
            if told["message"]["author"] == "customer":
                began = self.sent.pop(told["message"]["text"], None)
                if began is not None:
                    self.took.append(time.perf_counter() - began)

    async def customer(self, http: aiohttp.ClientSession, conversation: str, visitor: str) -> None:
        """Open the chat, as after a reload."""
        session = Session(ChannelUser(visitor), ConversationId(conversation))
        ws = await http.ws_connect(f"{self.base}/api/web/socket")
        await ws.send_json(
            {"type": "hello", "token": self._tokens.issue(session, system_now()), "since": LINES}
        )
        self.sockets[conversation] = ws
        self._readers.append(asyncio.create_task(self._drain(ws)))

    async def _drain(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        async for _ in ws:
            pass

    async def talk(self, per_second: int, seconds: float) -> int:
        """Each moment another customer writes; nobody waits for anybody."""
        open_ = list(self.sockets.items())
        start, count = time.perf_counter(), int(per_second * seconds)
        for number in range(count):
            await asyncio.sleep(max(0.0, start + number / per_second - time.perf_counter()))
            _, ws = open_[(number * 7) % len(open_)]
            text = f"第 {number} 句，{uuid4()}"
            self.sent[text] = time.perf_counter()
            await ws.send_json({"type": "message", "client_id": str(uuid4()), "text": text})
        async with asyncio.timeout(30):
            while self.sent:  # noqa: ASYNC110 - polled from outside what is measured
                await asyncio.sleep(0.05)
        return count

    async def lists(self, count: int, seconds: float = 0.0) -> dict[str, list[float]]:
        """Seconds of each list, asked by one agent after the other, at once or spread over some `seconds`."""
        took: dict[str, list[float]] = {}
        start = time.perf_counter()
        for number in range(count):
            await asyncio.sleep(max(0.0, start + number * seconds / count - time.perf_counter()))
            view = ("queue", "mine", "all", "closed")[number % 4]
            http = self.agents[number % len(self.agents)]
            began = time.perf_counter()
            async with http.get(f"{self.base}/api/desk/tickets?view={view}") as response:
                body = await response.json()
            took.setdefault(view, []).append(time.perf_counter() - began)
            assert view == "closed" or body["tickets"], body
        return took

    async def close(self) -> None:
        for reader in self._readers:
            reader.cancel()
        for http in self.agents:
            await http.close()


async def in_one_process(database: Database, rounds: int) -> dict[str, Figures]:
    """Our page of the queue against the peer's, in turns, in this process on the same database."""
    now, rules = system_now(), Rules()
    took: dict[str, list[float]] = {"ours": [], "peer": []}
    for _ in range(rounds):
        began = time.perf_counter()
        async with database.read() as session:
            ours = (await page(session, Wanted("queue", AgentId(1)), rules, now)).tickets
        took["ours"].append(time.perf_counter() - began)
        began = time.perf_counter()
        async with database.read() as session:
            peers = await queue_page(session, 50)
        took["peer"].append(time.perf_counter() - began)
        shown = [(line["id"], line["last"]["text"], line["customer"]["name"]) for line in ours]
        assert shown == [(line["id"], line["last"], line["customer"]) for line in peers]
    return {name: figures(each) for name, each in took.items()}


def figures(durations: list[float]) -> Figures:
    ordered = sorted(durations)
    shares = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}
    return {"count": len(ordered)} | {
        name: round(percentile(ordered, share) * 1000, 1) for name, share in shares.items()
    }


async def measure(folder: Path, port: int) -> dict[str, Any]:
    settings = Settings(data_dir=folder)
    upgrade(settings.database)
    database = Database(settings.database)
    made = await fill(database, system_now())
    tokens = SessionTokens(settings.secret("session_secret"), timedelta(days=1))
    told: dict[str, Any] = {"list_in_process": await in_one_process(database, 40)}
    await database.close()
    base = f"http://127.0.0.1:{port}"
    async with brain() as brain_url, server(folder, brain_url, port) as process:
        await _until_up(base)
        empty = memory_mb(process.pid)
        people = People(base, made, tokens)
        for number in range(1, AGENTS + 1):
            await people.agent(number)
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as http:
            began = time.perf_counter()
            for start in range(0, len(made.live), 50):
                some = made.live[start : start + 50]
                await asyncio.gather(*(people.customer(http, each[0], each[1]) for each in some))
            told["sockets"] = {
                "customers": len(people.sockets),
                "agents": AGENTS,
                "opened_in_s": round(time.perf_counter() - began, 1),
            }
            before = cpu_seconds(process.pid)
            await asyncio.sleep(5)
            told["server_cpu_idle"] = round((cpu_seconds(process.pid) - before) / 5, 2)
            calm = await people.lists(LISTS)
            told["lists_calm"] = _lists(calm)
            await people.talk(PER_SECOND, 2)
            people.took.clear()
            before = cpu_seconds(process.pid)
            talking = asyncio.create_task(people.talk(PER_SECOND, SECONDS))
            busy = await people.lists(LISTS // 2, SECONDS)  # each of the agents one every five seconds
            count = await talking
            worked = cpu_seconds(process.pid) - before
            told["lists_busy"] = _lists(busy)
            told["message"] = {"sent": count, "arrived": len(people.took), **figures(people.took)}
            told["message"]["server_cpu_ms_each"] = round(worked / count * 1000, 1)
            told["memory_mb"] = {"empty": empty, "full": memory_mb(process.pid)}
            await people.close()
    return told


def cpu_seconds(pid: int) -> float:
    """What a process has computed so far, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _lists(took: dict[str, list[float]]) -> dict[str, Figures]:
    together = {"together": figures([each for view in took.values() for each in view])}
    return together | {view: figures(each) for view, each in took.items()}


async def _until_up(base: str) -> None:
    async with aiohttp.ClientSession() as http, asyncio.timeout(60):
        while True:
            try:
                async with http.get(f"{base}/api/v1/openapi.json") as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.2)


def main() -> None:
    loop = asyncio.Runner(loop_factory=uvloop.new_event_loop)
    with tempfile.TemporaryDirectory(prefix="huitouke-bench-") as folder, loop as runner:
        found = runner.run(measure(Path(folder), int(os.environ.get("BENCH_PORT", "18431"))))
    told: dict[str, Any] = {
        "machine": machine(),
        "house": {"open": OPEN, "agents": AGENTS, "each": EACH, "per_second": PER_SECOND},
        "aims": AIMS,
        **found,
    }
    told["met"] = {
        "list": told["lists_calm"]["together"]["p95_ms"] <= AIMS["list_p95_ms"],
        "list_under_load": told["lists_busy"]["together"]["p95_ms"] <= AIMS["list_p95_ms"],
        "message": told["message"]["p95_ms"] <= AIMS["message_p95_ms"],
        "nothing_lost": told["message"]["sent"] == told["message"]["arrived"],
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    print(json.dumps(told, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
