"""The brain's door: docs/protocols/brain.md over HTTP, for the server alone."""

from __future__ import annotations

import hmac
import logging
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.brain.agent import BrainAgent
from bot.brain.endpoint import ActionsUnavailable
from bot.brain.settings import load_settings
from bot.brain.turn_log import Conflict
from bot.brain.turns import ParseRequest, Refused, TurnRequest

logger = logging.getLogger(__name__)


class BrainChannel(InputChannel):
    """One turn per call, errors as HTTP errors, nothing without the shared secret."""

    def __init__(self, secret: str) -> None:
        self._expected = f"Bearer {secret}".encode()

    @classmethod
    def name(cls) -> str:
        return "brain"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> BrainChannel:
        return cls((credentials or {}).get("secret") or load_settings().brain_secret)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        door = Blueprint("brain", strict_slashes=False)

        @door.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            return await self._guarded(request, self._turn)

        @door.post("/parse")
        async def parse(request: Request) -> HTTPResponse:
            return await self._guarded(request, self._parse)

        @door.delete("/conversations/<conversation>")
        async def forget(request: Request, conversation: str) -> HTTPResponse:
            return await self._guarded(request, self._forget)

        @door.get("/health")
        async def health(request: Request) -> HTTPResponse:
            return await self._guarded(request, self._health)

        return door

    async def _guarded(
        self, request: Request, serve: Callable[[BrainAgent, Request], Awaitable[str]]
    ) -> HTTPResponse:
        try:
            self._check_secret(request)
            return _json(200, (await serve(_agent(request), request)).encode())
        except Exception as error:
            refused = _refused(error)
            return _json(refused.status, refused.body())

    def _check_secret(self, request: Request) -> None:
        given = request.headers.get("authorization", "").encode(errors="replace")
        if not hmac.compare_digest(given, self._expected):
            raise Refused(401, "unauthorized", "the secret is missing or wrong")

    async def _turn(self, agent: BrainAgent, request: Request) -> str:
        assert agent.processor is not None
        return await agent.processor.run_turn(TurnRequest.decode(request.body))

    async def _parse(self, agent: BrainAgent, request: Request) -> str:
        assert agent.processor is not None
        return agent.processor.read(ParseRequest.decode(request.body))

    async def _forget(self, agent: BrainAgent, request: Request) -> str:
        conversation = str(request.match_info["conversation"])
        async with agent.lock_store.lock(conversation):
            await agent.tracker_store.forget(conversation)
        return orjson.dumps({"forgotten": conversation}).decode()

    async def _health(self, agent: BrainAgent, request: Request) -> str:
        return orjson.dumps({"status": "ready", "model": agent.model_name}).decode()


def _agent(request: Request) -> BrainAgent:
    agent = getattr(request.app.ctx, "agent", None)
    if not isinstance(agent, BrainAgent) or agent.processor is None:
        raise Refused(503, "not_ready", "no model is loaded; start the brain with python -m bot.brain.serve")
    return agent


def _refused(error: Exception) -> Refused:
    """What the server is told. Customer text stays out of the log: only kinds and places are written."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, ActionsUnavailable):
        logger.warning("actions unavailable: %s", error)
        return Refused(502, "actions_unavailable", "the action server is down or failed; nothing was stored")
    if isinstance(error, Conflict):
        logger.warning("a turn was overtaken by another brain")
        return Refused(503, "overtaken", "another brain took a turn of this conversation; send it again")
    # The places, not the message: it may quote what the customer wrote.
    places = "".join(traceback.format_tb(error.__traceback__))
    logger.error("a turn failed with %s\n%s", type(error).__name__, places)
    return Refused(500, "internal", f"a bug ({type(error).__name__}); nothing was stored")


def _json(status: int, body: bytes) -> HTTPResponse:
    return HTTPResponse(body=body, status=status, content_type="application/json")
