"""The two brains as processes: how each is made, started, spoken to, and what it costs."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp

from bench.figures import Figures, cpu_seconds, memory_mb
from bot.kit.settings import ROOT

BRAIN_PYTHON = ROOT / "bot" / "brain" / ".venv" / "bin" / "python"
PYTHON = ROOT / ".venv" / "bin" / "python"
HUITOUKE = ROOT / ".venv" / "bin" / "huitouke"
HERE = Path(__file__).parent
BUILT = ROOT / "build" / "bench" / "vanilla"
SECRET = "bench"

_numbers = count(1)


def environment(folder: Path, **more: str) -> dict[str, str]:
    return {
        **os.environ,
        "HUITOUKE_DATA_DIR": str(folder),
        "HUITOUKE_BRAIN_SECRET": SECRET,
        "HUITOUKE_ACTIONS_SECRET": SECRET,
        "HUITOUKE_LOG_LEVEL": "warning",
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONWARNINGS": "ignore",
        **more,
    }


@dataclass
class System:
    """A brain with its action server. `take` is one turn over HTTP."""

    name: str
    folder: Path
    model: Path
    actions_port: int = 0
    """Of a running action server; 0 starts one."""
    port: int = 0
    secret: str = SECRET
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    http: aiohttp.ClientSession | None = None

    async def start(self) -> float:
        """Start the processes; seconds until the brain took its first turn."""
        self.port = free_port()
        if not self.actions_port:
            self.actions_port = free_port()
            self._run("actions", *self.actions_command(self.actions_port))
            await _listening(self.actions_port)
        self.http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        began = time.perf_counter()
        self._run("brain", *self.brain_command(self.actions_port))
        while True:
            if self.processes["brain"].poll() is not None:
                raise RuntimeError((self.folder / f"{self.name}-brain.log").read_text()[-3000:])
            try:
                await self.take("ready", 0, "你好")
            except (aiohttp.ClientError, OSError):
                await asyncio.sleep(0.05)
            else:
                return time.perf_counter() - began

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def stop(self) -> None:
        if self.http:
            await self.http.close()
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait(20)

    def cpu_seconds(self) -> float:
        """What all its processes have used so far."""
        return sum(cpu_seconds(process.pid) for process in self.processes.values())

    def memory(self) -> dict[str, Figures]:
        return {name: memory_mb(process.pid) for name, process in self.processes.items()}

    def _run(self, name: str, command: list[str], cwd: Path, env: Mapping[str, str]) -> None:
        with (self.folder / f"{self.name}-{name}.log").open("wb") as log:
            self.processes[name] = subprocess.Popen(command, cwd=cwd, env=env, stdout=log, stderr=log)

    def actions_command(self, port: int) -> tuple[list[str], Path, dict[str, str]]:
        raise NotImplementedError

    def brain_command(self, actions_port: int) -> tuple[list[str], Path, dict[str, str]]:
        raise NotImplementedError

    async def take(self, conversation: str, identity: int, said: str) -> Any:
        """One turn; `said` is text, or "/intent" for a pressed button."""
        raise NotImplementedError


class Vanilla(System):
    """Rasa's server with REST and an in-memory tracker, rasa-sdk's own action server."""

    def actions_command(self, port: int) -> tuple[list[str], Path, dict[str, str]]:
        command = [str(PYTHON), "-m", "rasa_sdk", "--actions", "actions", "--port", str(port)]
        return command, ROOT, environment(self.folder)

    def brain_command(self, actions_port: int) -> tuple[list[str], Path, dict[str, str]]:
        (BUILT / "credentials.yml").write_text("rest:\n")
        (BUILT / "endpoints.yml").write_text(
            f"action_endpoint:\n  url: http://127.0.0.1:{actions_port}/webhook\n"
        )
        command = [
            str(BRAIN_PYTHON),
            "-m",
            "rasa",
            "run",
            "--model",
            str(self.model),
        ]
        return [*command, "-i", "127.0.0.1", "--port", str(self.port)], BUILT, environment(self.folder)

    async def take(self, conversation: str, identity: int, said: str) -> Any:
        assert self.http
        body = {"sender": conversation, "message": said, "metadata": metadata(identity)}
        async with self.http.post(f"{self.url}/webhooks/rest/webhook", json=body) as response:
            response.raise_for_status()
            return await response.json()


class Ours(System):
    """The brain as shipped, with the turn log in SQLite, and our action server."""

    def actions_command(self, port: int) -> tuple[list[str], Path, dict[str, str]]:
        return [str(HUITOUKE), "actions"], ROOT, environment(self.folder, HUITOUKE_ACTIONS_PORT=str(port))

    def brain_command(self, actions_port: int) -> tuple[list[str], Path, dict[str, str]]:
        command = [str(BRAIN_PYTHON), "-m", "bot.brain.serve", "--port", str(self.port)]
        url = f"http://127.0.0.1:{actions_port}/webhook"
        return (
            [*command, "--model", str(self.model)],
            ROOT,
            environment(self.folder, HUITOUKE_ACTIONS_URL=url),
        )

    async def take(self, conversation: str, identity: int, said: str) -> Any:
        assert self.http
        headers = {"Authorization": f"Bearer {self.secret}"}
        body = self.turn(conversation, identity, said)
        async with self.http.post(f"{self.url}/webhooks/brain/turn", json=body, headers=headers) as response:
            response.raise_for_status()
            return await response.json()

    def turn(self, conversation: str, identity: int, said: str) -> dict[str, Any]:
        return {
            "message_id": f"m-{next(_numbers)}",
            "conversation": conversation,
            "metadata": metadata(identity),
            **({"intent": said[1:]} if said.startswith("/") else {"text": said}),
        }


def metadata(identity: int) -> dict[str, Any]:
    return {
        "identity": identity,
        "channel": "web",
        "locale": "zh-CN",
        "time_zone": "Asia/Shanghai",
        "now": "2026-11-22T08:00:00Z",
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _listening(port: int) -> None:
    for _ in range(600):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
    raise RuntimeError(f"nothing listens on {port}")
