"""Sign and end contracts, and answer what they cover."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Literal

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.db import WriteSession
from bot.kit.errors import BadInput, Conflict, NotFound
from bot.kit.ids import CustomerId
from bot.store.contracts.models import Contract, ContractItem, Coverage


@dataclass(frozen=True, slots=True)
class NewItem:
    """Something a contract includes or excludes; `words` are other names for it."""

    coverage: Coverage
    name: str
    words: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class NewContract:
    """A contract to sign; both days included, `fee` in fen a month."""

    number: str
    customer_id: CustomerId
    name: str
    starts_on: date
    ends_on: date | None
    items: tuple[NewItem, ...]
    fee: int = 0


@dataclass(frozen=True, slots=True)
class CoverageAnswer:
    """Whether something is covered. Unknown: the contract does not say, so nobody may promise it."""

    answer: Literal["included", "excluded", "unknown"]
    item: str | None
    note: str
    contract_number: str | None
    contract_name: str | None


NO_CONTRACT = CoverageAnswer("unknown", None, "", None, None)


async def sign_contract(session: WriteSession, new: NewContract) -> int:
    """Record a contract; its number is its key: the same number is the same contract."""
    known = select(Contract.id, Contract.customer_id).where(Contract.number == new.number)
    if existing := (await session.execute(known)).one_or_none():
        if existing.customer_id != new.customer_id:
            raise Conflict("This contract number belongs to another customer.")
        return existing.id
    if not new.items or (new.ends_on is not None and new.ends_on < new.starts_on) or new.fee < 0:
        raise BadInput("A contract says what it covers, and does not end before it begins.")
    contract = Contract(
        number=new.number,
        customer_id=new.customer_id,
        name=new.name,
        fee=new.fee,
        starts_on=new.starts_on,
        ends_on=new.ends_on,
        state="active",
    )
    session.add(contract)
    await session.flush()
    session.add_all(
        ContractItem(
            contract_id=contract.id,
            coverage=item.coverage,
            name=item.name,
            words=" ".join(item.words),
            note=item.note,
        )
        for item in new.items
    )
    await session.flush()
    return contract.id


async def end_contract(session: WriteSession, contract_id: int, on: date) -> None:
    """End a contract early. Ending it twice changes nothing."""
    contract = await session.get(Contract, contract_id, with_for_update=True, populate_existing=True)
    if contract is None:
        raise NotFound("There is no such contract.")
    if on < contract.starts_on:
        raise BadInput("A contract does not end before it begins.")
    if contract.state == "active":
        contract.state, contract.ends_on = "ended", on
        await session.flush()


async def coverage(session: AsyncSession, customer_id: CustomerId, about: str, today: date) -> CoverageAnswer:
    """Whether the customer's contracts cover what `about` names.

    The longest name found in the words decides; of equal ones the exclusion, so that nothing excluded is
    promised.
    """
    rows = (await session.execute(_items(), {"customer": customer_id, "today": today})).all()
    if not rows:
        return NO_CONTRACT
    fits = [(_fit(row.name, row.words, about), row.coverage == "excluded") for row in rows]
    best = max(range(len(rows)), key=lambda place: (*fits[place], -place))
    item = rows[best]
    if not fits[best][0]:
        return CoverageAnswer("unknown", None, "", item.contract_number, item.contract_name)
    return CoverageAnswer(item.coverage, item.name, item.note, item.contract_number, item.contract_name)


@cache  # building a statement costs as much as running it
def _items() -> Select[*tuple[Any, ...]]:
    """What the contracts of `:customer` that run on `:today` include and exclude."""
    contract, item = Contract, ContractItem
    names = contract.number.label("contract_number"), contract.name.label("contract_name")
    return (
        select(item.coverage, item.name, item.words, item.note, *names)
        .join(contract, contract.id == item.contract_id)
        .where(
            contract.customer_id == bindparam("customer"),
            contract.state == "active",
            contract.starts_on <= bindparam("today"),
            or_(contract.ends_on.is_(None), contract.ends_on >= bindparam("today")),
        )
        .order_by(contract.id, item.id)
    )


def _fit(name: str, words: str, about: str) -> int:
    """How many characters of `about` an item's names account for: 0 when it is about something else."""
    wanted = about.strip().lower()
    names = [name.lower(), *words.lower().split()]
    inside = [len(name) for name in names if name in wanted]
    around = [len(wanted) for name in names if len(wanted) >= 2 and wanted in name]
    return max(inside + around, default=0)
