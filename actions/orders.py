"""Orders: where they are, and the same again."""

from __future__ import annotations

import re

from actions.base import Call, Events, PersonalAction, named
from actions.say import day, yuan
from bot.kit.clock import local_date
from bot.kit.db import WriteSession
from bot.kit.ids import CustomerId
from bot.store.orders.reads import OrderView, recent_orders

STATES = {
    "placed": "已下单，等待付款",
    "paid": "已付款，等待发货",
    "shipped": "已发货，在路上",
    "completed": "已完成",
    "cancelled": "已取消",
    "refunded": "已退款",
}
GOING_BACK = re.compile(r"退|换货|取消|不想要|不要了|错了|坏|破|少")
HURRY = re.compile(r"催|快点|快一点|快些|加急|抓紧")
GOODS = re.compile(r"单|货|快递|包裹|送|寄|件")
COMPLAINING = frozenset(
    {"complaint_status", "file_complaint", "urge_complaint", "add_to_complaint", "reopen_complaint", "appeal"}
)
"""Topics after which 帮我催一下 is about the complaint."""
SEARCHED = 50
SHOWN = 3


class OrderStatus(PersonalAction):
    """The order with this number, else the newest few."""

    topic = "order"
    intent = "ask_order"
    title = "查订单"

    async def answer(self, call: Call) -> Events:
        """帮我催一下 hurries what was spoken of last."""
        about = call.slots.get("topic") in COMPLAINING and call.entity("order_number") is None
        if about and HURRY.search(call.text) and not GOODS.search(call.text):
            return await named("action_urge_complaint").answer(call)
        return await super().answer(call)

    async def tell(self, call: Call, session: WriteSession, customer: CustomerId) -> Events:
        orders = await recent_orders(session, customer, SEARCHED)
        number = call.entity("order_number")
        found = (
            [order for order in orders if order.number == str(number).upper()] if number else orders[:SHOWN]
        )
        if not found:
            call.say(_none(number), buttons={"转人工": "/request_human"})
            return []
        if not number and GOING_BACK.search(call.text):
            found = found[:1]
        lines = "\n".join(_line(order, call) for order in found)
        call.say(lines + _way_on(call), buttons=_buttons(call, found))
        return []


def _none(number: object | None) -> str:
    if number:
        return f"您名下没有编号为 {number} 的订单，请核对一下；直接说“查订单”，我给您看最近的几单。"
    return "您名下还没有订单。"


def _line(order: OrderView, call: Call) -> str:
    today = local_date(call.now, call.time_zone)
    placed = day(local_date(order.placed_at, call.time_zone), today)
    items = "、".join(f"{item.name}×{item.quantity}" for item in order.items)
    return f"· {placed} {items}，{yuan(order.total)}，{STATES[order.state]}（{order.number}）"


def _way_on(call: Call) -> str:
    if GOING_BACK.search(call.text):
        return "\n退换和取消要同事核对订单后办理，我可以马上替您转过去，或者先登记下来。"
    return ""


def _buttons(call: Call, orders: list[OrderView]) -> dict[str, str]:
    if GOING_BACK.search(call.text):
        return {"转人工": "/request_human", "登记下来": "/file_complaint"}
    if orders[0].state == "completed":
        return {"再来一单": "/reorder", "这单有问题": "/file_complaint"}
    return {"这单有问题": "/file_complaint", "转人工": "/request_human"}
