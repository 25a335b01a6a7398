"""What agents offer to do: by the store's checks, confirmed by the customer where points or money move."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from bot.conversations.models import Conversation
from bot.desk.operations.models import Operation
from bot.kit.clock import system_now
from bot.kit.ids import CardId, CustomerId
from bot.store.cards.models import CardType
from bot.store.cards.service import NewCard, open_card, top_up
from bot.store.customers.service import NewCustomer, add_customer
from bot.store.identities.service import verify_by_merchant
from bot.store.points.models import CatalogueItem
from bot.store.points.reads import points_summary
from bot.store.points.service import earn
from bot.store.requests.service import Note
from tests.desk.conftest import Agent, Customer, House


async def well_off(house: House, customer: Customer) -> tuple[CustomerId, list[CardId]]:
    """This visitor proves to be a customer with 1,000 points and two cards."""
    now = system_now()
    async with house.parts.database.write() as session:
        id_ = await add_customer(session, NewCustomer("王小明", "13800138000", None, "HM10000017"), now)
        identity = await session.scalar(
            select(Conversation.identity_id).where(Conversation.id == customer.conversation)
        )
        await verify_by_merchant(session, identity, "HM10000017", now)  # pyright: ignore[reportArgumentType]
        await earn(session, id_, 1_000, Note("earn", now, "test"), None)
        session.add(CatalogueItem(code="cup", name="保温杯", points=300, stock=5, tier_rank=0, offered=True))
        session.add(CardType(code="stored", name="储值卡", transferable=True, hall_months=3))
        cards = [
            await open_card(session, id_, NewCard(f"620500008{end}", "stored", None), now)
            for end in (8821, 6612)
        ]
        await top_up(session, cards[0], 10_000, Note("top up", now, "test"))
    return id_, cards


async def served(house: House) -> tuple[Agent, Customer, CustomerId, list[CardId]]:
    agent = await (await house.agent("xiaoli", name="小李")).start()
    customer = await house.customer()
    who, cards = await well_off(house, customer)
    await customer.say("你好")
    await customer.until("echo")
    await agent.ok(f"/conversations/{customer.conversation}/takeover")
    await customer.until("为您服务")
    return agent, customer, who, cards


async def offer(agent: Agent, customer: Customer, kind: str, **params: Any) -> dict[str, Any]:
    path = f"/conversations/{customer.conversation}/operations"
    wish = {"kind": kind, "params": params, "client_id": f"client-{kind.replace('_', '-')}-{len(params)}"}
    made = await agent.ok(path, **wish)
    assert (await agent.ok(path, **wish))["operation"]["id"] == made["operation"]["id"]
    return made["operation"]


async def state(agent: Agent, customer: Customer) -> list[tuple[str, str | None]]:
    listed = await agent.get(f"/conversations/{customer.conversation}/operations")
    return [(each["state"], each["result"]) for each in listed["operations"]]


async def points(house: House, customer: CustomerId) -> int:
    async with house.parts.database.read() as session:
        return (await points_summary(session, customer, system_now())).total


async def test_nothing_is_offered_to_somebody_unproved_or_beyond_their_means(house: House) -> None:
    """Refused: without proof of identity, without points enough, by who does not have it."""
    agent = await (await house.agent("xiaoli")).start()
    other = await (await house.agent("xiaowang")).start()
    customer = await house.customer()
    await customer.say("你好")
    await customer.until("echo")
    await agent.ok(f"/conversations/{customer.conversation}/takeover")
    path = f"/conversations/{customer.conversation}/operations"
    may = (await agent.get(path))["may"]
    assert all(kind["why_not"] for kind in may)
    wish = {"kind": "redeem", "params": {"item": "cup", "count": 9}, "client_id": "client-0001"}
    status, body = await agent.post(path, **wish)
    assert (status, body["error"]["code"]) == (409, "not_verified")
    who, _ = await well_off(house, customer)
    status, body = await agent.post(path, **wish)
    assert (status, body["error"]["code"]) == (409, "not_possible")
    status, body = await other.post(path, **wish)
    assert (status, body["error"]["code"]) == (409, "not_yours")
    assert await points(house, who) == 1_000


async def test_points_move_only_when_the_customer_confirms(house: House) -> None:
    """A refusal, an offer that ran out, a withdrawal change nothing; a confirmation redeems once."""
    agent, customer, who, _ = await served(house)
    await offer(agent, customer, "redeem", item="cup")
    asked = await customer.until("请您确认")
    assert "用 300 积分换保温杯，换完还剩 700 积分" in asked["text"]
    await customer.press("不办了")
    await customer.until("什么都没有动")
    await agent.frame("notice", kind="operation")
    late = await offer(agent, customer, "redeem", item="cup", count=2)
    await customer.until("请您确认")
    async with house.parts.database.write() as session:
        gone = system_now() - timedelta(minutes=1)
        await session.execute(update(Operation).where(Operation.id == late["id"]).values(until=gone))
    await customer.press("确认办理")
    await customer.until("已经过期")
    assert await state(agent, customer) == [("expired", "客户确认时已经过期"), ("refused", "客户没有同意")]
    assert await points(house, who) == 1_000
    path = f"/conversations/{customer.conversation}/operations"
    wish = {"kind": "redeem", "params": {"item": "cup", "count": 1}, "client_id": "client-0003"}
    await agent.ok(path, **wish)
    seq = (await customer.until("请您确认"))["seq"]
    assert customer.ws
    for _ in range(2):  # a double tap
        choice = {"seq": seq, "index": 0}
        await customer.ws.send_json({"type": "message", "client_id": f"tap-{_}-12345678", "choice": choice})
    await customer.until("换好了，用了 300 积分，还剩 700 积分")
    await customer.until("不会办第二次")
    assert await points(house, who) == 700
    assert (await state(agent, customer))[0][0] == "done"


async def test_money_moves_when_confirmed_and_not_when_the_ticket_ended(house: House) -> None:
    """A transfer shows its parts before; what was offered in a ticket that is closed cannot be confirmed."""
    agent, customer, _, cards = await served(house)
    wish = {"from": str(cards[0]), "to": str(cards[1]), "amount": 2_500}
    await offer(agent, customer, "transfer", **wish)
    assert "从尾号 8821 转 25 元到尾号 6612" in (await customer.until("请您确认"))["text"]
    await customer.press("确认办理")
    await customer.until("转好了，25 元已经到账")
    path = f"/conversations/{customer.conversation}"
    again = {"kind": "transfer", "params": {**wish, "amount": 100}, "client_id": "client-0004"}
    await agent.ok(f"{path}/operations", **again)
    seq = (await customer.until("请您确认"))["seq"]
    ticket = (await agent.get(f"{path}/tickets"))["tickets"][0]["id"]
    await agent.ok(f"/tickets/{ticket}/close", reason="forwarded")
    await customer.until("服务已结束")
    assert customer.ws
    choice = {"type": "message", "client_id": "late-12345678", "choice": {"seq": seq, "index": 0}}
    await customer.ws.send_json(choice)
    await customer.until("已经过期")
    assert [each[0] for each in await state(agent, customer)] == ["expired", "done"]
    panel = await agent.get(f"{path}/customer")
    assert [card["principal"] for card in panel["balance"]["cards"]] == [7_500, 2_500]


async def test_complaints_are_opened_and_moved_at_once(house: House) -> None:
    """The agent files and answers; the customer reads number and answer, the board stops the clock."""
    agent, customer, _, _ = await served(house)
    await offer(agent, customer, "complaint_open", what="师傅迟到三小时", wish="退上门费", category="时效")
    told = await customer.until("已为您登记投诉")
    (complaint,) = (await agent.get("/complaints?view=due"))["complaints"]
    assert (complaint["number"] in told["text"], complaint["first_reply_at"]) == (True, None)
    step = {"complaint": complaint["number"], "step": "reply", "text": "上门费今天退回"}
    await offer(agent, customer, "complaint_step", **step)
    await customer.until("上门费今天退回")
    (complaint,) = (await agent.get("/complaints?view=due"))["complaints"]
    assert complaint["first_reply_at"] is not None
    status, body = await agent.post(
        f"/conversations/{customer.conversation}/operations",
        kind="complaint_step",
        params={**step, "step": "close"},
        client_id="client-0009",
    )
    assert (status, body["error"]["code"]) == (409, "not_possible")
