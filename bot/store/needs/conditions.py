"""The conditions under which somebody probably has a question, as clauses for one customer or for all.

The triggers of care ask the same (facts of a customer's own, no guesses): who is told of something, and who
is offered a button for it, never differ.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_

from bot.store.cards.models import Card
from bot.store.complaints.models import Complaint
from bot.store.complaints.steps import FIRST_REPLY
from bot.store.ledger.models import Lot
from bot.store.orders.models import Order

WAITS_LONG: Final = timedelta(hours=20)
POINTS_SOON: Final = timedelta(days=30)
CARD_SOON: Final = timedelta(days=30)


def complaint_waits(now: datetime, since: timedelta = WAITS_LONG) -> ColumnElement[bool]:
    """A complaint came in `since` ago or earlier and has no first reply yet."""
    return and_(
        Complaint.first_reply_at.is_(None),
        Complaint.first_reply_due <= now - since + FIRST_REPLY,
    )


def complaint_open() -> ColumnElement[bool]:
    """A complaint is neither answered nor closed. Written as its index is."""
    return Complaint.state.not_in(("responded", "closed"))


def points_end(now: datetime, within: timedelta = POINTS_SOON) -> ColumnElement[bool]:
    """A lot has something left that is lost `within` from now. Of an account of kind points: join it."""
    return and_(Lot.remaining > 0, Lot.expires_at > now, Lot.expires_at <= now + within)


def card_ends(now: datetime, within: timedelta = CARD_SOON) -> ColumnElement[bool]:
    """A card that can be used now cannot any more `within` from now. Whether money is on it: join it."""
    return and_(Card.state == "active", Card.valid_until > now, Card.valid_until <= now + within)


def on_its_way() -> ColumnElement[bool]:
    """An order was handed to the carrier and has not arrived."""
    return Order.state == "shipped"
