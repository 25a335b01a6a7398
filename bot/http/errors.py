"""Errors as answers: ours with their status and code, unknown ones as 500 without a word about the inside."""

from __future__ import annotations

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.kit.errors import BadInput, HuitoukeError, TooMany
from bot.kit.text import storable

log = structlog.get_logger(__name__)


@web.middleware
async def error_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what a handler raises into `{"error": {"code", "message"}}`."""
    try:
        _check_address(request)
        return await handler(request)
    except HuitoukeError as error:
        headers = error.headers if isinstance(error, TooMany) else None
        return _answer(error.status, error.code, error.message, headers)
    except web.HTTPException as error:
        if (
            error.status < 400
            or request.path.startswith("/widget")
            or "text/html" in request.headers.get("Accept", "")
        ):
            raise
        return _answer(error.status, "http", error.reason)
    except Exception:
        log.exception("request_failed", method=request.method, path=request.path)
        return _answer(500, "internal", "服务出了点问题，我们已经记录，请稍后再试。")


def _check_address(request: web.Request) -> None:
    """Path and query hold what a database can look for. Raises BadInput."""
    texts = [request.path, *request.query.keys(), *request.query.values()]
    if any(storable(text) != text for text in texts):
        raise BadInput("地址里有不能用的字符。")


def _answer(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response({"error": {"code": code, "message": message}}, status=status, headers=headers)
