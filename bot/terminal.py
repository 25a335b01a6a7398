"""`huitouke chat`: a customer at a terminal, over the same protocol as the widget."""

from __future__ import annotations

import asyncio
import sys
from collections import OrderedDict
from typing import Any
from uuid import uuid4

import aiohttp
from rich.console import Console

console = Console()

HELP = "直接打字即可；输入数字选择按钮；/quit 退出。"
WHO = {"bot": "小回", "agent": "客服", "system": "系统"}
BACKOFF = (0.5, 1, 2, 4, 8)


class TerminalChat:
    """Keeps one conversation: sends what is typed until it is acknowledged, prints what comes."""

    def __init__(self, server: str, user_token: str | None) -> None:
        self._server = server.rstrip("/")
        self._user_token = user_token
        self._token: str | None = None
        self._last_seq = 0
        self._unsent: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._choices: tuple[int, list[str]] = (0, [])
        self._ws: aiohttp.ClientWebSocketResponse | None = None

    async def run(self) -> int:
        """Chat until /quit or the end of input; the exit status."""
        async with aiohttp.ClientSession() as http:
            try:
                await self._session(http)
            except (aiohttp.ClientError, OSError) as error:
                console.print(f"[red]连不上 {self._server}：{error}。服务启动了吗？（make run）[/red]")
                return 1
            console.print(f"[dim]{HELP}[/dim]")
            connection = asyncio.create_task(self._stay_connected(http))
            try:
                await self._read_keys()
                await self._drain()
            finally:
                connection.cancel()
                await asyncio.gather(connection, return_exceptions=True)
        return 0

    async def _session(self, http: aiohttp.ClientSession) -> None:
        wish = {"token": self._token, "user_token": self._user_token}
        async with http.post(f"{self._server}/api/web/session", json=wish) as response:
            response.raise_for_status()
            self._token = (await response.json())["token"]

    async def _stay_connected(self, http: aiohttp.ClientSession) -> None:
        attempt = 0
        while True:
            try:
                async with http.ws_connect(f"{self._server}/api/web/socket", heartbeat=25) as ws:
                    await ws.send_json({"type": "hello", "token": self._token, "since": self._last_seq})
                    attempt = 0
                    await self._listen(ws)
                if ws.close_code == 4401:
                    await self._session(http)
            except (aiohttp.ClientError, OSError):
                pass
            finally:
                self._ws = None
            if attempt == 0:
                console.print("[dim]连接断开，正在重连……[/dim]")
            await asyncio.sleep(BACKOFF[min(attempt, len(BACKOFF) - 1)])
            attempt += 1

    async def _listen(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        async for incoming in ws:
            if incoming.type == aiohttp.WSMsgType.TEXT:
                await self._handle(ws, incoming.json())

    async def _handle(self, ws: aiohttp.ClientWebSocketResponse, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "welcome":
                self._ws = ws
                for waiting in self._unsent.values():
                    await ws.send_json(waiting)
            case "ack":
                self._unsent.pop(frame["client_id"], None)
            case "message":
                self._show(frame["message"])
            case "verified":
                console.print(
                    "[green]身份已验证[/green]" if frame["verified"] else "[dim]身份验证已失效[/dim]"
                )
            case "error":
                await self._error(ws, frame)
            case _:
                pass

    async def _error(self, ws: aiohttp.ClientWebSocketResponse, frame: dict[str, Any]) -> None:
        console.print(f"[yellow]{frame['text']}[/yellow]")
        waiting = self._unsent.get(frame.get("client_id", ""))
        if waiting is None:
            return
        if frame["code"] in ("rate_limited", "unavailable"):
            await asyncio.sleep(frame.get("retry_after", 1.0))
            await ws.send_json(waiting)
        else:
            self._unsent.pop(frame["client_id"])

    def _show(self, message: dict[str, Any]) -> None:
        self._last_seq = max(self._last_seq, message["seq"])
        if message["author"] == "customer":
            return
        console.print(f"[bold cyan]{WHO[message['author']]}[/bold cyan] {message['text']}", highlight=False)
        titles = [reply["title"] for reply in message["quick_replies"]]
        numbered = [] if message.get("number") else titles  # asked for a number, a number is the answer
        self._choices = (message["seq"], numbered)
        if titles:
            console.print(
                "   ".join(f"[dim]{n}.[/dim] {title}" for n, title in enumerate(numbered, 1))
                or "   ".join(f"[dim]·[/dim] {title}" for title in titles)
            )

    async def _read_keys(self) -> None:
        while True:
            line = await asyncio.to_thread(sys.stdin.readline)
            if not line or line.strip() in ("/quit", "/exit"):
                return
            if line.strip():
                await self._send(line.strip())

    async def _send(self, line: str) -> None:
        client_id = str(uuid4())
        frame: dict[str, Any] = {"type": "message", "client_id": client_id}
        seq, titles = self._choices
        if line.isdigit() and 1 <= int(line) <= len(titles):
            frame["choice"] = {"seq": seq, "index": int(line) - 1}
        else:
            frame["text"] = line
        self._unsent[client_id] = frame
        if self._ws is not None and not self._ws.closed:
            await self._ws.send_json(frame)

    async def _drain(self, patience: float = 3.0) -> None:
        """With input from a pipe: let what was sent be answered before leaving."""
        if sys.stdin.isatty():
            return
        seen = -1
        while self._unsent or seen != self._last_seq:
            seen = self._last_seq
            await asyncio.sleep(patience)


async def chat(server: str, user_token: str | None) -> int:
    """Chat with `server` until the person leaves; the exit status."""
    return await TerminalChat(server, user_token).run()
