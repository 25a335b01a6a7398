"""Ask how content a customer was, and take the answer."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from bot.desk.ids import TicketId
from bot.desk.satisfaction.models import Rating
from bot.desk.tickets.standing import CUSTOMER, NewEntry
from bot.desk.tickets.thread import add
from bot.desk.work import Matter, Work
from bot.kit.errors import BadInput
from bot.messages import Content, QuickReply
from bot.store.complaints.models import Complaint
from bot.store.complaints.steps import OPEN

METHOD: Final = "csat_1_5"
"""CSAT: the share of 4 and 5 among scores from 1 to 5."""

SCORE_NAMES: Final = {5: "非常满意", 4: "满意", 3: "一般", 2: "不满意", 1: "很不满意"}
RATE: Final = "desk_rate"
TAG: Final = "desk_rate_tag"


async def ask_once(work: Work, matter: Matter) -> bool:
    """Ask, if the rules want it, nobody asked before, and no complaint of the customer is still open."""
    ticket = matter.ticket
    if not work.rules.ask_rating or ticket.assigned_at is None:
        return False
    if await work.session.get(Rating, ticket.id) is not None:
        return False
    if ticket.customer_id is not None:
        unsettled = select(Complaint.id).where(
            Complaint.customer_id == ticket.customer_id, Complaint.state.in_(OPEN)
        )
        if await work.session.scalar(unsettled.limit(1)) is not None:
            return False
    work.session.add(
        Rating(
            ticket_id=ticket.id,
            customer_id=ticket.customer_id,
            agent_id=ticket.last_agent_id,
            method=METHOD,
            asked_at=work.now,
            tags=[],
        )
    )
    work.say(matter.row, question(ticket.id))
    return True


async def rate(work: Work, matter: Matter, score: int) -> None:
    """Take a score; a second one corrects the first. BadInput when nobody asked."""
    if score not in SCORE_NAMES:
        raise BadInput("评分是 1 到 5。")
    rating = await asked(work, matter.ticket.id)
    first = rating.score is None
    rating.score, rating.answered_at = score, work.now
    await add(work, matter, NewEntry("rated", CUSTOMER, data={"score": score, "tags": rating.tags}))
    work.say(matter.row, thanks(work.rules.rating_tags, score, matter.ticket.id, first=first))


async def tag(work: Work, matter: Matter, name: str) -> None:
    """Add a tag to a rating that has a score."""
    rating = await asked(work, matter.ticket.id)
    if name not in work.rules.rating_tags or rating.score is None:
        raise BadInput("没有这个标签。")
    if name not in rating.tags:
        rating.tags = [*rating.tags, name]
        data = {"score": rating.score, "tags": rating.tags}
        await add(work, matter, NewEntry("rated", CUSTOMER, data=data))
    work.say(matter.row, Content("记下了，谢谢您告诉我们。"))


async def asked(work: Work, ticket: TicketId) -> Rating:
    """The rating of a ticket about which somebody asked."""
    rating = await work.session.get(Rating, ticket, with_for_update=True, populate_existing=True)
    if rating is None:
        raise BadInput("这次服务没有评价。")
    return rating


def question(ticket: TicketId) -> Content:
    """The card `rating` of docs/protocols/webchat.md."""
    return Content(
        "这次服务您满意吗？选一下就好，不想评也没关系。",
        card="rating",
        data={"ticket": ticket, "scores": [1, 2, 3, 4, 5]},
        quick_replies=tuple(
            QuickReply(name, intent=RATE, entities={"ticket": ticket, "score": score})
            for score, name in SCORE_NAMES.items()
        ),
        number=True,
    )


def thanks(tags: list[str], score: int, ticket: TicketId, *, first: bool) -> Content:
    """After a score: thanks, and the tags to choose from."""
    text = "谢谢您的评价。" if score >= 4 else "抱歉没能让您满意，您的评价我们会认真看。"
    if not first:
        text = "好的，已经帮您改了评价。"
    buttons = tuple(QuickReply(name, intent=TAG, entities={"ticket": ticket, "tag": name}) for name in tags)
    return Content(text + ("是因为什么呢？" if buttons else ""), quick_replies=buttons)
