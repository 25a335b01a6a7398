"""Hosts the actions on loopback: rasa-sdk's executor inside an aiohttp application of ours.

The SDK's own server binds every interface, asks for no secret, and answers an exception with the whole
request, which the brain would log.
"""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import AsyncIterator

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from actions import runtime
from actions.runtime import make_runtime
from bot.kit.clock import Clock, system_now
from bot.kit.errors import HuitoukeError, Unavailable
from bot.kit.settings import Settings
from bot.steps import StepTooLong, in_steps

log = structlog.get_logger(__name__)

LARGEST_CALL = 4 * 1024 * 1024
ACTION_SECONDS = 5.0
"""Then an action is cancelled and its transaction undone; the brain waits a second longer, to hear of it."""
STEP_SECONDS = 1.5
"""So much processor time may pass between two pauses of an action; all others wait for it."""
DEADLINE = "Huitouke-Deadline"
"""When the customer's turn is given up, in seconds since 1970. Later nobody hears the answer."""
EXECUTOR = web.AppKey("executor", ActionExecutor)


def make_executor() -> ActionExecutor:
    """An executor that knows every action in this package."""
    executor = ActionExecutor()
    executor.register_package("actions")
    return executor


def make_app(settings: Settings, clock: Clock = system_now) -> web.Application:
    """The action server's application: POST /webhook, GET /health, GET /metrics."""
    secret = settings.secret("actions_secret")

    async def run_action(request: web.Request) -> web.Response:
        if not hmac.compare_digest(request.headers.get("Authorization", ""), f"Bearer {secret}"):
            raise web.HTTPUnauthorized()
        seconds = _seconds_left(request)
        if seconds <= 0:
            return web.json_response({"error": "too late"}, status=503)
        call = await _call(request)
        call.setdefault("domain", {})  # else the SDK asks for a domain that selective sending left out
        try:
            async with asyncio.timeout(seconds):
                return await in_steps(_run(request.app[EXECUTOR], call), STEP_SECONDS)
        except TimeoutError:
            log.error("action_took_too_long", action=call.get("next_action"), seconds=seconds)
            return web.json_response({"error": "took too long"}, status=504)
        except StepTooLong:
            log.error("action_interrupted", action=call.get("next_action"), seconds=STEP_SECONDS)
            return web.json_response({"error": "too much work"}, status=422)

    async def health(_request: web.Request) -> web.Response:
        await runtime.current().database.ping()
        return web.json_response({"status": "ready"})

    async def metrics(_request: web.Request) -> web.Response:
        """For Prometheus on this machine: nobody else reaches this port."""
        return web.Response(
            body=generate_latest(runtime.current().proofs.registry),
            headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4},
        )

    async def running(_app: web.Application) -> AsyncIterator[None]:
        current = make_runtime(settings, clock)
        runtime.use(current)
        yield
        runtime.use(None)
        await current.close()

    app = web.Application(client_max_size=LARGEST_CALL, middlewares=[_errors])
    app[EXECUTOR] = make_executor()
    app.cleanup_ctx.append(running)
    app.router.add_post("/webhook", run_action)
    app.router.add_get("/health", health)
    app.router.add_get("/metrics", metrics)
    return app


def _seconds_left(request: web.Request) -> float:
    """How long the action may take: not longer than somebody waits for it."""
    try:
        deadline = float(request.headers.get(DEADLINE, "inf"))
    except ValueError:
        deadline = float("inf")
    return min(ACTION_SECONDS, deadline - time.time())


async def _call(request: web.Request) -> dict[str, object]:
    try:
        call = await request.json()
    except (ValueError, RecursionError) as error:
        raise web.HTTPUnprocessableEntity() from error
    if not isinstance(call, dict):
        raise web.HTTPUnprocessableEntity()
    return call


async def _run(executor: ActionExecutor, call: dict[str, object]) -> web.Response:
    try:
        result = await executor.run(call)
    except ActionExecutionRejection as error:
        return web.json_response({"error": "rejected", "action_name": error.action_name}, status=400)
    except ActionNotFoundException as error:
        log.error("unknown_action", action=error.action_name)
        return web.json_response({"error": "unknown action", "action_name": error.action_name}, status=404)
    return web.json_response(result.model_dump() if result else {"events": [], "responses": []})


@web.middleware
async def _errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """No answer carries anything of the request."""
    try:
        return await handler(request)
    except Unavailable as error:
        log.warning("action_unavailable", error=error.message)
        return web.json_response({"error": "unavailable"}, status=503)
    except HuitoukeError as error:
        return web.json_response({"error": error.code}, status=error.status)
