"""What care needs beside the store's company: who can be reached, who agreed, birthdays; and changes."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import text

from bench.store_company import CHUNK, NOW, points_account
from bot.conversations.models import Conversation
from bot.kit.db import Database
from bot.store.bulk import insert_rows
from bot.store.consents.models import Consent
from bot.store.identities.models import ChannelIdentity, IdentityBinding
from bot.store.ledger.models import Lot
from bot.store.orders.models import Order, OrderLine

REACHED = 2
"""Every which customer has a conversation; every second of those agreed to marketing."""
DAY = timedelta(days=1)


async def add_lines(database: Database, customers: int) -> None:
    """Identities, conversations, consents and birthdays."""
    for first in range(1, customers + 1, CHUNK):
        who = [n for n in range(first, min(first + CHUNK, customers + 1)) if n % REACHED == 0]
        async with database.write() as session:
            await insert_rows(
                session,
                ChannelIdentity,
                ("id", "channel", "account", "channel_user", "customer_id", "level", "verified_at",
                 "verified_until", "created_at"),
                [(n, "web", "default", f"v{n}", n, "verified", NOW, NOW + 400 * DAY, NOW) for n in who],
            )  # fmt: skip
            await insert_rows(
                session,
                IdentityBinding,
                ("identity_id", "customer_id", "proof", "at"),
                [(n, n, "code", NOW) for n in who],
            )
            await insert_rows(
                session,
                Conversation,
                ("id", "channel", "account", "channel_user", "identity_id", "locale", "time_zone", "owner",
                 "owner_version", "agent_version", "last_seq", "seen_seq", "created_at", "last_message_at"),
                [(f"c{n:09d}", "web", "default", f"v{n}", n, "zh-CN", "Asia/Shanghai", "bot", 1, 0, 0, 0, NOW,
                  NOW) for n in who],
            )  # fmt: skip
            await insert_rows(
                session,
                Consent,
                ("key", "customer_id", "purpose", "channel", "form", "decision", "text_version", "evidence",
                 "actor", "at"),
                [(f"b{n}", n, "marketing", "any", "general", "given", "v1", "", "customer", NOW) for n in who
                 if n % (2 * REACHED) == 0],
            )  # fmt: skip
    async with database.write() as session:
        for place in range(12):
            born = date(1980 + place, place + 1, 1 + place)
            values = {"born": born.isoformat() if database.is_sqlite else born, "place": place}
            born_on = text("UPDATE customer SET birthday = :born WHERE id % 12 = :place")
            await session.execute(born_on, values)
    await _analyse(database)


async def change(database: Database, customers: int, share: float) -> int:
    """New points that end soon, and a new order, for `share` of the customers; for how many."""
    step = round(1 / share)
    who = [n for n in range(REACHED, customers + 1, REACHED) if (n // REACHED) % step == 0]
    who += [n for n in range(1, customers + 1, REACHED) if (n // REACHED) % step == 0]
    orders = 3 * customers + 1
    async with database.write() as session:
        await insert_rows(
            session,
            Lot,
            ("id", "account_id", "transaction_id", "granted", "remaining", "expires_at"),
            [(4 * customers + place, points_account(n), 5 * n, 70, 70, NOW + 10 * DAY)
             for place, n in enumerate(who, 1)],
        )  # fmt: skip
        await insert_rows(
            session,
            Order,
            ("id", "number", "customer_id", "state", "total", "discount", "placed_at"),
            [(orders + place, f"E{orders + place:010d}", n, "completed", 4_590, 0, NOW)
             for place, n in enumerate(who)],
        )  # fmt: skip
        await insert_rows(
            session,
            OrderLine,
            ("order_id", "line", "sku", "name", "quantity", "unit_price", "amount"),
            [(orders + place, 1, "P-001", "东北大米", 1, 4_590, 4_590) for place in range(len(who))],
        )
    return len(who)


async def _analyse(database: Database) -> None:
    async with database.engine.connect() as connection:
        automatic = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await automatic.execute(text("ANALYZE"))
