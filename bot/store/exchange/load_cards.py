"""cards.csv."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.db import WriteSession
from bot.store.bulk import reserve_ids
from bot.store.cards.models import Card
from bot.store.exchange.loading import CUSTOMERS, Counts, Known, end, looked_up, lookup, tell_unknown
from bot.store.exchange.opening import Openings, book
from bot.store.exchange.reading import FileReader, Line
from bot.store.ledger.models import Account, Company
from bot.store.references import insert_proved
from bot.store.requests.service import fingerprint

COMPANIES = {"principal": Company.MONEY_RECEIVED, "bonus": Company.BONUS_GRANTED}
"""What the money on a card is called, and where it came from."""

_OWNERS = select(CUSTOMERS.external_id, CUSTOMERS.id, CUSTOMERS.time_zone)


@dataclass(slots=True)
class CardsWork:
    """Cards to open, and whose they are: external id → row of `_OWNERS`."""

    lines: list[Line] = field(default_factory=list)
    owners: dict[str, Any] = field(default_factory=dict)


class CardsLoader:
    """Each line opens a card with its money; a card that is there keeps what it has."""

    def __init__(self) -> None:
        self._counts = Counts()

    async def check(
        self, session: AsyncSession, reader: FileReader, known: Known, chunk: list[Line]
    ) -> CardsWork:
        """See Loader."""
        externals = {line["customer"] for line in chunk}
        work = CardsWork(owners=await looked_up(session, CUSTOMERS.external_id, externals, _OWNERS))
        tell_unknown(reader, known, chunk, work.owners)
        card = Card
        there = await lookup(session, card.number, {line["number"] for line in chunk}, card.customer_id)
        for line in chunk:
            before = there.get(line["number"])
            if line["type"] not in known.card_types:
                reader.problem(line.number, "type", line["type"], "no such type: put it into card_types.csv")
            elif len(line["number"]) < 4:
                reader.problem(line.number, "number", line["number"], "has fewer than 4 characters")
            elif before is None:
                self._counts.new += 1
                work.lines.append(line)
            elif line["customer"] not in work.owners:
                continue  # was told
            elif before.customer_id != work.owners[line["customer"]].id:
                reader.problem(line.number, "customer", line["customer"], "this card is somebody else's")
            else:
                self._counts.same += 1
        return work

    async def write(self, session: WriteSession, work: CardsWork, now: datetime) -> None:
        """See Loader."""
        lines = work.lines
        owners = [work.owners[line["customer"]] for line in lines]
        ids = await reserve_ids(session, Card, len(lines))
        columns = {
            "id": ids,
            "customer_id": [owner.id for owner in owners],
            "number": [line["number"] for line in lines],
            "type_code": [line["type"] for line in lines],
            "face_value": [line["face_value"] for line in lines],
            "valid_until": [
                end(line["valid_until"], owner.time_zone) for line, owner in zip(lines, owners, strict=True)
            ],
            "state": ["active"] * len(lines),
            "opened_at": [line["opened_at"] or now for line in lines],
        }
        await insert_proved(session, Card, columns)
        await _money(session, list(zip(ids, lines, owners, strict=True)), now)

    def counts(self) -> Counts:
        """See Loader."""
        return self._counts


async def _money(session: WriteSession, cards: list[tuple[int, Line, Any]], now: datetime) -> None:
    """Principal and bonus of each card that has any, booked as one transaction."""
    filled = [card for card in cards if card[1]["principal"] or card[1]["bonus"]]
    openings = Openings(
        "import",
        keys=[f"import:card:{line['number']}" for _, line, _ in filled],
        prints=[
            fingerprint("import", line["number"], line["principal"], line["bonus"]) for _, line, _ in filled
        ],
        at=[line["opened_at"] or now for _, line, _ in filled],
        reasons=["余额转入"] * len(filled),
    )
    parts = [
        (place, kind, card, line[kind], owner.id)
        for place, (card, line, owner) in enumerate(filled)
        for kind in COMPANIES
        if line[kind]
    ]
    ids = await reserve_ids(session, Account, len(parts))
    columns = {
        "id": ids,
        "kind": [kind for _, kind, _, _, _ in parts],
        "unit": ["fen"] * len(parts),
        "customer_id": [owner for _, _, _, _, owner in parts],
        "card_id": [card for _, _, card, _, _ in parts],
        "balance": [amount for _, _, _, amount, _ in parts],
    }
    await insert_proved(session, Account, columns)
    openings.places = [place for place, _, _, _, _ in parts]
    openings.accounts = list(ids)
    openings.amounts = [amount for _, _, _, amount, _ in parts]
    openings.expires = [None] * len(parts)
    openings.companies = [COMPANIES[kind] for _, kind, _, _, _ in parts]
    await book(session, openings)
