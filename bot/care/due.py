"""The statement that finds who is due: the trigger's own condition within the scope that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import ColumnElement, FromClause, Select, and_, bindparam, exists, or_, select, true
from sqlalchemy.orm import aliased

from bot.care.calendar import Calendar
from bot.care.sources import touched_since
from bot.care.sql import Expression, joined, object_of, table
from bot.store.complaints.models import Complaint
from bot.store.consents.models import Consent
from bot.store.customers.models import Customer
from bot.store.identities.models import ChannelIdentity

if TYPE_CHECKING:
    from bot.care.trigger import Trigger

Scope = Literal["all", "touched", "some"]
"""All customers who can be reached; those of new rows; or the customers in the parameter `customers`."""


class Due(Calendar):
    """What a trigger's `due` builds its statement with."""

    def __init__(self, trigger: Trigger, zones: tuple[str, ...], scope: Scope) -> None:
        super().__init__(zones)
        self._trigger = trigger
        self._scope: Scope = scope

    def rows(
        self,
        source: FromClause,
        customer: Expression,
        key: tuple[str | Expression, ...],
        **facts: Any,
    ) -> Select[Any]:
        """`SELECT customer_id, key, facts FROM source` with the customer's own row, within the scope."""
        own = table(Customer)
        statement: Any = (
            select(
                customer.label("customer_id"),
                joined(*key).label("key"),
                object_of(facts).label("facts"),
            )
            .select_from(source if source is own else source.join(own, Customer.id == customer))
            .where(Customer.erased_at.is_(None), self.only(customer))
        )
        if self._scope == "some":
            return statement
        if self._trigger.audience == "marketing":
            statement = statement.where(self.agreed(customer))
        return statement.where(exists().where(ChannelIdentity.customer_id == customer))

    def only(self, customer: Expression) -> ColumnElement[bool]:
        """The scope as a condition; inside aggregates it spares the work for the others."""
        if self._scope == "all":
            return true()
        if self._scope == "some":
            return customer.in_(bindparam("customers", expanding=True))
        return customer.in_(touched_since(self._trigger.watches))

    def narrowed(self, customer: Expression) -> ColumnElement[bool]:
        """`only`, and for marketing who agreed: for aggregates that would otherwise count everybody."""
        if self._scope == "all" and self._trigger.audience == "marketing":
            return and_(self.only(customer), self.agreed(customer))
        return self.only(customer)

    def agreed(self, customer: Expression) -> ColumnElement[bool]:
        """Has ever agreed to marketing; whether that still holds is decided for each one."""
        return exists().where(
            Consent.customer_id == customer, Consent.purpose == "marketing", Consent.decision == "given"
        )

    def no_open_complaint(self, customer: Expression) -> ColumnElement[bool]:
        """Nothing that this customer complained about is still open."""
        other = aliased(Complaint)  # the trigger's own statement may be about complaints itself
        open_ = (other.customer_id == customer, other.state.not_in(("responded", "closed")))
        return ~exists().where(*open_)

    def in_season(self, starts: Expression, ends: Expression) -> ColumnElement[bool]:
        """Is the customer's today between two month-and-days? A season may go across the new year."""
        number = self.month_day()
        within = and_(starts <= ends, starts <= number, ends >= number)
        return or_(within, and_(starts > ends, or_(starts <= number, ends >= number)))
