"""cards.csv."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.db import WriteSession
from bot.store.bulk import insert_rows, reserve_ids
from bot.store.cards.models import Card
from bot.store.customers.models import Customer
from bot.store.dates import end_of_day
from bot.store.exchange.loading import Counts, Known, customer_ids, lookup
from bot.store.exchange.opening import Opening, book
from bot.store.exchange.reading import FileReader, Line
from bot.store.ledger.models import Account, Company
from bot.store.requests.service import fingerprint


@dataclass(slots=True)
class CardsWork:
    """Cards to open."""

    lines: list[Line] = field(default_factory=list)
    ids: dict[str, int | None] = field(default_factory=dict)
    zones: dict[str, str] = field(default_factory=dict)


class CardsLoader:
    """Each line opens a card with its money; a card that is there keeps what it has."""

    def __init__(self) -> None:
        self._counts = Counts()

    async def check(
        self, session: AsyncSession, reader: FileReader, known: Known, chunk: list[Line]
    ) -> CardsWork:
        """See Loader."""
        ids = await customer_ids(session, reader, known, chunk)
        card, customer = Card, Customer
        there = await lookup(session, card.number, {line["number"] for line in chunk}, card.customer_id)
        zones = await lookup(session, customer.external_id, ids.keys(), customer.time_zone)
        work = CardsWork(ids=ids, zones={name: row.time_zone for name, row in zones.items()})
        for line in chunk:
            before = there.get(line["number"])
            if line["type"] not in known.card_types:
                reader.problem(line.number, "type", line["type"], "no such type: put it into card_types.csv")
            elif len(line["number"]) < 4:
                reader.problem(line.number, "number", line["number"], "has fewer than 4 characters")
            elif before is None:
                self._counts.new += 1
                work.lines.append(line)
            elif before.customer_id != ids.get(line["customer"]):
                reader.problem(line.number, "customer", line["customer"], "this card is somebody else's")
            else:
                self._counts.same += 1
        return work

    async def write(self, session: WriteSession, work: CardsWork, now: datetime) -> None:
        """See Loader."""
        ids = await reserve_ids(session, Card, len(work.lines))
        cards = list(zip(ids, work.lines, strict=True))
        await insert_rows(
            session,
            Card,
            ("id", "customer_id", "number", "type_code", "face_value", "valid_until", "state", "opened_at"),
            [
                (
                    id_,
                    work.ids[line["customer"]],
                    line["number"],
                    line["type"],
                    line["face_value"],
                    end_of_day(line["valid_until"], work.zones[line["customer"]])
                    if line["valid_until"]
                    else None,
                    "active",
                    line["opened_at"] or now,
                )
                for id_, line in cards
            ],
        )
        await self._money(session, work, cards, now)

    def counts(self) -> Counts:
        """See Loader."""
        return self._counts

    async def _money(
        self, session: WriteSession, work: CardsWork, cards: list[tuple[int, Line]], now: datetime
    ) -> None:
        parts = [(id_, line, kind) for id_, line in cards for kind in ("principal", "bonus") if line[kind]]
        ids = await reserve_ids(session, Account, len(parts))
        accounts = list(zip(ids, parts, strict=True))
        await insert_rows(
            session,
            Account,
            ("id", "kind", "unit", "customer_id", "card_id", "balance"),
            [
                (account, kind, "fen", work.ids[line["customer"]], card, line[kind])
                for account, (card, line, kind) in accounts
            ],
        )
        by_card: dict[int, list[tuple[int, int, datetime | None, Company]]] = {}
        for account, (card, line, kind) in accounts:
            company = Company.MONEY_RECEIVED if kind == "principal" else Company.BONUS_GRANTED
            by_card.setdefault(card, []).append((account, line[kind], None, company))
        openings = [
            Opening(
                f"import:card:{line['number']}",
                "import",
                line["opened_at"] or now,
                "余额转入",
                fingerprint("import", line["number"], line["principal"], line["bonus"]),
                tuple(by_card[card]),
            )
            for card, line in cards
            if card in by_card
        ]
        await book(session, openings)
