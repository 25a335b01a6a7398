"""Who may come in: origins, addresses, rates."""

from __future__ import annotations

import hmac
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from aiohttp import web

from bot.kit.errors import Forbidden, TooMany
from bot.kit.limits import RateLimit
from bot.kit.proxies import Proxies
from bot.kit.seats import Seats
from bot.kit.settings import Settings


class BadOrigin(Forbidden):
    """This page may not use the chat. Set HUITOUKE_ALLOWED_ORIGINS to allow it."""

    code = "bad_origin"


class SlowDown(TooMany):
    """您发得有点快，稍等一下，我马上接着处理。"""


class TooManyFiles(TooMany):
    """您最近发的文件太多了，请过一会儿再发。"""

    code = "too_many_files"


MB = 1024 * 1024
FILES_AT_ONCE = 40 * MB
"""A customer with a fault to show sends some pictures and a film; the hour's measure is a setting."""


class Gate:
    """Checks every request of web chat."""

    def __init__(self, settings: Settings) -> None:
        self._allowed = frozenset(settings.allowed_origins)
        self._proxies = Proxies(settings.trusted_proxies)
        self._key = hmac.digest(settings.secret("session_secret").encode(), b"addresses", "sha256")
        self._visitors = RateLimit(settings.rate_visitor_burst, settings.rate_visitor_per_second)
        self._addresses = RateLimit(settings.rate_address_burst, settings.rate_address_per_second)
        self.visitors_sockets = Seats(settings.sockets_visitor)
        self.addresses_sockets = Seats(settings.sockets_address)
        self._bytes = RateLimit(FILES_AT_ONCE, settings.files_visitor_mb_hour * MB / 3600)
        self._address_bytes = RateLimit(10 * FILES_AT_ONCE, 10 * settings.files_visitor_mb_hour * MB / 3600)

    def check_origin(self, request: web.Request) -> None:
        """A browser's request comes from our own pages (the widget lives in our iframe). Raises BadOrigin.

        No Origin at all is not a browser's page: terminals and programs hold a token of their own.
        """
        origin = request.headers.get("Origin")
        if origin is None or origin.rstrip("/") in self._allowed:
            return
        if urlsplit(origin).netloc.lower() != self._host(request).lower():
            raise BadOrigin()

    def check_rate(self, visitor: str, address: str) -> None:
        """Raises SlowDown."""
        wait = self._visitors.take(visitor) or self._addresses.take(address)
        if wait:
            raise SlowDown(retry_after=wait)

    def check_bytes(self, visitor: str, address: str, size: int) -> None:
        """Raises TooManyFiles when a visitor, or an address, has sent enough for now."""
        wait = self._bytes.take(visitor, size) or self._address_bytes.take(address, size)
        if wait:
            raise TooManyFiles(retry_after=wait)

    def check_address(self, address: str) -> None:
        """Raises SlowDown."""
        if wait := self._addresses.take(address):
            raise SlowDown(retry_after=wait)

    def address(self, request: web.Request) -> str:
        """Where a request really comes from: what a trusted proxy says, else the peer."""
        return self._proxies.address(request.remote or "", request.headers.get("X-Forwarded-For", ""))

    def mark(self, address: str) -> str:
        """What stands for an address where it is kept: always the same, and it tells nobody where that is.

        Whoever has an IPv6 address has the 64 bits behind it as well.
        """
        try:
            parsed = ip_address(address)
        except ValueError:
            network = address
        else:
            network = str(ip_network((parsed, 64), strict=False) if parsed.version == 6 else parsed)
        return hmac.digest(self._key, network.encode(), "sha256").hex()[:32]

    def _host(self, request: web.Request) -> str:
        if self._proxies.trusts(request.remote or ""):
            return request.headers.get("X-Forwarded-Host") or request.host
        return request.host
