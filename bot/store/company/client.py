"""Ask the company's service (docs/protocols/company-service.md): signed, in time, nothing guessed."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from typing import Any, ClassVar

from aiohttp import ClientError, ClientSession, ClientTimeout
from yarl import URL

from bot.kit.errors import HuitoukeError
from bot.kit.ids import time_ordered

LARGEST = 1_000_000  # bytes of one answer


class CompanyServiceDown(HuitoukeError):
    """公司的业务系统暂时没有回应，请稍后再查；急的话可以转人工。"""

    status: ClassVar[int] = 503
    code: ClassVar[str] = "company_service_down"


class UnknownThere(HuitoukeError):
    """公司的业务系统里没有查到您的记录，可以转人工核对。"""

    status: ClassVar[int] = 404
    code: ClassVar[str] = "unknown_there"


class CompanyClient:
    """GET requests to one address. Make one per process, close it at the end."""

    def __init__(self, url: str, secret: str, *, timeout: float = 2.0) -> None:
        self._url = url.rstrip("/")
        self._secret = secret.encode()
        self._timeout = ClientTimeout(total=timeout)
        self._session: ClientSession | None = None

    async def get(self, path: str) -> dict[str, Any]:
        """The JSON object at `path`. UnknownThere on 404; CompanyServiceDown on anything else but 200."""
        if self._session is None:
            self._session = ClientSession(timeout=self._timeout)
        try:
            async with self._session.get(
                URL(self._url + path, encoded=True), headers=self._headers(path), allow_redirects=False
            ) as response:
                if response.status == 404:
                    raise UnknownThere
                if response.status != 200 or (response.content_length or 0) > LARGEST:
                    raise CompanyServiceDown(None, path=path, answered=response.status)
                answer = await response.json(content_type=None)
        except (ClientError, TimeoutError, asyncio.IncompleteReadError, ValueError) as error:
            raise CompanyServiceDown(None, path=path) from error
        if not isinstance(answer, dict):
            raise CompanyServiceDown(None, path=path)
        return answer

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _headers(self, path: str) -> dict[str, str]:
        stamp = str(int(time.time()))
        signed = f"{stamp}.GET.{path}".encode()
        return {
            "Accept": "application/json",
            "X-Huitouke-Request": time_ordered(),
            "X-Huitouke-Timestamp": stamp,
            "X-Huitouke-Signature": "sha256=" + hmac.new(self._secret, signed, hashlib.sha256).hexdigest(),
        }
