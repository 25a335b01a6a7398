"""Two brains, one killed under load: its conversations go on in the other with their context."""

from __future__ import annotations

import asyncio
import signal
import subprocess
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.conversations.brain import BrainClient
from bot.kit.settings import ROOT, Settings
from bot.supervisor import Supervisor, Voice, house
from bot.supervisor.parts import BRAIN_PYTHON, environment
from tests.acceptance.customer import Customer
from tests.acceptance.house import House
from tools.ports import free_ports

SECRET = "two brains, one secret"
CHATTING = 6
UNLIMITED: dict[str, Any] = {
    "rate_visitor_burst": 10_000,
    "rate_visitor_per_second": 1e4,
    "rate_address_burst": 10_000,
    "rate_address_per_second": 1e4,
}


@asynccontextmanager
async def house_of_two(
    folder: Path,
) -> AsyncGenerator[tuple[House, dict[str, subprocess.Popen[bytes]], BrainClient]]:
    """The house with two brains that share a turn log, each a process by itself; and the way to them."""
    server, actions, *ports = free_ports(4)
    urls = [f"http://127.0.0.1:{port}" for port in ports]
    settings = Settings(
        _env_file=None,  # pyright: ignore[reportCallIssue] - a developer's own .env is not tested here
        data_dir=folder,
        host="127.0.0.1",
        port=server,
        actions_port=actions,
        demo=True,
        brain_secret=SecretStr(SECRET),
        **UNLIMITED,
    ).model_copy(update={"brain_urls": urls})
    brains = {url: _brain(settings, port) for url, port in zip(urls, ports, strict=True)}
    client = BrainClient(urls, SECRET, timeout=10)
    supervisor: Supervisor = house(settings, Voice(settings.log_format))
    try:
        await client.start()
        async with asyncio.timeout(120):
            while not all([await client.healthy(url) for url in urls]):
                await asyncio.sleep(0.2)
        await supervisor.start()
        yield House(settings, supervisor), brains, client
    finally:
        await supervisor.stop()
        await client.close()
        for brain in brains.values():
            brain.kill()
            brain.wait()


def _brain(settings: Settings, port: int) -> subprocess.Popen[bytes]:
    command = [str(BRAIN_PYTHON), "-m", "bot.brain.serve", "--port", str(port)]
    with (settings.data_dir / "brains.log").open("ab") as log:
        return subprocess.Popen(command, cwd=ROOT, env=environment(settings), stdout=log, stderr=log)


async def chat(customer: Customer, stop: asyncio.Event) -> int:
    """Talk until told to stop, each message after the answer to the last; how many were answered."""
    answered = 0
    while not stop.is_set():
        customer.frames.clear()
        await customer.answer_after(await customer.say("你好"), patience=60)
        answered += 1
    return answered


async def test_a_brain_killed_under_load_takes_no_conversation_with_it(tmp_path: Path) -> None:
    """Who was asked for the number gives it to the other brain, is asked for the code, and is answered."""
    async with house_of_two(tmp_path) as (one, brains, client), AsyncExitStack() as stack:
        people = (await one.customers())[:6]
        asking = [await stack.enter_async_context(Customer(one.url)) for _ in people]
        others = [await stack.enter_async_context(Customer(one.url)) for _ in range(CHATTING)]
        for customer in asking:
            assert "手机号" in (await customer.ask("我有多少积分"))["text"]

        stop = asyncio.Event()
        chatting = [asyncio.create_task(chat(customer, stop)) for customer in others]
        home = client._ranked(asking[0].conversation)[0]  # pyright: ignore[reportPrivateUsage]
        said = [await customer.say(who.phone) for customer, who in zip(asking, people, strict=True)]
        brains[home].send_signal(signal.SIGKILL)

        for customer, who, seq in zip(asking, people, said, strict=True):
            assert "验证码" in (await customer.answer_after(seq, patience=60))["text"]
            code = await one.newest_code(who.phone)
            answer = await customer.answer_after(await customer.say(code), patience=60)
            assert "积分" in answer["text"], answer
        stop.set()
        assert min(await asyncio.gather(*chatting)) >= 1
        for customer in asking:
            sequence = [message["seq"] for message in customer.messages()]
            assert sequence == sorted(set(sequence))
