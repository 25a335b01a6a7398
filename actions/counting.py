"""Counts what happens around proofs of identity: a wave is an attack, or text messages that come late."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter

from bot.store.identities.codes import Challenge, Expired, Locked, TooManyCodes, Wrong
from bot.store.identities.service import Verified


class ProofCounters:
    """`huitouke_codes_total` by what happened, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._events = Counter(
            "huitouke_codes",
            "One-time codes: sent, unknown (no such customer), refused (too many), verified, wrong, locked, "
            "expired",
            ["event"],
            registry=self.registry,
        )

    def asked(self, outcome: Challenge | TooManyCodes | Locked) -> None:
        """A code was asked for."""
        match outcome:
            case Challenge(sms=None):
                self._count("unknown")
            case Challenge():
                self._count("sent")
            case TooManyCodes():
                self._count("refused")
            case Locked():
                self._count("locked")

    def checked(self, outcome: Verified | Wrong | Locked | Expired) -> None:
        """A code was entered."""
        match outcome:
            case Verified():
                self._count("verified")
            case Wrong():
                self._count("wrong")
            case Locked():
                self._count("locked")
            case Expired():
                self._count("expired")

    def _count(self, event: str) -> None:
        self._events.labels(event).inc()
