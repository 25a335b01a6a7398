"""Take numbers from a counter."""

from __future__ import annotations

from datetime import datetime

from bot.kit.clock import local_date
from bot.kit.db import WriteSession, insert_into
from bot.kit.errors import Conflict
from bot.store.counters.models import Counter


async def take(session: WriteSession, name: str, count: int = 1) -> int:
    """Reserve `count` numbers of counter `name` and return the first; the very first is 1.

    The counter's row stays locked until the transaction ends: a number is lost on rollback of nobody.
    """
    statement = insert_into(session, Counter).values(name=name, value=count)
    statement = statement.on_conflict_do_update(
        index_elements=[Counter.name], set_={"value": Counter.value + count}
    ).returning(Counter.value)
    last = (await session.execute(statement)).scalar_one()
    return last - count + 1


async def daily_number(session: WriteSession, prefix: str, now: datetime) -> str:
    """The next number of its kind today: the prefix, the date in China, and five digits."""
    day = f"{local_date(now):%Y%m%d}"
    ordinal = await take(session, f"{prefix}:{day}")
    if ordinal > 99_999:
        raise Conflict(f"Today's numbers that begin with {prefix} are used up.")
    return f"{prefix}{day}{ordinal:05d}"
