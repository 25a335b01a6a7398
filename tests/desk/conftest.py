"""A whole server with its desk, customers over web chat and agents over the desk's own protocol."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar, web
from aiohttp.test_utils import TestServer

from bot.desk.agents.service import NewAgent, add_agent
from bot.desk.audit.service import Doer
from bot.desk.rules.rules import WEEKDAYS, Rules
from bot.kit.clock import system_now
from bot.kit.settings import Settings
from bot.migrations import upgrade
from bot.server import PARTS, Parts, make_app

SECRET = "brain-secret-for-tests"
PASSWORD = "a long enough passphrase"
ALWAYS = {day: [["00:00", "24:00"]] for day in WEEKDAYS}
NEVER: dict[str, list[list[str]]] = {day: [] for day in WEEKDAYS}


@dataclass
class ScriptedBrain:
    """Speaks docs/protocols/brain.md; 人工 asks for a person, 生气 is angry, 听不懂 is not understood."""

    asked: list[dict[str, Any]] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    silent: bool = False
    """Nothing is understood: the parse endpoint answers 503."""
    forgotten: list[str] = field(default_factory=list)
    forgets: bool = True

    def __post_init__(self) -> None:
        self.gate.set()

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/webhooks/brain/turn", self.turn)
        app.router.add_post("/webhooks/brain/parse", self.parse)
        app.router.add_get("/webhooks/brain/health", self.health)
        app.router.add_delete("/webhooks/brain/conversations/{conversation}", self.forget)
        return app

    async def forget(self, request: web.Request) -> web.Response:
        if not self.forgets:
            return web.json_response({"error": {"code": "not_ready", "message": "no model"}}, status=503)
        self.forgotten.append(request.match_info["conversation"])
        return web.json_response({"forgotten": request.match_info["conversation"]})

    async def parse(self, request: web.Request) -> web.Response:
        if self.silent:
            return web.json_response({"error": {"code": "not_ready", "message": "no model"}}, status=503)
        return web.json_response({"parse": self._answer((await request.json())["text"])["parse"]})

    async def health(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ready", "model": "scripted"})

    async def turn(self, request: web.Request) -> web.Response:
        call = await request.json()
        self.asked.append(call)
        await self.gate.wait()
        return web.json_response(self._answer(call.get("text") or f"/{call['intent']}"))

    def _answer(self, said: str) -> dict[str, Any]:
        intent, emotion, handoff = "ask_points", "calm", None
        messages = [{"type": "text", "text": f"echo: {said}", "quick_replies": []}]
        if "人工" in said:
            intent, handoff = "request_human", {"reason": "requested", "details": {"what": "积分"}}
            messages = []
        if "生气" in said:
            emotion = "angry"
        if "算了" in said:
            intent = "cancel"
        if any(word in said for word in ("那笔", "尾号", "补给我")):
            intent = "inform"
        if "听不懂" in said:
            intent = "nlu_fallback"
        parse = {
            "text": said,
            "intent": {"name": intent, "confidence": 0.97},
            "entities": [],
            "emotion": {"label": emotion, "score": 0.95},
        }
        return {
            "messages": messages,
            "parse": parse,
            "actions": ["action_points"],
            "handoff": handoff,
            "took_ms": 1.0,
        }


async def _next(
    ws: ClientWebSocketResponse, seen: list[dict[str, Any]], wanted: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    async with asyncio.timeout(10):
        while True:
            frame = await ws.receive_json()
            seen.append(frame)
            if wanted(frame):
                return frame


@dataclass
class Customer:
    """A visitor's browser."""

    http: ClientSession
    base: str
    token: str = ""
    conversation: str = ""
    ws: ClientWebSocketResponse | None = None
    frames: list[dict[str, Any]] = field(default_factory=list)
    messages: dict[int, dict[str, Any]] = field(default_factory=dict)

    async def arrive(self, **wish: Any) -> Customer:
        async with self.http.post(f"{self.base}/api/web/session", json=wish) as response:
            body = await response.json()
        self.token, self.conversation = body["token"], body["conversation"]
        await self.connect()
        return self

    async def connect(self) -> None:
        self.ws = await self.http.ws_connect(f"{self.base}/api/web/socket")
        await self.ws.send_json(
            {"type": "hello", "token": self.token, "since": max(self.messages, default=0)}
        )

    async def say(self, text: str) -> None:
        assert self.ws
        await self.ws.send_json({"type": "message", "client_id": str(uuid4()), "text": text})

    async def press(self, title: str) -> None:
        """Press the newest message's button with this title."""
        seq = max(self.messages)
        titles = [reply["title"] for reply in self.messages[seq]["quick_replies"]]
        choice = {"seq": seq, "index": titles.index(title)}
        assert self.ws
        await self.ws.send_json({"type": "message", "client_id": str(uuid4()), "choice": choice})

    async def until(self, part: str) -> dict[str, Any]:
        """The first message from the other side, from now on, whose text has `part`."""

        def wanted(frame: dict[str, Any]) -> bool:
            if frame["type"] != "message":
                return False
            message = frame["message"]
            assert message["seq"] == max(self.messages, default=0) + 1, "a gap or a double"
            self.messages[message["seq"]] = message
            return message["author"] != "customer" and part in message["text"]

        assert self.ws
        return (await _next(self.ws, self.frames, wanted))["message"]

    async def frame(self, type_: str) -> dict[str, Any]:
        assert self.ws
        return await _next(self.ws, self.frames, lambda frame: frame["type"] == type_)


@dataclass
class Agent:
    """An agent's browser."""

    http: ClientSession
    base: str
    login: str
    csrf: str = ""
    id: int = 0
    ws: ClientWebSocketResponse | None = None
    n: int = 0
    frames: list[dict[str, Any]] = field(default_factory=list)

    async def sign_in(self, password: str = PASSWORD) -> Agent:
        status, body = await self.post("/login", login=self.login, password=password)
        assert status == 200, body
        self.csrf, self.id = body["csrf"], body["agent"]["id"]
        return self

    async def start(self) -> Agent:
        """Sign in, open the socket, go on duty."""
        await self.sign_in()
        await self.connect()
        await self.post("/duty", duty="on")
        return self

    async def connect(self, since: int | None = None) -> None:
        self.ws = await self.http.ws_connect(f"{self.base}/api/desk/socket", headers={"Origin": self.base})
        await self.ws.send_json({"type": "hello", "csrf": self.csrf, "since": since})
        self.n = (await self.frame("welcome"))["n"]

    async def request(self, method: str, path: str, **body: Any) -> tuple[int, Any]:
        headers = {"Origin": self.base, "X-CSRF-Token": self.csrf}
        async with self.http.request(
            method, f"{self.base}/api/desk{path}", json=body or None, headers=headers
        ) as response:
            return response.status, await response.json() if response.content_length else None

    async def post(self, path: str, **body: Any) -> tuple[int, Any]:
        return await self.request("POST", path, **body)

    async def get(self, path: str) -> Any:
        status, body = await self.request("GET", path)
        assert status == 200, body
        return body

    async def ok(self, path: str, **body: Any) -> Any:
        status, answer = await self.post(path, **body)
        assert status in (200, 201, 204), answer
        return answer

    async def answer(self, conversation: str, text: str) -> tuple[int, Any]:
        return await self.post(f"/conversations/{conversation}/messages", client_id=str(uuid4()), text=text)

    async def frame(self, type_: str, **has: Any) -> dict[str, Any]:
        """The next frame of this type whose payload has these values."""

        def wanted(frame: dict[str, Any]) -> bool:
            if "n" in frame:
                self.n = max(self.n, frame["n"])
            inner = frame.get(type_) if isinstance(frame.get(type_), dict) else frame
            return frame["type"] == type_ and all((inner or {}).get(k) == v for k, v in has.items())

        assert self.ws
        return await _next(self.ws, self.frames, wanted)

    async def given(self) -> dict[str, Any]:
        """The next ticket that becomes mine."""

        def wanted(frame: dict[str, Any]) -> bool:
            if frame["type"] != "ticket":
                return False
            self.n = max(self.n, frame["n"])
            return (frame["ticket"]["agent"] or {}).get("id") == self.id

        assert self.ws
        return (await _next(self.ws, self.frames, wanted))["ticket"]


@dataclass
class House:
    """The running server, and the people who come to it."""

    base: str
    parts: Parts
    brain: ScriptedBrain
    sessions: list[ClientSession] = field(default_factory=list)
    app: web.Application = field(default_factory=web.Application)

    def routes(self) -> set[tuple[str, str]]:
        """Method and path of everything that is served."""
        return {
            (route.method, route.resource.canonical)
            for route in self.app.router.routes()
            if route.resource is not None and route.method != "HEAD"
        }

    def _http(self) -> ClientSession:
        made = ClientSession(cookie_jar=CookieJar(unsafe=True))
        self.sessions.append(made)
        return made

    async def customer(self, **wish: Any) -> Customer:
        return await Customer(self._http(), self.base).arrive(**wish)

    async def agent(self, login: str, role: Any = "agent", **how: Any) -> Agent:
        """A new agent, not signed in yet."""
        async with self.parts.database.write() as session:
            new = NewAgent(login, how.pop("name", login), role, password=PASSWORD, **how)
            await add_agent(session, new, Doer("test"), system_now())
        return Agent(self._http(), self.base, login)

    async def rule(self, **changes: Any) -> None:
        """Change the desk's rules."""
        office = self.parts.desk.office
        async with office.work() as work:
            wanted = Rules.model_validate({**work.rules.model_dump(mode="json"), **changes})
            await office.book.change(work.session, wanted, Doer("test"), work.now)


@pytest.fixture(scope="session")
def empty_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with every table and nothing in it, made once and copied."""
    folder = tmp_path_factory.mktemp("empty")
    upgrade(Settings(data_dir=folder).database)
    return folder / "huitouke.db"


@pytest.fixture
def house_folder(tmp_path: Path, empty_house: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A data folder as the command line finds it."""
    shutil.copy(empty_house, tmp_path / "huitouke.db")
    monkeypatch.setenv("HUITOUKE_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return str(tmp_path)


@pytest.fixture
async def house(tmp_path: Path, empty_house: Path) -> AsyncIterator[House]:
    """A house on SQLite."""
    shutil.copy(empty_house, tmp_path / "huitouke.db")
    async with running_house(tmp_path, "") as made:
        yield made


@asynccontextmanager
async def running_house(folder: Path, database_url: str) -> AsyncGenerator[House]:
    """A whole server with its desk, on a database that is there; empty: SQLite in the folder."""
    brain = ScriptedBrain()
    thinking = TestServer(brain.app())
    await thinking.start_server()
    settings = Settings(
        data_dir=folder,
        brain_secret=SECRET,  # pyright: ignore[reportArgumentType] - pydantic makes it a secret
        rate_visitor_burst=100,
        webhook_allow=["127.0.0.0/8"],
    ).model_copy(
        update={
            "brain_urls": [str(thinking.make_url("")).rstrip("/")],
            "database_url": database_url,
        }
    )
    app = make_app(settings)
    running = TestServer(app)
    await running.start_server()
    made = House(str(running.make_url("")).rstrip("/"), app[PARTS], brain, app=app)
    await made.rule(hours=ALWAYS)
    yield made
    brain.gate.set()
    await asyncio.gather(*(session.close() for session in made.sessions))
    await running.close()
    await thinking.close()
