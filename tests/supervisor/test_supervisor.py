"""The supervisor with small real processes: what it starts, what it says, what it leaves behind."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from bot.supervisor import StartFailed, Supervisor, Voice
from bot.supervisor.parts import Part
from tools.ports import free_ports

SERVER = """
import http.server, sys
http.server.test(http.server.SimpleHTTPRequestHandler, port=int(sys.argv[1]))
"""


async def nothing() -> None:
    """There is no database to prepare."""


def part(name: str = "server", source: str = SERVER, port: int | None = None) -> Part:
    """A part that runs the Python `source` with its port as argument."""
    port = port or free_ports(1)[0]
    return Part(
        name=name,
        argv=(sys.executable, "-c", source, str(port)),
        env=dict(os.environ),
        host="127.0.0.1",
        port=port,
        port_setting="HUITOUKE_PORT",
        health=f"http://127.0.0.1:{port}/",
    )


@asynccontextmanager
async def running(*parts: Part) -> AsyncGenerator[Supervisor]:
    supervisor = Supervisor(parts, Voice(), nothing)
    await supervisor.start()
    try:
        yield supervisor
    finally:
        await supervisor.stop()


async def answers(one: Part) -> bool:
    async with aiohttp.ClientSession() as client:
        try:
            async with client.get(one.health) as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0]
    except FileNotFoundError:
        return False


async def test_a_taken_port_is_named_with_the_setting_to_change() -> None:
    """Starting on a port in use fails before anything is started, in one sentence."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(StartFailed, match=rf"Port {port} is in use.*HUITOUKE_PORT"):
            await Supervisor([part(port=port)], Voice(), nothing).start()


async def test_a_part_that_ends_at_once_fails_the_start_with_what_it_said() -> None:
    """The sentence carries the last line of the part, and the others are stopped."""
    good, bad = part("server"), part("actions", "raise SystemExit('no such database')")
    with pytest.raises(StartFailed, match=r"actions.*status 1.*no such database"):
        await Supervisor([good, bad], Voice(), nothing).start()
    assert not await answers(good)


async def test_a_failing_database_fails_the_start() -> None:
    """What prepares the database may refuse, and its sentence is the answer."""

    async def refuse() -> None:
        raise StartFailed("The database could not be prepared.")

    with pytest.raises(StartFailed, match="database could not be prepared"):
        await Supervisor([part()], Voice(), refuse).start()


async def test_a_killed_part_comes_back_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """A crash is logged with its status, and the part is ready again by itself."""
    one = part()
    async with running(one) as supervisor:
        before = supervisor.pid("server")
        supervisor.kill("server")
        await asyncio.wait_for(supervisor.until_ready("server"), 10)
        assert supervisor.pid("server") != before
        assert await answers(one)
    assert "server: ended with status -9; starting it again in 0.5 s" in capsys.readouterr().out


async def test_a_part_that_runs_but_does_not_answer_is_started_again() -> None:
    """A stopped process is alive and its port is open; only asking shows that it does nothing."""
    one = part()
    supervisor = Supervisor([one], Voice(), nothing, look_seconds=0.1)
    await supervisor.start()
    try:
        before = supervisor.pid("server")
        os.kill(before, signal.SIGSTOP)
        async with asyncio.timeout(20):
            while supervisor.pid("server") == before or not await answers(one):
                await asyncio.sleep(0.05)
        assert not alive(before)
    finally:
        await supervisor.stop()


async def test_a_held_part_stays_down_until_it_is_released() -> None:
    """Holding is for tests and maintenance: no restart meanwhile."""
    one = part()
    async with running(one) as supervisor:
        await supervisor.hold("server")
        await asyncio.sleep(1)
        assert not await answers(one)
        await asyncio.wait_for(supervisor.release("server"), 10)
        assert await answers(one)


async def test_stopping_leaves_nothing_behind() -> None:
    """Also what a part started by itself is gone."""
    source = (
        "import subprocess\n"
        "child = subprocess.Popen(['sleep', '60']); print('child', child.pid, flush=True)\n" + SERVER
    )
    heard: list[str] = []
    voice = Voice()
    voice.hear = lambda _name, line: heard.append(line)  # type: ignore[method-assign]
    supervisor = Supervisor([part(source=source)], voice, nothing)
    await supervisor.start()
    child = next(int(line.split()[1]) for line in heard if line.startswith("child"))
    await supervisor.stop()
    assert not alive(child)


@pytest.mark.skipif(sys.platform != "linux", reason="the parent-death signal is Linux's")
async def test_a_killed_supervisor_takes_its_parts_with_it() -> None:
    """Even SIGKILL leaves no part running."""
    source = (
        "import asyncio, sys\n"
        "from tests.supervisor.test_supervisor import Supervisor, Voice, nothing, part\n"
        "async def main():\n"
        "    one = Supervisor([part()], Voice(), nothing); await one.start()\n"
        "    print('pid', one.pid('server'), flush=True); await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    outer = await asyncio.create_subprocess_exec(sys.executable, "-c", source, stdout=asyncio.subprocess.PIPE)
    assert outer.stdout is not None
    while not (line := await outer.stdout.readline()).startswith(b"pid"):
        assert line, "the supervisor ended early"
    inner = int(line.split()[1])
    assert alive(inner)
    outer.send_signal(signal.SIGKILL)
    await outer.wait()
    for _ in range(50):
        if not alive(inner):
            break
        await asyncio.sleep(0.1)
    assert not alive(inner)
