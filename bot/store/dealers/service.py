"""Publish the register of authorised agents, and answer whether one is genuine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Literal

from sqlalchemy import Select, bindparam, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.db import WriteSession
from bot.kit.errors import BadInput
from bot.store.dealers.models import Dealer, DealerRegister, DealerState


@dataclass(frozen=True, slots=True)
class NewDealer:
    """An agent as published; both days included."""

    number: str
    name: str
    valid_from: date
    valid_until: date
    region: str = ""
    services: str = ""
    state: DealerState = "authorised"


@dataclass(frozen=True, slots=True)
class DealerView:
    """An agent in the register, and whether they may act for us today."""

    number: str
    name: str
    region: str
    services: str
    valid_from: date
    valid_until: date
    standing: Literal["valid", "not_yet", "expired", "revoked"]


@dataclass(frozen=True, slots=True)
class DealerAnswer:
    """What the register of `as_of` says (None: there is none). Name the day, it may have changed since."""

    found: tuple[DealerView, ...]
    as_of: date | None


async def publish_register(
    session: WriteSession, as_of: date, source: str, dealers: list[NewDealer], now: datetime
) -> int:
    """Replace the register with one of `as_of`; an older one than the present is refused."""
    newest = await _newest(session)
    if newest is not None and as_of < newest.as_of:
        raise BadInput(f"The present register is of {newest.as_of}: an older one is not published.")
    numbers = [dealer.number for dealer in dealers]
    if not dealers or len(set(numbers)) != len(numbers):
        raise BadInput("A register has agents, each number once.")
    register = DealerRegister(as_of=as_of, source=source, dealers=len(dealers), loaded_at=now)
    session.add(register)
    await session.flush()
    await session.execute(delete(Dealer))
    await session.execute(
        insert(Dealer),
        [
            {
                "register_id": register.id,
                "number": dealer.number.upper(),
                "name": dealer.name,
                "region": dealer.region,
                "services": dealer.services,
                "valid_from": dealer.valid_from,
                "valid_until": dealer.valid_until,
                "state": dealer.state,
            }
            for dealer in dealers
        ],
    )
    return register.id


async def check_dealer(session: AsyncSession, text: str, today: date) -> DealerAnswer:
    """The agents with exactly this number or name; else those whose name contains four characters or more."""
    wanted = " ".join(text.split())
    register = await _newest(session)
    if register is None or not wanted:
        return DealerAnswer((), register.as_of if register else None)
    rows = (await session.execute(_exactly(), {"number": wanted.upper(), "name": wanted})).scalars().all()
    if not rows and len(wanted) >= 4:
        part = select(Dealer).where(Dealer.name.contains(wanted, autoescape=True)).order_by(Dealer.name)
        rows = (await session.execute(part.limit(5))).scalars().all()
    return DealerAnswer(tuple(_view(row, today) for row in rows), register.as_of)


async def _newest(session: AsyncSession) -> DealerRegister | None:
    return (await session.execute(_registers())).scalar_one_or_none()


@cache  # building a statement costs as much as running it
def _registers() -> Select[DealerRegister]:
    return select(DealerRegister).order_by(DealerRegister.id.desc()).limit(1)


@cache
def _exactly() -> Select[Dealer]:
    same = (Dealer.number == bindparam("number")) | (Dealer.name == bindparam("name"))
    return select(Dealer).where(same).limit(5)


def _view(row: Dealer, today: date) -> DealerView:
    standing: Literal["valid", "not_yet", "expired", "revoked"] = "valid"
    if row.state == "revoked":
        standing = "revoked"
    elif today < row.valid_from:
        standing = "not_yet"
    elif today > row.valid_until:
        standing = "expired"
    return DealerView(
        row.number, row.name, row.region, row.services, row.valid_from, row.valid_until, standing
    )
