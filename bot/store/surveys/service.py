"""Ask how it was, keep the answer, and report scores with the method beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.kit.db import WriteSession, insert_into
from bot.kit.errors import BadInput, Conflict, NotFound
from bot.kit.ids import CustomerId
from bot.store.surveys.models import Method, Survey, ValueTag

RANGES: dict[Method, tuple[int, int]] = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}


@dataclass(frozen=True, slots=True)
class Score:
    """NPS: percent 9-10 minus percent 0-6. CSAT: percent of 4 and 5. CES: mean of 1-7. None: no answers."""

    method: Method
    value: float | None
    answers: int
    asked: int


async def ask_survey(
    session: WriteSession, customer_id: CustomerId, method: Method, about: str, now: datetime
) -> int:
    """Note that a customer was asked; asking about the same thing again is the same survey."""
    if not about:
        raise BadInput("A survey is about one thing: an order, a complaint, a visit.")
    statement = insert_into(session, Survey).values(
        customer_id=customer_id, method=method, about=about, asked_at=now, words=""
    )
    await session.execute(statement.on_conflict_do_nothing())
    found = select(Survey.id).where(
        Survey.customer_id == customer_id, Survey.method == method, Survey.about == about
    )
    return (await session.execute(found)).scalar_one()


async def answer_survey(
    session: WriteSession,
    customer_id: CustomerId,
    survey_id: int,
    score: int,
    now: datetime,
    *,
    words: str = "",
    tag: ValueTag | None = None,
) -> None:
    """Keep the customer's answer. The same score again changes nothing, another one is refused."""
    row = await session.get(Survey, survey_id, with_for_update=True, populate_existing=True)
    if row is None or row.customer_id != customer_id:
        raise NotFound("There is no such survey.")
    low, high = RANGES[row.method]  # pyright: ignore[reportArgumentType] - a CHECK holds it
    if not low <= score <= high:
        raise BadInput(f"The answer is a number from {low} to {high}.")
    if row.answered_at is not None:
        if row.score != score:
            raise Conflict("This survey was already answered.")
        return
    row.score, row.answered_at, row.words, row.tag = score, now, words[:1000], tag
    await session.flush()


async def survey_score(session: AsyncSession, method: Method, since: datetime, until: datetime) -> Score:
    """The score of all answers given in `since` … `until`."""
    high, low = {"nps": (9, 6), "csat": (4, -1), "ces": (1, -1)}[method]
    happy = func.sum(case((Survey.score >= high, 1), else_=0))
    unhappy = func.sum(case((Survey.score <= low, 1), else_=0))
    answered = select(func.count(), happy, unhappy, func.sum(Survey.score)).where(
        Survey.method == method, Survey.answered_at >= since, Survey.answered_at < until
    )
    count, up, down, total = (await session.execute(answered)).one()
    asked = select(func.count()).where(
        Survey.method == method, Survey.asked_at >= since, Survey.asked_at < until
    )
    value = None
    if count:
        value = (total or 0) / count if method == "ces" else 100.0 * (up - down) / count
    return Score(method, value, count, (await session.execute(asked)).scalar_one())
