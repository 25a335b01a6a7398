"""The conditions under which somebody probably has a question, as clauses for one customer or for all.

The triggers of care (bot/care/triggers) ask the same of all customers at once, by the same days and
intervals: who is told of something, and who is offered a button for it, never differ.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_

from bot.store.cards.models import Card
from bot.store.complaints.models import Complaint
from bot.store.complaints.steps import FIRST_REPLY
from bot.store.ledger.models import REMAINS, Lot
from bot.store.orders.models import Order

WAITS_LONG: Final = timedelta(hours=20)
SOON_DAYS: Final = 30
"""Through the last of so many days of the customer's own calendar, today not counted."""


def complaint_waits(now: datetime, since: timedelta = WAITS_LONG) -> ColumnElement[bool]:
    """A complaint came in `since` ago or earlier and has no first reply yet."""
    return and_(
        Complaint.first_reply_at.is_(None),
        Complaint.first_reply_due <= now - since + FIRST_REPLY,
    )


def complaint_open() -> ColumnElement[bool]:
    """A complaint is neither answered nor closed. Written as its index is."""
    return Complaint.state.not_in(("responded", "closed"))


def points_end(now: datetime, until: datetime) -> ColumnElement[bool]:
    """A lot has something left that is lost by `until`. Of an account of kind points: join it."""
    return and_(REMAINS, Lot.expires_at > now, Lot.expires_at <= until)


def card_ends(now: datetime, until: datetime) -> ColumnElement[bool]:
    """A card that can be used now cannot any more after `until`. Whether money is on it: join it."""
    return and_(Card.state == "active", Card.valid_until > now, Card.valid_until <= until)


def on_its_way() -> ColumnElement[bool]:
    """An order was handed to the carrier and has not arrived."""
    return Order.state == "shipped"
