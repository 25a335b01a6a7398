"""What is counted: calls by their outcome, callbacks by theirs, and what somebody must mend."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class Counters:
    """The channels' metrics, in one registry."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        registry = registry or CollectorRegistry()
        self._calls = Counter(
            "huitouke_wechat_calls",
            "Calls of the platforms by outcome: the error code, 0, timeout or unreachable",
            ["account", "call", "code"],
            registry=registry,
        )
        self._callbacks = Counter(
            "huitouke_wechat_callbacks", "Callbacks by outcome", ["account", "outcome"], registry=registry
        )
        self._seconds = Histogram(
            "huitouke_wechat_ack_seconds", "Time until a callback is acknowledged", registry=registry
        )
        self._alarm = Gauge(
            "huitouke_wechat_alarm",
            "1 from an error that somebody must mend until the call succeeds again",
            ["account", "call"],
            registry=registry,
        )

    def call(self, account: str, call: str, code: str, *, alarm: bool = False) -> None:
        """A call of the platform ended with `code`."""
        self._calls.labels(account, call, code).inc()
        self._alarm.labels(account, call).set(1 if alarm else 0)

    def callback(self, account: str, outcome: str, seconds: float | None = None) -> None:
        """A callback was handled."""
        self._callbacks.labels(account, outcome).inc()
        if seconds is not None:
            self._seconds.observe(seconds)
