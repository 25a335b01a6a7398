"""The demo company's complaints: some in every state, some past 20 hours without a reply."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from bot.kit.db import WriteSession
from bot.store.complaints.service import By, NewComplaint, assign, open_complaint, reply, resolve, take_step
from bot.store.complaints.steps import Step
from bot.store.customers.models import Customer
from bot.store.demo.cast import CAST

TOPICS = (
    ("物流", "快递一直没有送到", "下单一周了还没有收到，物流三天没有更新。"),
    ("质量", "收到的商品有破损", "打开包装发现外壳裂了，要求换货。"),
    ("账单", "这个月多扣了 30 元", "账单里有一项增值服务我没有开通过。"),
    ("服务", "预约的师傅没有上门", "约好上午来维修，等到下午也没有人来。"),
    ("积分", "积分没有到账", "上周买的东西，说好送的积分一直没有。"),
    ("退款", "退款迟迟不到", "退货已经签收五天了，钱还没有退回来。"),
)

AGENTS = ("陈晨", "吴桐", "何静")


@dataclass(frozen=True, slots=True)
class Story:
    """How long ago a complaint came in, and the steps since, in hours after it."""

    hours_ago: float
    steps: tuple[tuple[float, Step], ...]


_STARTED: tuple[tuple[float, Step], ...] = (
    (0.1, "acknowledge"),
    (2, "assess"),
    (3, "assign"),
    (4, "investigate"),
)
_ANSWERED: tuple[tuple[float, Step], ...] = (*_STARTED, (6, "reply"))

STORIES: dict[str, Story] = {
    "received": Story(0.2, ()),
    "acknowledged": Story(3, ((0.1, "acknowledge"),)),
    "acknowledged_21h": Story(21, ((0.1, "acknowledge"),)),
    "assessed_22h": Story(22, ((0.1, "acknowledge"), (5, "assess"))),
    "breached": Story(27, ((0.1, "acknowledge"), (5, "assess"))),
    "investigating": Story(30, _ANSWERED),
    "waiting_customer": Story(50, (*_ANSWERED, (20, "wait_for_customer"))),
    "responded": Story(70, (*_ANSWERED, (48, "resolve"))),
    "closed": Story(24 * 20, (*_ANSWERED, (48, "resolve"), (72, "close"))),
    "reopened": Story(24 * 8, (*_ANSWERED, (48, "resolve"), (72, "close"), (100, "reopen"))),
    "escalated": Story(60, (*_ANSWERED, (30, "escalate"))),
    "overdue_16d": Story(24 * 16, _ANSWERED),
}

WORDS: dict[Step, str] = {
    "reply": "您好，我已经看到您的问题，正在联系相关部门核实，今天内再给您回复。",
    "resolve": "已核实，是我们的疏漏，已为您补发并赠送 200 积分，请您查收。",
    "wait_for_customer": "请您补充一张商品照片，我们好尽快判断。",
}


async def add_complaints(
    session: WriteSession, random: Random, customers: list[Customer], now: datetime
) -> None:
    """The cast's complaints, then three of every story among the others."""
    plan = [(customers[place], name) for place, role in enumerate(CAST) for name in role.complaints]
    others = random.sample(customers[len(CAST) :], 3 * len(STORIES))
    plan += list(zip(others, [*STORIES, *STORIES, *STORIES], strict=True))
    plan.sort(key=lambda item: STORIES[item[1]].hours_ago, reverse=True)  # numbers follow the time
    for number, (customer, name) in enumerate(plan):
        await _tell(session, customer, STORIES[name], random.choice(TOPICS), number, now)


async def _tell(
    session: WriteSession,
    customer: Customer,
    story: Story,
    topic: tuple[str, str, str],
    number: int,
    now: datetime,
) -> None:
    received = now - timedelta(hours=story.hours_ago)
    category, subject, body = topic
    new = NewComplaint(customer.id, subject, body, "web", category)
    complaint = await open_complaint(session, new, By("customer", customer.name, received, f"demo:c{number}"))
    agent = AGENTS[number % len(AGENTS)]
    for place, (hours, step) in enumerate(story.steps):
        at = received + timedelta(hours=hours)
        by = By("system" if step == "acknowledge" else "agent", agent, at, f"demo:c{number}:{place}")
        if step == "assign":
            await assign(session, complaint.id, agent, by)
        elif step == "reply":
            await reply(session, complaint.id, WORDS[step], by)
        elif step == "resolve":
            await resolve(session, complaint.id, WORDS[step], by)
        else:
            await take_step(session, complaint.id, step, by, WORDS.get(step))
