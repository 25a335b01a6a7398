"""No webhook reaches into our own network: every address is checked when it is connected to.

A check when the webhook is saved would not do: the name may point elsewhere a minute later.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver
from yarl import URL

from bot.kit.errors import BadInput

_NAT64: Final = ip_network("64:ff9b::/96")


class ForbiddenAddress(OSError):
    """The address is not one that webhooks may reach."""


class Guard:
    """`allowed`: networks of our own that may be reached all the same, e.g. 10.1.0.0/16."""

    def __init__(self, allowed: Sequence[str]) -> None:
        self._allowed = [ip_network(each, strict=False) for each in allowed]

    def check_url(self, text: str) -> str:
        """The URL, if it may be saved. Raises BadInput."""
        try:
            url = URL(text.strip())
        except ValueError as error:
            raise BadInput("这不是一个网址，例如 https://crm.example.com/hooks。") from error
        if url.scheme not in ("https", "http") or not url.host or url.user or len(text) > 500:
            raise BadInput("地址要以 https:// 开头，不能带用户名和密码，最长 500 个字符。")
        if url.scheme == "http" and not self._allowed:
            raise BadInput("地址要以 https:// 开头：内容里有客户的信息。")
        self.check_host(url.host)
        return str(url)

    def check_host(self, host: str) -> None:
        """Raises BadInput when the host is an address that may not be reached."""
        try:
            address = ip_address(host)
        except ValueError:
            return
        if not self.permits(address):
            raise BadInput("不能发到内网地址；确实需要的话，由管理员在 HUITOUKE_WEBHOOK_ALLOW 里放行。")

    def permits(self, address: IPv4Address | IPv6Address) -> bool:
        """May a webhook connect to this address?"""
        if isinstance(address, IPv6Address):
            inner = address.ipv4_mapped or address.sixtofour
            if inner is None and address in _NAT64:
                inner = IPv4Address(int(address) & 0xFFFFFFFF)
            if inner is not None:
                return self.permits(inner)
            if address.teredo is not None:
                return False
        if any(address in network for network in self._allowed if network.version == address.version):
            return True
        return address.is_global and not address.is_multicast


class GuardedResolver(AbstractResolver):
    """Resolves names to the addresses that may be reached."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._inner = DefaultResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """See AbstractResolver.resolve. Raises ForbiddenAddress when none is left."""
        found = await self._inner.resolve(host, port, family)
        allowed = [each for each in found if self._guard.permits(ip_address(each["host"].partition("%")[0]))]
        if not allowed:
            raise ForbiddenAddress(f"{host} has no address that webhooks may reach")
        return allowed

    async def close(self) -> None:
        await self._inner.close()
