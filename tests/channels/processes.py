"""Real server processes, to be killed."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import aiohttp

from bot.supervisor.parts import huitouke
from tests.acceptance.house import free_ports
from tests.server.conftest import SECRET

START_SECONDS = 60.0


class Process:
    """`huitouke serve` on a port of its own."""

    def __init__(self, process: asyncio.subprocess.Process, url: str) -> None:
        self._process = process
        self.url = url

    async def kill(self) -> None:
        """End it as a power cut does: nothing is finished, nothing put away."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()


async def serve(folder: Path, accounts: Path, database_url: str, brain_url: str) -> Process:
    """Start a server and wait until it answers."""
    port = free_ports(1)[0]
    env = os.environ | {
        "HUITOUKE_DATA_DIR": str(folder),
        "HUITOUKE_HOST": "127.0.0.1",
        "HUITOUKE_PORT": str(port),
        "HUITOUKE_DEMO": "false",
        "HUITOUKE_SMS_URL": "http://127.0.0.1:9/sms",  # nobody proves who they are here
        "HUITOUKE_SMS_SECRET": "a-secret-that-is-long-enough-for-sms",
        "HUITOUKE_WECHAT_ACCOUNTS": str(accounts),
        "HUITOUKE_BRAIN_SECRET": SECRET,
        "BRAIN_URLS": brain_url,
        "DATABASE_URL": database_url,
    }
    process = await asyncio.create_subprocess_exec(
        *huitouke("serve"), env=env, stdout=sys.stderr, stderr=sys.stderr
    )
    made = Process(process, f"http://127.0.0.1:{port}")
    try:
        await _answers(made)
    except BaseException:
        await made.kill()
        raise
    return made


async def _answers(process: Process) -> None:
    async with asyncio.timeout(START_SECONDS), aiohttp.ClientSession() as http:
        while True:
            try:
                async with http.get(f"{process.url}/healthz") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)
