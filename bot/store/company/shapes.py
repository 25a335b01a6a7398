"""The shapes of the company service's answers, checked before anybody is told anything."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from bot.store.complaints.models import State

Amount = Annotated[int, Field(strict=True, ge=0)]
Words = Annotated[str, Field(max_length=500)]


class Shape(BaseModel):
    """Fields we do not know are ignored, so that the service may grow."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Expiring(Shape):
    points: Amount
    on: date


class Next(Shape):
    name: Words
    missing: Amount


class Points(Shape):
    """`GET /customers/{external_id}/points`."""

    total: Amount
    tier: Words | None = None
    expiring: tuple[Expiring, ...] = ()
    earned_in_period: Amount = 0
    next_tier: Next | None = None


class Card(Shape):
    number: Annotated[str, Field(min_length=4, max_length=32)]
    type: Words
    principal: Amount
    bonus: Amount = 0
    held: Amount = 0
    valid_until: date | None = None
    blocked: bool = False
    transferable: bool = False
    hall_until: date | None = None


class Cards(Shape):
    """`GET /customers/{external_id}/balance`."""

    cards: tuple[Card, ...] = ()
    held: Amount = 0


class Entry(Shape):
    at: AwareDatetime
    text: Words


class OneComplaint(Shape):
    number: Annotated[str, Field(min_length=1, max_length=40)]
    subject: Words
    state: State
    received_at: AwareDatetime
    first_reply_at: AwareDatetime | None = None
    owner: Words | None = None
    timeline: tuple[Entry, ...] = ()
    next_step: Words | None = None


class Complaints(Shape):
    """`GET /customers/{external_id}/complaints`: newest first."""

    complaints: tuple[OneComplaint, ...] = ()
