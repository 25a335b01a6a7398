"""The brain's door: docs/protocols/brain.md over HTTP, for the server alone."""

from __future__ import annotations

import asyncio
import hmac
import logging
import time
import traceback
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import orjson
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.brain.agent import BrainAgent
from bot.brain.endpoint import DEADLINE, ActionFailed, ActionsUnavailable, ActionTooMuch, deadline
from bot.brain.settings import load_settings
from bot.brain.turn_log import Conflict
from bot.brain.turns import ParseRequest, Refused, TurnRequest
from bot.steps import StepTooLong, in_steps, short

logger = logging.getLogger(__name__)

STEP_SECONDS = 2.0
"""So much processor time a turn may use without a pause; everybody else's turn waits for it."""
READ_SECONDS = 1.0
"""So much a text may cost that is only to be understood."""


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
        asked = TurnRequest.decode(request.body)
        until = _deadline(request)
        deadline.set(until)
        if until is None:
            return await in_steps(agent.processor.run_turn(asked), STEP_SECONDS)
        # A turn that begins only now, behind others, is not begun for nobody.
        if (left := until - time.time()) <= 0:
            raise Refused(503, "too_late", "nobody waits for this turn any more; nothing was done")
        try:
            return await asyncio.wait_for(in_steps_task(agent.processor.run_turn(asked)), left)
        except asyncio.TimeoutError as error:
            raise Refused(504, "timed_out", "the turn was not done in time; nothing was stored") from error

    async def _parse(self, agent: BrainAgent, request: Request) -> str:
        assert agent.processor is not None
        with short(READ_SECONDS):
            return agent.processor.read(ParseRequest.decode(request.body))

    async def _forget(self, agent: BrainAgent, request: Request) -> str:
        conversation = str(request.match_info["conversation"])
        async with agent.lock_store.lock(conversation):
            await agent.tracker_store.forget(conversation)
        return orjson.dumps({"forgotten": conversation}).decode()

    async def _health(self, agent: BrainAgent, request: Request) -> str:
        actions = await agent.action_endpoint.healthy()
        return orjson.dumps({"status": "ready", "model": agent.model_name, "actions": actions}).decode()


def _agent(request: Request) -> BrainAgent:
    agent = getattr(request.app.ctx, "agent", None)
    if not isinstance(agent, BrainAgent) or agent.processor is None:
        raise Refused(503, "not_ready", "no model is loaded; start the brain with python -m bot.brain.serve")
    return agent


async def in_steps_task(turn: Coroutine[Any, Any, str]) -> str:
    """What `wait_for` can cancel."""
    return await in_steps(turn, STEP_SECONDS)


def _deadline(request: Request) -> float | None:
    """When the server stops waiting, in seconds since 1970; None if it does not say."""
    try:
        return float(request.headers[DEADLINE])
    except (KeyError, ValueError):
        return None


def _refused(error: Exception) -> Refused:
    """What the server is told. Customer text stays out of the log: only kinds and places are written."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, StepTooLong):
        logger.error("a turn was interrupted: %s", error)
        return Refused(422, "too_much", "the turn takes too much work; nothing was stored")
    if isinstance(error, ActionTooMuch):
        logger.error("an action was interrupted: %s", error)
        return Refused(422, "too_much", "an action takes too much work; nothing was stored")
    if isinstance(error, ActionFailed):
        logger.error("an action failed: %s", error)
        return Refused(500, "action_failed", "an action failed or took too long; nothing was stored")
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
