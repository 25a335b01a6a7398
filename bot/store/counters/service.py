"""Take numbers from a counter."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite

from bot.kit.clock import local_date
from bot.kit.db import WriteSession
from bot.kit.errors import Conflict
from bot.store.counters.models import Counter


async def take(session: WriteSession, name: str, count: int = 1) -> int:
    """Reserve `count` numbers of counter `name` and return the first; the very first is 1.

    The counter's row stays locked until the transaction ends: a number is lost on rollback of nobody.
    """
    taking = {"p_name": name, "p_count": count}
    last = (await session.execute(_taking(session.get_bind().dialect.name), taking)).scalar_one()
    return last - count + 1


@cache  # run for every message that an agent gets; building a statement costs more than running it
def _taking(dialect: str) -> Any:
    inserting = sqlite.insert if dialect == "sqlite" else postgresql.insert
    count = bindparam("p_count", type_=Counter.value.type)
    return (
        inserting(cast(Table, Counter.__table__))
        .values(name=bindparam("p_name", type_=Counter.name.type), value=count)
        .on_conflict_do_update(index_elements=["name"], set_={"value": Counter.value + count})
        .returning(Counter.value)
    )


async def daily_number(session: WriteSession, prefix: str, now: datetime) -> str:
    """The next number of its kind today: the prefix, the date in China, and five digits."""
    day = f"{local_date(now):%Y%m%d}"
    ordinal = await take(session, f"{prefix}:{day}")
    if ordinal > 99_999:
        raise Conflict(f"Today's numbers that begin with {prefix} are used up.")
    return f"{prefix}{day}{ordinal:05d}"
