"""Take numbers from a counter."""

from __future__ import annotations

from bot.kit.db import WriteSession
from bot.store.columns import insert_into
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
