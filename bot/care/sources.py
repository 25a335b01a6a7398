"""The store's tables in which new rows can make something due, and whose rows they are.

Each has ids that grow, so what is new since the last planning is a range of the primary key.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, bindparam, select, union

from bot.store.assets.models import Asset, CareVisit, MeterReading
from bot.store.bills.models import Bill
from bot.store.cards.models import Card, CardValidity
from bot.store.complaints.models import Complaint, ComplaintEvent
from bot.store.consents.models import Consent
from bot.store.customers.models import Customer
from bot.store.facts.models import CustomerFact
from bot.store.identities.models import IdentityBinding
from bot.store.ledger.models import Account, Entry, Lot
from bot.store.orders.models import Order
from bot.store.quotes.models import Quote, QuoteVersion
from bot.store.surveys.models import Survey

SOURCES: dict[str, tuple[Any, Select[Any]]] = {
    "customer": (Customer.id, select(Customer.id)),
    "binding": (IdentityBinding.id, select(IdentityBinding.customer_id)),
    "consent": (Consent.id, select(Consent.customer_id)),
    "fact": (CustomerFact.id, select(CustomerFact.customer_id)),
    "lot": (Lot.id, select(Account.customer_id).join(Lot, Lot.account_id == Account.id)),
    "entry": (
        Entry.id,
        select(Account.customer_id)
        .join(Entry, Entry.account_id == Account.id)
        .where(Account.customer_id.is_not(None)),
    ),
    "card": (Card.id, select(Card.customer_id)),
    "card_validity": (
        CardValidity.id,
        select(Card.customer_id).join(CardValidity, CardValidity.card_id == Card.id),
    ),
    "complaint": (Complaint.id, select(Complaint.customer_id)),
    "complaint_event": (
        ComplaintEvent.id,
        select(Complaint.customer_id).join(ComplaintEvent, ComplaintEvent.complaint_id == Complaint.id),
    ),
    "order": (Order.id, select(Order.customer_id)),
    "bill": (Bill.id, select(Bill.customer_id)),
    "quote_version": (
        QuoteVersion.id,
        select(Quote.customer_id).join(QuoteVersion, QuoteVersion.quote_id == Quote.id),
    ),
    "asset": (Asset.id, select(Asset.customer_id)),
    "visit": (CareVisit.id, select(Asset.customer_id).join(CareVisit, CareVisit.asset_id == Asset.id)),
    "meter": (
        MeterReading.id,
        select(Asset.customer_id).join(MeterReading, MeterReading.asset_id == Asset.id),
    ),
    "survey": (Survey.id, select(Survey.customer_id)),
}
"""Name → the growing id, and the customers of the rows."""

ALWAYS = ("binding",)
"""Who was not reachable before may have something waiting: every trigger looks at these too."""


def sources_of(watches: tuple[str, ...]) -> tuple[str, ...]:
    return (*watches, *(name for name in ALWAYS if name not in watches))


def touched_since(watches: tuple[str, ...]) -> Any:
    """The customers with new rows; parameters `since_<name>` are the last ids that were seen."""
    selects = [
        SOURCES[name][1].where(SOURCES[name][0] > bindparam(f"since_{name}")) for name in sources_of(watches)
    ]
    return union(*selects).subquery().select() if len(selects) > 1 else selects[0]
