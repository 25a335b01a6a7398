"""The statements that every callback runs, built once: building one costs more than running it.

They are for tables, not for mapped classes, and take a row's values by their columns' names.
"""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from sqlalchemy import Table, and_
from sqlalchemy.dialects import postgresql, sqlite

from bot.channels.tencent.models import WxAllowance, WxNonce
from bot.kit.db import WriteSession

NONCES = cast(Table, WxNonce.__table__)
ALLOWANCES = cast(Table, WxAllowance.__table__)


def insert_into_table(dialect: str, table: Table) -> Any:
    """An INSERT into `table` that can say ON CONFLICT; how many rows it made is counted."""
    inserting = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return inserting(table).execution_options(preserve_rowcount=True)


def dialect_of(session: WriteSession) -> str:
    return session.get_bind().dialect.name


@cache
def remember_nonce(dialect: str) -> Any:
    """A nonce with what came with it; no row is counted when it is known."""
    return insert_into_table(dialect, NONCES).on_conflict_do_nothing(index_elements=["id"])


@cache
def grant(dialect: str) -> Any:
    """A customer's allowance anew; no row is counted for a source that granted before, or an older one."""
    inserting = insert_into_table(dialect, ALLOWANCES)
    keys = ["channel", "account", "channel_user", "kind"]
    return inserting.on_conflict_do_update(
        index_elements=keys,
        set_={
            column.name: inserting.excluded[column.name] for column in ALLOWANCES.c if column.name not in keys
        },
        where=and_(
            ALLOWANCES.c.source != inserting.excluded.source,
            ALLOWANCES.c.granted_at <= inserting.excluded.granted_at,
        ),
    )
