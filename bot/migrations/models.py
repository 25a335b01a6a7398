"""The one list of modules with tables. A new noun adds its module here and a revision in `versions`."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from sqlalchemy import MetaData

from bot.kit.db import Base

MODULES = (
    "bot.store.requests.models",
    "bot.store.counters.models",
    "bot.store.customers.models",
    "bot.store.identities.models",
    "bot.store.cards.models",
    "bot.store.ledger.models",
    "bot.store.consents.models",
    "bot.store.access.models",
    "bot.store.facts.models",
    "bot.store.contacts.models",
    "bot.store.points.models",
    "bot.store.tiers.models",
    "bot.store.adjustments.models",
    "bot.store.complaints.models",
    "bot.store.concessions.models",
    "bot.store.orders.models",
    "bot.store.offers.models",
    "bot.store.bills.models",
    "bot.store.quotes.models",
    "bot.store.promises.models",
    "bot.store.contracts.models",
    "bot.store.assets.models",
    "bot.store.bookings.models",
    "bot.store.referrals.models",
    "bot.store.surveys.models",
    "bot.store.dealers.models",
    "bot.store.stages.models",
    "bot.store.seasons.models",
    "bot.store.care.models",
    "bot.store.privacy.models",
    "bot.conversations.models",
    "bot.files.models",
    "bot.channels.tencent.models",
    "bot.channels.wechat.models",
    "bot.channels.wecom.models",
    "bot.desk.agents.models",
    "bot.desk.teams.models",
    "bot.desk.audit.models",
    "bot.desk.rules.models",
    "bot.desk.tickets.models",
    "bot.desk.notices.models",
    "bot.desk.prompts.models",
    "bot.desk.callbacks.models",
    "bot.desk.satisfaction.models",
    "bot.desk.canned.models",
    "bot.care.models",
    "bot.desk.operations.models",
    "bot.desk.api.models",
    "bot.desk.webhooks.models",
)


def all_tables() -> MetaData:
    """The metadata with every table of every part that is installed."""
    for module in MODULES:
        if find_spec(module) is not None:
            import_module(module)
    return Base.metadata
