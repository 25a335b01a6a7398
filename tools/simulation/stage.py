"""The real brain and the real actions as processes of their own, on free ports, with a new store."""

from __future__ import annotations

import asyncio
import os
import sys
import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bot.kit.clock import iso, system_now
from bot.kit.db import Database
from bot.kit.settings import Settings
from bot.migrations import upgrade
from tools.ports import free_ports

ROOT = Path(__file__).parents[2]
BRAIN_PYTHON = ROOT / "bot" / "brain" / ".venv" / "bin" / "python"
READY_SECONDS = 180
SECRET = "simulation"

Json = dict[str, Any]


@dataclass
class Stage:
    """Where conversations take place."""

    database: Database
    brain: str
    http: aiohttp.ClientSession

    async def turn(self, conversation: str, identity: int, said: str | Json) -> Json:
        """One message: words, or a pressed button."""
        body: Json = {
            "message_id": f"m-{uuid.uuid4().hex}",
            "conversation": conversation,
            "metadata": {
                "identity": identity,
                "channel": "web",
                "locale": "zh-CN",
                "time_zone": "Asia/Shanghai",
                "now": iso(system_now()),
            },
        }
        if isinstance(said, str):
            body["text"] = said
        elif "intent" in said:
            body |= {"intent": said["intent"], "entities": said["entities"]}
        else:
            body["text"] = said["text"]
        for _ in range(3):
            async with self.http.post(f"{self.brain}/webhooks/brain/turn", json=body) as answer:
                if answer.status in (502, 503):  # the server sends it again, and so do we
                    await asyncio.sleep(0.5)
                    continue
                answer.raise_for_status()
                return await answer.json()
        raise RuntimeError("The brain or the actions do not answer.")


@dataclass
class _Process:
    command: list[str]
    env: dict[str, str]
    log: Path
    running: asyncio.subprocess.Process | None = field(default=None, init=False)

    async def start(self) -> None:
        with self.log.open("wb") as log:
            self.running = await asyncio.create_subprocess_exec(
                *self.command, cwd=ROOT, env=self.env, stdout=log, stderr=log
            )

    async def stop(self) -> None:
        if self.running and self.running.returncode is None:
            self.running.terminate()
            await self.running.wait()


@asynccontextmanager
async def stage(folder: Path) -> AsyncGenerator[Stage]:
    """Start everything in `folder`; stop it at the end."""
    actions_port, brain_port = free_ports(2)
    settings = Settings(data_dir=folder)
    await asyncio.to_thread(upgrade, settings.database)
    env = {
        **os.environ,
        "HUITOUKE_DATA_DIR": str(folder),
        "HUITOUKE_ACTIONS_PORT": str(actions_port),
        "HUITOUKE_ACTIONS_URL": f"http://127.0.0.1:{actions_port}/webhook",
        "HUITOUKE_BRAIN_PORT": str(brain_port),
        "HUITOUKE_BRAIN_SECRET": SECRET,
        "HUITOUKE_ACTIONS_SECRET": SECRET,
        "RASA_TELEMETRY_ENABLED": "false",
        "PYTHONPATH": str(ROOT),
    }
    run_actions = "from bot.cli import app; app()"
    processes = [
        _Process([sys.executable, "-c", run_actions, "actions"], env, folder / "actions.log"),
        _Process([str(BRAIN_PYTHON), "-m", "bot.brain.serve"], env, folder / "brain.log"),
    ]
    database = Database(settings.database)
    headers = {"Authorization": f"Bearer {SECRET}"}
    async with aiohttp.ClientSession(headers=headers, timeout=aiohttp.ClientTimeout(60)) as http:
        try:
            for process in processes:
                await process.start()
            brain = f"http://127.0.0.1:{brain_port}"
            await _ready(http, f"http://127.0.0.1:{actions_port}/health", processes[0])
            await _ready(http, f"{brain}/webhooks/brain/health", processes[1])
            yield Stage(database, brain, http)
        finally:
            for process in processes:
                await process.stop()
            await database.close()


async def _ready(http: aiohttp.ClientSession, url: str, process: _Process) -> None:
    for _ in range(READY_SECONDS * 2):
        assert process.running is not None
        if process.running.returncode is not None:
            raise RuntimeError(f"A process ended:\n{process.log.read_text('utf-8')[-2000:]}")
        try:
            async with http.get(url) as answer:
                if answer.status == 200:
                    return
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(0.5)
    raise RuntimeError(f"{url} was not ready within {READY_SECONDS} s.")
