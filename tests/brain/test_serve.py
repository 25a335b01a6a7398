"""The brain as a process: what it answers over HTTP, what it needs to start, what it survives."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.brain.settings import ROOT
from tests.brain.actions import CODE, NUMBER, Actions

SECRET = "brain-secret"


class Brain:
    """A running `python -m bot.brain.serve` on `port`."""

    def __init__(self, model: Path, folder: Path, actions_url: str) -> None:
        self._command = [sys.executable, "-m", "bot.brain.serve", "--model", str(model)]
        self._env = {
            **os.environ,
            "HUITOUKE_BRAIN_SECRET": SECRET,
            "HUITOUKE_ACTIONS_SECRET": "actions-secret",
            "HUITOUKE_ACTIONS_URL": actions_url,
            "HUITOUKE_DATA_DIR": str(folder),
        }
        self.log = folder / "brain.log"
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    async def start(self) -> float:
        """Seconds until it was ready."""
        self.port = free_port()
        started = time.perf_counter()
        with self.log.open("ab") as log:
            command = [*self._command, "--port", str(self.port)]
            self.process = await asyncio.to_thread(
                subprocess.Popen, command, env=self._env, cwd=ROOT, stdout=log, stderr=log
            )
        while True:
            if self.process.poll() is not None:
                raise RuntimeError(self.log.read_text())
            try:
                if (await self.call("GET", "health"))[0] == 200:
                    return time.perf_counter() - started
            except OSError:
                await asyncio.sleep(0.1)

    def kill(self) -> None:
        """As by a crash."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        secret: str | None = SECRET,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, Any]:
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        headers = {**(headers or {}), **({"Authorization": f"Bearer {secret}"} if secret is not None else {})}
        url = f"http://127.0.0.1:{self.port}/webhooks/brain/{path}"
        request = urllib.request.Request(url, data, headers, method=method)

        def send() -> tuple[int, Any]:
            try:
                with urllib.request.urlopen(request, timeout=20) as response:
                    return response.status, json.load(response)
            except urllib.error.HTTPError as error:
                return error.code, json.load(error)

        return await asyncio.to_thread(send)

    async def turn(self, conversation: str, message_id: str, **said: Any) -> tuple[int, Any]:
        body = {"message_id": message_id, "conversation": conversation, "metadata": {"identity": 1}, **said}
        return await self.call("POST", "turn", body)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
async def brain(model: Path, tmp_path: Path, actions: Actions) -> AsyncIterator[Brain]:
    brain = Brain(model, tmp_path, actions.url)
    await brain.start()
    yield brain
    brain.kill()


async def test_the_contract_over_http(brain: Brain, actions: Actions) -> None:
    """Each status of docs/protocols/brain.md, from a real process."""
    status, answer = await brain.turn("c", "m-1", text="你好")
    assert status == 200
    assert answer["parse"]["intent"]["name"] == "greet"
    assert set(answer["parse"]) == {"text", "intent", "ranking", "entities", "emotion"}
    assert answer["messages"][0]["quick_replies"][0] == {
        "title": "查积分",
        "intent": "ask_points",
        "entities": {},
    }
    assert answer["took_ms"] > 0

    health = await brain.call("GET", "health")
    assert health[0] == 200
    assert health[1]["status"] == "ready"
    assert not health[1]["actions"]  # these play actions only and have no health to tell
    for secret in (None, "", "wrong", SECRET[:-1], "é"):
        for method, path in (("POST", "turn"), ("GET", "health"), ("DELETE", "conversations/c")):
            refused = await brain.call(method, path, {} if method == "POST" else None, secret=secret)
            assert refused[0] == 401
            assert refused[1]["error"]["code"] == "unauthorized"

    for body, status, code in (
        (b"{", 400, "bad_request"),
        ({"message_id": "m", "conversation": "c", "text": "字" * 4001}, 413, "too_long"),
        ({"message_id": "m", "conversation": "c", "intent": "nope"}, 404, "unknown_intent"),
    ):
        refused = await brain.call("POST", "turn", body)
        assert (refused[0], refused[1]["error"]["code"]) == (status, code)

    for actions.status, status, code in (
        (503, 502, "actions_unavailable"),
        (500, 500, "action_failed"),
        (504, 500, "action_failed"),
        (422, 422, "too_much"),
    ):
        refused = await brain.turn("c", "m-2", intent="ask_points")
        assert (refused[0], refused[1]["error"]["code"]) == (status, code)
    actions.status = 200

    late = await brain.call(
        "POST",
        "turn",
        {"message_id": "m-2", "conversation": "c", "intent": "ask_points"},
        headers={"Huitouke-Deadline": "1000000000.0"},
    )
    assert (late[0], late[1]["error"]["code"]) == (503, "too_late")
    assert (await brain.turn("c", "m-2", intent="ask_points"))[1]["messages"][0]["text"] == "号码？"

    assert await brain.call("DELETE", "conversations/c") == (200, {"forgotten": "c"})
    assert "identity_form" not in (await brain.turn("c", "m-3", text=NUMBER))[1]["actions"]


async def test_a_killed_brain_goes_on_where_it_was(brain: Brain, actions: Actions) -> None:
    """In the middle of the form: same question, same answers to messages sent again, same end."""
    await brain.turn("c", "m-1", intent="ask_points")
    asked = await brain.turn("c", "m-2", text=NUMBER)
    brain.kill()
    await brain.start()
    assert await brain.turn("c", "m-2", text=NUMBER) == asked
    status, answer = await brain.turn("c", "m-3", text=CODE)
    assert status == 200
    assert answer["messages"][0]["text"] == "这是 action_points 的答案"


async def test_two_brains_share_their_conversations(
    brain: Brain, model: Path, tmp_path: Path, actions: Actions
) -> None:
    """What one was told the other knows, also under load when one is killed; no message is taken twice."""
    other = Brain(model, tmp_path, actions.url)
    await other.start()
    try:
        await brain.turn("c", "m-1", intent="ask_points")
        assert (await other.turn("c", "m-2", text=NUMBER))[1]["messages"][0]["text"] == "验证码？"
        assert (await brain.turn("c", "m-3", text=CODE))[1]["actions"][-1] == "action_points"

        async def talk(conversation: str) -> list[str]:
            """Twelve messages, each sent to the first brain and, if that fails, to the other."""
            done: list[str] = []
            for number in range(12):
                for target in (brain, other):
                    try:
                        status, answer = await target.turn(conversation, f"m-{number}", intent="thank")
                    except OSError:
                        continue
                    assert status == 200
                    done += answer["actions"]
                    break
            return done

        talks = asyncio.gather(*(talk(f"t-{number}") for number in range(16)))
        await asyncio.sleep(0.15)
        brain.kill()
        assert await talks == [["utter_thank"] * 12] * 16
        await brain.start()
    finally:
        other.kill()


async def test_nothing_a_customer_writes_is_logged(brain: Brain, actions: Actions) -> None:
    """Neither in the ordinary way nor when something fails."""
    await brain.turn("c", "m-1", text="我的秘密是木瓜")
    actions.status = 500
    await brain.turn("c", "m-2", text="我要转人工，木瓜")
    await brain.call("POST", "turn", '{"text": "木瓜'.encode())
    log = brain.log.read_text()
    assert "ready in" in log
    assert "木瓜" not in log


@pytest.mark.parametrize(
    ("env", "arguments", "sentence"),
    [
        ({"HUITOUKE_BRAIN_SECRET": ""}, [], "HUITOUKE_BRAIN_SECRET"),
        ({"HUITOUKE_BRAIN_SECRET": "x"}, ["--model", "models/none.tar.gz"], "bot.brain.train"),
    ],
)
def test_a_brain_that_cannot_start_says_why(
    env: dict[str, str], arguments: list[str], sentence: str, tmp_path: Path
) -> None:
    """One sentence and exit status 2, at once."""
    command = [sys.executable, "-m", "bot.brain.serve", "--port", "1", *arguments]
    environment = {**os.environ, "HUITOUKE_DATA_DIR": str(tmp_path), **env}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
