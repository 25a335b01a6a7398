"""The one list of modules with tables. A new noun adds its module here and a revision in `versions`."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from sqlalchemy import MetaData

from bot.kit.db import Base

MODULES = (
    "bot.store.counters.models",
    "bot.store.customers.models",
    "bot.store.identities.models",
    "bot.store.cards.models",
    "bot.store.ledger.models",
    "bot.store.complaints.models",
    "bot.store.orders.models",
    "bot.store.consents.models",
    "bot.store.access.models",
    "bot.conversations.models",
)


def all_tables() -> MetaData:
    """The metadata with every table of every part that is installed."""
    for module in MODULES:
        if find_spec(module) is not None:
            import_module(module)
    return Base.metadata
