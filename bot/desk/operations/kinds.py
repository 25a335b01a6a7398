"""What every kind of operation can do: say what it needs, check a wish, carry it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from bot.conversations.models import Conversation
from bot.desk.operations.models import OperationKind
from bot.desk.tickets.holding import Person
from bot.kit.db import WriteSession
from bot.kit.errors import BadInput, Conflict
from bot.kit.ids import CustomerId


class CannotBe(Conflict):
    """现在办不了。"""

    code = "not_possible"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the form; `money` is integer fen. `options` are (value, label)."""

    name: str
    type: Literal["points", "money", "card", "text", "choice"]
    label: str
    options: Sequence[tuple[str, str]] = ()
    required: bool = True

    def to_json(self) -> dict[str, Any]:
        options = [{"value": value, "label": label} for value, label in self.options]
        return {
            "name": self.name,
            "type": self.type,
            "label": self.label,
            "options": options or None,
            "required": self.required,
        }


@dataclass(frozen=True, slots=True)
class Prepared:
    """A wish that holds: `title` for the agent, `question` for the customer, `params` as they are kept."""

    title: str
    question: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Deed:
    """Who carries an operation out for whom, in which transaction. `key` makes doing it again harmless."""

    session: WriteSession
    now: datetime
    customer: CustomerId
    person: Person
    key: str
    row: Conversation


class Kind(Protocol):
    """One kind of operation; the store's functions do the checking, as they do for the bot."""

    @property
    def code(self) -> OperationKind: ...

    @property
    def title(self) -> str: ...

    @property
    def needs_customer(self) -> bool:
        """Money or points move: the customer confirms it themselves."""
        ...

    async def fields(self, deed: Deed) -> list[Field]:
        """What the form asks. Raises CannotBe with the reason."""
        ...

    async def prepare(self, deed: Deed, params: Mapping[str, Any]) -> Prepared:
        """Check a wish; nothing stays of it. Raises BadInput or CannotBe."""
        ...

    async def carry_out(self, deed: Deed, params: Mapping[str, Any]) -> str:
        """Do it; what the customer is told of it. Raises CannotBe: nothing was done."""
        ...


def text_of(params: Mapping[str, Any], name: str, *, required: bool = True, most: int = 4000) -> str:
    """A text of the form."""
    value = params.get(name) or ""
    if not isinstance(value, str) or len(value) > most:
        raise BadInput(f"{name} 应该是一段文字，最多 {most} 个字。")
    if required and not value.strip():
        raise BadInput(f"请填写 {name}。")
    return value.strip()


def number_of(params: Mapping[str, Any], name: str, default: int | None = None) -> int:
    """A whole number from 1 on."""
    value = params.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise BadInput(f"{name} 应该是大于 0 的整数。")
    return value


def yuan(fen: int) -> str:
    """Money as customers read it."""
    return f"{fen / 100:,.2f}".removesuffix(".00") + " 元"
