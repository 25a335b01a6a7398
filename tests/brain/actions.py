"""An action server that speaks rasa-sdk's protocol and acts as ours do, with a customer in a dictionary.

The real one needs the other environment; tests/acceptance runs both together.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

from aiohttp import web

NUMBER, CODE = "13800138000", "246810"
FORGOTTEN = ("identity_number", "code", "prompt", "pending_action")

Call = dict[str, Any]
Reply = dict[str, Any]


def slot(name: str, value: Any) -> dict[str, Any]:
    return {"event": "slot", "name": name, "value": value}


def follow_up(name: str) -> dict[str, Any]:
    return {"event": "followup", "name": name}


def reply(*said: str, events: list[dict[str, Any]] | None = None, **more: Any) -> Reply:
    return {"events": events or [], "responses": [{"text": text, **more} for text in said]}


class Actions:
    """`calls` are the bodies received; `status` and `seconds` make it fail or be slow."""

    def __init__(self, secret: str) -> None:
        self.calls: list[Call] = []
        self.verified: set[str] = set()
        self.status = 200
        self.seconds = 0.0
        self.also: dict[str, Callable[[Call], Reply]] = {}
        self._secret = secret
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/webhook", self._serve)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{port}/webhook"

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    def names(self) -> list[str]:
        return [call["next_action"] for call in self.calls]

    async def _serve(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {self._secret}":
            return web.json_response({}, status=401)
        call = await request.json()
        self.calls.append(call)
        await asyncio.sleep(self.seconds)
        if self.status != 200:
            told = {"error": "as told", "action_name": call["next_action"]}
            return web.json_response(told, status=self.status)
        return web.json_response(self._act(call))

    def _act(self, call: Call) -> Reply:
        name, slots = call["next_action"], call["tracker"]["slots"]
        if name in self.also:
            return self.also[name](call)
        if name in ("action_points", "action_points_expiry", "action_balance", "action_complaint_status"):
            return self._personal(name, call)
        if name == "action_resume_pending":
            return self._resume(slots)
        plain: dict[str, Callable[[], Reply]] = {
            "action_identity": lambda: reply(
                events=[slot("pending_action", None), follow_up("identity_form")]
            ),
            "action_ask_identity_number": lambda: reply(
                slots["prompt"] or "号码？", events=[slot("prompt", None)]
            ),
            "action_ask_code": lambda: reply(slots["prompt"] or "验证码？", events=[slot("prompt", None)]),
            "action_request_human": lambda: reply("好的，转人工。"),
            "validate_identity_form": lambda: self._validate(call),
        }
        if name in plain:
            return plain[name]()
        return reply() if name.startswith("validate_") else reply(f"（{name}）")

    def _personal(self, name: str, call: Call) -> Reply:
        if call["sender_id"] in self.verified:
            card = {"card": "points", "data": {"total": 3200}}
            return reply(f"这是 {name} 的答案", custom=card)
        return reply(events=[slot("pending_action", name), follow_up("identity_form")])

    def _resume(self, slots: dict[str, Any]) -> Reply:
        events = [slot(name, None) for name in FORGOTTEN]
        proved, pending = slots["code"] == "checked", slots["pending_action"]
        return reply(events=[*events, follow_up(pending)] if proved and pending else events)

    def _validate(self, call: Call) -> Reply:
        tracker = call["tracker"]
        slots, message = tracker["slots"], tracker["latest_message"]
        text, asked = message["text"] or "", slots["requested_slot"]
        if asked == "code":
            if message["intent"]["name"] == "resend_code":
                return reply(events=[slot("code", None), slot("prompt", "又发了一次。")])
            if found := re.search(r"\d{6}", text):
                return self._check(call["sender_id"], found.group())
        elif re.fullmatch(r"\d{11}", text):
            return reply(events=[slot("identity_number", text)])
        elif re.search(r"\d{4}", text):
            return reply(events=[slot("identity_number", None), slot("prompt", "号码不对。")])
        return reply()

    def _check(self, sender: str, code: str) -> Reply:
        if code == CODE:
            self.verified.add(sender)
            return reply(events=[slot("code", "checked")])
        if code == "000000":
            return reply(
                "锁住了。", events=[*(slot(n, None) for n in FORGOTTEN), slot("requested_slot", None)]
            )
        return reply(events=[slot("code", None), slot("prompt", "验证码不对。")])
