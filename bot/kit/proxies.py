"""Where a request really comes from, when it came through proxies of our own."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address, ip_network


class Proxies:
    """`trusted`: addresses or networks of proxies that are believed; nobody else's headers count."""

    def __init__(self, trusted: Sequence[str]) -> None:
        self._trusted = [ip_network(proxy, strict=False) for proxy in trusted]

    def trusts(self, address: str) -> bool:
        """Is this one of our proxies?"""
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        return any(parsed in proxy for proxy in self._trusted)

    def address(self, peer: str, forwarded_for: str) -> str:
        """The nearest hop that is no proxy of ours; the peer when it is not one itself."""
        if not self.trusts(peer):
            return peer
        for hop in reversed(forwarded_for.split(",")):
            if hop.strip() and not self.trusts(hop.strip()):
                return hop.strip()
        return peer
