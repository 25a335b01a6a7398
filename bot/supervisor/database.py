"""The database before the first start: tables made or upgraded, the demo company filled in."""

from __future__ import annotations

import asyncio
import re

from bot.kit.settings import ROOT, Settings
from bot.supervisor.errors import StartFailed
from bot.supervisor.parts import environment, huitouke
from bot.supervisor.voice import Voice

ERROR = re.compile(r"\w*(Error|Exception)\b")


async def prepare_database(settings: Settings, voice: Voice) -> None:
    """Create or upgrade the tables; in demo mode fill an empty database. Raises StartFailed."""
    voice.say(await _once(settings, "db", "upgrade"), "database")
    if settings.demo:
        voice.say(await _once(settings, "demo", "seed"), "database")


async def _once(settings: Settings, *arguments: str) -> str:
    """Run one command of ours to its end; returns its last line."""
    process = await asyncio.create_subprocess_exec(
        *huitouke(*arguments),
        cwd=ROOT,
        env=environment(settings),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said, _ = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    lines = said.decode("utf-8", "replace").strip().splitlines() or [""]
    if process.returncode:
        command = " ".join(arguments)
        errors = [line for line in lines if ERROR.match(line)]
        said_last = errors[-1] if errors else lines[-1]
        raise StartFailed(f"The database could not be prepared: `huitouke {command}` said “{said_last}”.")
    return lines[-1]
