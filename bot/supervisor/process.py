"""One running process: started in a group of its own, heard line by line, stopped with all it started."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import sys
from collections import deque
from collections.abc import Callable

from bot.kit.settings import ROOT
from bot.supervisor.parts import Part

LINES_KEPT = 15
STOP_SECONDS = 10.0
PR_SET_PDEATHSIG = 1

Hear = Callable[[str, str], None]
"""Takes a part's name and one line that it said."""

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _die_with_parent() -> None:
    """In the child, before it runs: nothing outlives a supervisor that was killed."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Process:
    """A started part."""

    def __init__(self, part: Part, process: asyncio.subprocess.Process, hear: Hear) -> None:
        self.part = part
        self.last_lines: deque[str] = deque(maxlen=LINES_KEPT)
        self._process = process
        self._hear = hear
        self._listening = asyncio.create_task(self._listen(), name=f"listen:{part.name}")

    @classmethod
    async def start(cls, part: Part, hear: Hear) -> Process:
        """Start `part` in the repository's root. Raises OSError when there is no such program."""
        process = await asyncio.create_subprocess_exec(
            *part.argv,
            cwd=ROOT,
            env=dict(part.env),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_die_with_parent,  # one system call, nothing that could wait for a lock
        )
        return cls(part, process, hear)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.returncode is None

    async def ended(self) -> int:
        """Wait for its end and for its last line; returns the exit status (negative: the signal)."""
        code = await self._process.wait()
        await asyncio.shield(self._listening)
        return code

    def kill(self) -> None:
        """End it and everything it started, at once."""
        self._signal(signal.SIGKILL)

    async def stop(self) -> None:
        """Ask it to end, and make it end when it takes too long."""
        self._signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
        except TimeoutError:
            self._hear(self.part.name, f"did not stop within {STOP_SECONDS:.0f} s: killed")
        self.kill()  # also what it may have left behind in its group
        await self.ended()

    def _signal(self, number: signal.Signals) -> None:
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            pass

    async def _listen(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        rest = b""
        while block := await stream.read(1 << 16):
            *lines, rest = (rest + block).split(b"\n")
            for line in lines:
                self._heard(line)
        if rest:
            self._heard(rest)

    def _heard(self, raw: bytes) -> None:
        line = raw.decode("utf-8", "replace").rstrip()
        if line:
            self.last_lines.append(line)
            self._hear(self.part.name, line)
