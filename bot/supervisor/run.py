"""The command `huitouke run`: start, say where to go, wait, stop."""

from __future__ import annotations

import asyncio
import signal
import sys
from functools import partial

import aiohttp

from bot.kit.settings import Settings, demo_desk_password
from bot.supervisor.database import prepare_database
from bot.supervisor.errors import StartFailed
from bot.supervisor.parts import parts
from bot.supervisor.supervisor import Supervisor
from bot.supervisor.voice import Voice

CUSTOMERS_SHOWN = 4


def run(settings: Settings) -> None:
    """Run the house until Ctrl-C or a SIGTERM; exits with 1 and one sentence when it cannot start."""
    try:
        asyncio.run(_run(settings))
    except StartFailed as failure:
        sys.exit(f"\nHuitouke cannot start. {failure}")


def house(settings: Settings, voice: Voice) -> Supervisor:
    """The supervisor of the real parts."""
    return Supervisor(parts(settings), voice, partial(prepare_database, settings, voice))


async def _run(settings: Settings) -> None:
    voice = Voice(settings.log_format)
    supervisor = house(settings, voice)
    stopping = asyncio.Event()
    starting = asyncio.create_task(supervisor.start())

    def stop() -> None:
        stopping.set()
        starting.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    voice.tell("Starting Huitouke")
    try:
        await starting
    except asyncio.CancelledError:
        voice.say("stopped before it was ready")
        return
    voice.say("everything is ready")
    voice.tell(await _where_to_go(settings))
    await stopping.wait()
    voice.say("stopping")
    await supervisor.stop()
    voice.say("stopped")


async def _where_to_go(settings: Settings) -> str:
    address = f"http://localhost:{settings.port}"
    shop = f"  Shop page with the chat   {address}/shop"
    lines = ["", shop if settings.demo else f"  The chat                  {address}/widget/"]
    if settings.demo and not settings.wechat_accounts:
        lines.append(f"  A WeChat customer's phone {address}/demo/wechat/phone/")
    customers = await _demo_customers(settings) if settings.demo else []
    if customers:
        lines.append("  Customers to play (the code comes to the phone on the shop page):")
    lines += [
        f"    {who['name']}  {who['phone']}  {who['member_number']}  {who['note']}" for who in customers
    ]
    password = demo_desk_password(settings)
    if settings.demo and password.exists():
        lines.append(f"  Desk of the agents        {address}/desk")
        lines.append(f"    hejing, wutong, chenchen (supervisor); password {password.read_text().strip()}")
    if not settings.demo:
        lines.append(f"  Desk of the agents        {address}/desk")
        lines.append("    `huitouke admin create` makes the first admin")
    return "\n".join([*lines, "  Ctrl-C stops everything.", ""])


async def _demo_customers(settings: Settings) -> list[dict[str, str]]:
    url = f"http://127.0.0.1:{settings.port}/api/demo/customers"
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as client:
        try:
            async with client.get(url) as answer:
                return (await answer.json())[:CUSTOMERS_SHOWN] if answer.status == 200 else []
        except (aiohttp.ClientError, TimeoutError):
            return []
