"""`make bench-turn`: time to ready, turns over the WebSocket, memory; the brain alone as the peer; one run.

Prints a table and writes build/bench/turn.json. Customers are members of the demo company whose identity is
proved; a third of the turns look into the store. Only the rate limits differ from the defaults.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import itertools
import json
import os
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from bench.figures import Figures, cpu_seconds, machine, median, memory_mb, summary
from bot.conversations.models import Conversation
from bot.kit.db import Database
from bot.kit.settings import ROOT, Settings
from bot.store.customers.models import Customer as StoredCustomer
from tests.acceptance.customer import Customer
from tests.acceptance.house import House, running_house

TURNS = (
    "你好",
    "我有多少积分",
    "你能做什么",
    "卡里还有多少钱",
    "谢谢",
    "好的",
    "我的投诉到哪一步了",
    "再见",
    "在吗",
)
MANY = 32
PARTS = ("brain", "actions", "server")
KEYS = ("turns_per_second", "p50_ms", "p95_ms", "p99_ms", *(f"{part}_cpu_ms" for part in PARTS))
UNLIMITED: dict[str, Any] = {
    "rate_visitor_burst": 1_000_000,
    "rate_visitor_per_second": 1e6,
    "rate_address_burst": 1_000_000,
    "rate_address_per_second": 1e6,
}
OUT = ROOT / "build" / "bench" / "turn.json"

Take = Callable[[str], Awaitable[object]]
"""Takes one turn with a text."""


async def load(takers: list[Take], seconds: float) -> Figures:
    """Every taker takes one turn after the other for `seconds`."""
    durations: list[float] = []
    end = time.perf_counter() + seconds

    async def one(take: Take, number: int) -> None:
        for text in itertools.islice(itertools.cycle(TURNS), number % len(TURNS), None):
            began = time.perf_counter()
            if began >= end:
                return
            await take(text)
            durations.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(one(take, number) for number, take in enumerate(takers)))
    return summary(durations, time.perf_counter() - began)


@asynccontextmanager
async def members(house: House, database: Database, count: int) -> AsyncGenerator[list[Customer]]:
    """`count` different members, signed in, each with an open socket."""
    async with database.read() as session:
        numbers = (await session.scalars(select(StoredCustomer.member_number).limit(count))).all()
    async with contextlib.AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        found: list[Customer] = []
        url = f"{house.url}/api/demo/user-token"
        for number in numbers:
            async with http.post(url, json={"member_number": number}) as answer:
                token = (await answer.json())["token"]
            found.append(await stack.enter_async_context(Customer(house.url, user_token=token)))
        yield found


def over_the_socket(customer: Customer) -> Take:
    """A turn as a customer sees it: sent, stored, acknowledged, thought about, stored, received."""

    async def take(text: str) -> None:
        await customer.ask(text)
        customer.frames.clear()

    return take


def straight_to_the_brain(http: aiohttp.ClientSession, settings: Settings, identity: int) -> Take:
    """The same turn without the server: nothing is stored but the brain's own state."""
    url = f"http://127.0.0.1:{settings.brain_port}/webhooks/brain/turn"
    conversation = f"c-bench-{identity}"
    metadata = {"identity": identity, "channel": "web", "locale": "zh-CN", "time_zone": "Asia/Shanghai"}

    async def take(text: str) -> None:
        call = {
            "message_id": str(uuid4()),
            "conversation": conversation,
            "text": text,
            "metadata": metadata,
        }
        async with http.post(url, json=call) as answer:
            answer.raise_for_status()
            await answer.read()

    return take


async def identities(database: Database) -> list[int]:
    async with database.read() as session:
        return list((await session.scalars(select(Conversation.identity_id))).all())


async def time_to_ready(folder: Path) -> float:
    """Seconds from nothing running to everything ready."""
    began = time.perf_counter()
    async with quiet_house(folder):
        return time.perf_counter() - began


@asynccontextmanager
async def quiet_house(folder: Path) -> AsyncGenerator[House]:
    """The house without its voice."""
    with contextlib.redirect_stdout(io.StringIO()):
        async with running_house(folder, log_level="warning", **UNLIMITED) as house:
            yield house


def forget_files() -> bool:
    """Empty the file cache, so that a start reads from the disk; False where that is not allowed."""
    try:
        os.sync()
        Path("/proc/sys/vm/drop_caches").write_text("3")
    except OSError:
        return False
    return True


async def measure(rounds: int, seconds: float) -> dict[str, Any]:
    """Everything, in one run."""
    result: dict[str, Any] = {"machine": machine(), "rounds": rounds, "seconds_per_load": seconds}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        dropped = forget_files()
        cold = await time_to_ready(folder / "data")
        warm = [await time_to_ready(folder / "data") for _ in range(rounds)]
        result["ready_seconds"] = {
            "cold": round(cold, 2),
            "cold_with_empty_file_cache": dropped,
            **median([{"warm": one} for one in warm]),
        }
        async with quiet_house(folder / "data") as house:
            result |= await _loads(house, rounds, seconds)
    return result


async def _loads(house: House, rounds: int, seconds: float) -> dict[str, Any]:
    settings = house.settings
    database = Database(settings.database)
    headers = {"Authorization": f"Bearer {settings.secret('brain_secret')}"}
    taken: dict[str, list[Figures]] = {}
    async with (
        members(house, database, MANY) as customers,
        aiohttp.ClientSession(headers=headers, connector=aiohttp.TCPConnector(limit=0)) as http,
    ):
        sockets = [over_the_socket(customer) for customer in customers]
        direct = [straight_to_the_brain(http, settings, one) for one in await identities(database)]
        await load([*sockets[:4], *direct[:4]], 2.0)  # warm up
        for _ in range(rounds):
            for name, takers in (("socket", sockets), ("brain_alone", direct)):
                for count in (1, MANY):
                    before = _cpu(house)
                    figures = await load(takers[:count], seconds)
                    for part, used in _cpu(house).items():
                        figures[f"{part}_cpu_ms"] = (used - before[part]) / figures["turns"] * 1000
                    taken.setdefault(f"{name}_{count}", []).append(figures)
    await database.close()
    processes = {name: memory_mb(house.supervisor.pid(name)) for name in PARTS}
    return {"turns": {name: median(rows) for name, rows in taken.items()}, "memory_mb": processes}


def _cpu(house: House) -> Figures:
    return {part: cpu_seconds(house.supervisor.pid(part)) for part in PARTS}


def show(result: dict[str, Any]) -> None:
    console = Console(width=130)
    ready = result["ready_seconds"]
    machine_ = result["machine"]
    console.print(f"{machine_['cpu']}, {machine_['cores']} cores, load before {machine_['load_before']}")
    console.print(f"ready: cold {ready['cold']} s (empty data folder), warm {ready['warm']} s")
    columns = ("turns/s", "p50 ms", "p95 ms", "p99 ms", *(f"CPU ms: {part}" for part in PARTS))
    table = Table("turns", *columns, title="median of rounds")
    names = {
        "socket_1": "WebSocket, 1 customer",
        f"socket_{MANY}": f"WebSocket, {MANY} customers",
        "brain_alone_1": "brain alone, 1 customer",
        f"brain_alone_{MANY}": f"brain alone, {MANY} customers",
    }
    for name, row in result["turns"].items():
        table.add_row(names[name], *(f"{row[key]:.1f}" for key in KEYS))
    console.print(table)
    for name, row in result["memory_mb"].items():
        console.print(f"memory: {name} {row['pss']} MB PSS, {row['rss']} MB RSS")
    console.print(f"written to {OUT.relative_to(ROOT)}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure start, turns and memory.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=6.0, help="length of each load")
    arguments = parser.parse_args()
    result = asyncio.run(measure(arguments.rounds, arguments.seconds))
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n")
    show(result)


if __name__ == "__main__":
    main()
