"""Starts the parts together, waits until each is ready, and brings back the one that falls over."""

from __future__ import annotations

import asyncio
import errno
import socket
import time
from collections.abc import Awaitable, Callable, Sequence

import aiohttp

from bot.kit.tasks import TaskGroup
from bot.supervisor.errors import StartFailed
from bot.supervisor.parts import Part
from bot.supervisor.process import Process
from bot.supervisor.voice import Voice

READY_SECONDS = 120.0
POLL_SECONDS = 0.1
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 30.0
STEADY_SECONDS = 60.0
LOOK_SECONDS = 5.0
SILENT_LOOKS = 4
"""A part that does not say a word to so many questions in a row is ended and started again."""


class Supervisor:
    """The parts of one machine. `start`, then `stop`; in between they are kept running."""

    def __init__(
        self,
        parts: Sequence[Part],
        voice: Voice,
        prepare: Callable[[], Awaitable[None]],
        *,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        """`prepare` makes the database ready; parts that need it start after it. Every `look_seconds` each
        part is asked whether it is there.
        """
        self._parts = {part.name: part for part in parts}
        self._voice = voice
        self._prepare = prepare
        self._processes: dict[str, Process] = {}
        self._ready = {name: asyncio.Event() for name in self._parts}
        self._held: dict[str, asyncio.Event] = {}
        self._look_seconds = look_seconds
        self._watchers = TaskGroup("supervisor")

    async def start(self) -> None:
        """Start everything and return when all is ready. Raises StartFailed, with nothing left running."""
        for part in self._parts.values():
            check_port(part)
        try:
            async with asyncio.TaskGroup() as group:
                prepared = group.create_task(self._prepared())
                for part in self._parts.values():
                    group.create_task(self._first_start(part, prepared if part.needs_database else None))
        except BaseException as error:
            await self.stop()
            first = error.exceptions[0] if isinstance(error, BaseExceptionGroup) else error
            if isinstance(first, (StartFailed, OSError)):
                raise StartFailed(str(first)) from None
            raise
        for part in self._parts.values():
            self._watchers.spawn(self._watch(part), part.name)
            self._watchers.spawn(self._look(part), f"look:{part.name}")

    async def stop(self) -> None:
        """Stop everything: first what customers reach, last what it needs."""
        await self._watchers.close()
        for name in reversed(self._parts):
            if process := self._processes.pop(name, None):
                await process.stop()

    def pid(self, name: str) -> int:
        """The process id of the running part `name`."""
        return self._processes[name].pid

    def kill(self, name: str) -> None:
        """Kill the part `name` as a crash would; it is started again: `until_ready` waits for that."""
        self._ready[name].clear()
        self._processes[name].kill()

    async def hold(self, name: str) -> None:
        """Kill the part `name` and leave it down until `release`."""
        self._held[name] = asyncio.Event()
        self.kill(name)
        await self._processes[name].ended()

    async def release(self, name: str) -> None:
        """Let a held part start again; returns when it is ready."""
        self._held.pop(name).set()
        await self.until_ready(name)

    async def until_ready(self, name: str) -> None:
        """Returns when the part `name` is ready."""
        await self._ready[name].wait()

    async def _prepared(self) -> None:
        await self._prepare()

    async def _first_start(self, part: Part, after: asyncio.Task[None] | None) -> None:
        if after is not None:
            await after
        process = await self._run(part)
        await self._answers(process)
        self._ready[part.name].set()
        self._voice.say("ready", part.name)

    async def _run(self, part: Part) -> Process:
        self._processes[part.name] = process = await Process.start(part, self._voice.hear)
        return process

    async def _watch(self, part: Part) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            began = time.monotonic()
            code = await self._processes[part.name].ended()
            self._ready[part.name].clear()
            if part.name not in self._held:
                if time.monotonic() - began > STEADY_SECONDS:
                    pause = FIRST_PAUSE_SECONDS
                self._voice.say(f"ended with status {code}; starting it again in {pause:.1f} s", part.name)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            if held := self._held.get(part.name):
                self._voice.say("held down", part.name)
                await held.wait()
            process = await self._run(part)
            try:
                await self._answers(process)
            except StartFailed as failure:
                self._voice.say(str(failure), part.name)
                process.kill()
            else:
                self._ready[part.name].set()
                self._voice.say("ready again", part.name)

    async def _look(self, part: Part) -> None:
        """End the part when it runs but says nothing. What it says is its own affair: a part that names what
        it misses is alive, and starting it again would not bring that back.
        """
        limit = aiohttp.ClientTimeout(total=self._look_seconds)
        silent = 0
        async with aiohttp.ClientSession(
            headers=part.headers, timeout=limit, connector=aiohttp.TCPConnector(force_close=True)
        ) as client:
            while True:
                await asyncio.sleep(self._look_seconds)
                await self._ready[part.name].wait()
                process = self._processes[part.name]
                try:
                    async with client.get(part.health):
                        silent = 0
                except (aiohttp.ClientError, TimeoutError, OSError):
                    silent = silent + 1 if process.running else 0
                if silent >= SILENT_LOOKS:
                    silent = 0
                    self._voice.say("runs but does not answer: ended, to be started again", part.name)
                    self._ready[part.name].clear()
                    process.kill()

    async def _answers(self, process: Process) -> None:
        """Returns when the part says so itself; raises StartFailed when it ends or takes too long."""
        part = process.part
        limit = aiohttp.ClientTimeout(total=2)
        async with aiohttp.ClientSession(headers=part.headers, timeout=limit) as client:
            for _ in range(int(READY_SECONDS / POLL_SECONDS)):
                if not process.running:
                    code = await process.ended()
                    said = process.last_lines[-1] if process.last_lines else "nothing"
                    raise StartFailed(f"The part “{part.name}” ended with status {code}, saying “{said}”.")
                try:
                    async with client.get(part.health) as answer:
                        if answer.status == 200:
                            return
                except (aiohttp.ClientError, TimeoutError):
                    pass
                await asyncio.sleep(POLL_SECONDS)
        raise StartFailed(
            f"The part “{part.name}” was not ready within {READY_SECONDS:.0f} s: see its lines above."
        )


def check_port(part: Part) -> None:
    """Raises StartFailed when the part's port is not ours to take."""
    family = socket.AF_INET6 if ":" in part.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((part.host, part.port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                why = "is in use by another program: stop it"
            else:
                why = f"on {part.host} cannot be used ({error.strerror}): choose another"
            raise StartFailed(f"Port {part.port} {why}, or set {part.port_setting} to a free one.") from None
