"""What actions work with, built on first use: importing an action opens nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

from actions.counting import ProofCounters
from bot.kit.clock import Clock, system_now
from bot.kit.db import Database
from bot.kit.logging import set_up_logging
from bot.kit.settings import Settings, load_settings
from bot.store.company.sources import Source, make_source
from bot.store.identities.codes import CodeRules
from bot.store.identities.sms import SmsCourier, sms_sender


@dataclass(frozen=True, slots=True)
class Runtime:
    """One process's database, clock, way to send one-time codes, and where balances are known."""

    settings: Settings
    database: Database
    clock: Clock
    codes: CodeRules
    sms: SmsCourier
    source: Source
    proofs: ProofCounters = field(default_factory=ProofCounters)

    async def close(self) -> None:
        await self.source.close()
        await self.sms.close()
        await self.database.close()


_current: Runtime | None = None


def make_runtime(settings: Settings, clock: Clock = system_now) -> Runtime:
    database = Database(settings.database)
    return Runtime(
        settings=settings,
        database=database,
        clock=clock,
        codes=CodeRules.from_settings(settings),
        sms=SmsCourier(sms_sender(settings, database)),
        source=make_source(
            settings.company_service_url,
            settings.company_service_secret.get_secret_value(),
            settings.company_service_seconds,
        ),
    )


def use(runtime: Runtime | None) -> None:
    """Make `runtime` the one that actions find (the host, or a test, calls this)."""
    global _current  # noqa: PLW0603 - rasa-sdk makes the actions itself, so they cannot be handed anything
    _current = runtime


def current() -> Runtime:
    """The runtime; made from the settings when nobody set one (`python -m rasa_sdk --actions actions`)."""
    if _current is None:
        settings = load_settings()
        set_up_logging(settings.log_level, settings.log_format)
        use(make_runtime(settings))
    assert _current is not None
    return _current
