"""Bills, line by line."""

from __future__ import annotations

from actions.base import Call, Events, PersonalAction
from actions.quotes import DecideQuote
from actions.say import day, yuan
from bot.kit.clock import local_date
from bot.kit.db import WriteSession
from bot.kit.ids import CustomerId
from bot.store.bills.reads import BillItem, BillView, explain_bill

STATES = {"open": "待支付", "paid": "已支付", "disputed": "核查中"}
NEXT = {"这笔不对": "/dispute_charge", "查余额": "/ask_balance", "转人工": "/request_human"}


class ExplainBill(PersonalAction):
    """The newest bill with every line, and what changed against the one before. A quote is not yet a bill."""

    topic = "bill"
    intent = "ask_bill"
    title = "查账单"

    async def answer(self, call: Call) -> Events:
        if "报价" in call.text or call.entity("quote_number"):
            return await DecideQuote().answer(call)
        return await super().answer(call)

    async def tell(self, call: Call, session: WriteSession, customer: CustomerId) -> Events:
        bill = await explain_bill(session, customer, call.entity("bill_number"))
        if bill is None:
            call.say("您名下还没有账单。", buttons={"查余额": "/ask_balance", "查订单": "/ask_order"})
            return []
        lines = [_heading(bill, call), *(bill_line(item) for item in bill.items), _compared(bill)]
        call.say("\n".join(line for line in lines if line), buttons=NEXT)
        return []


def period(bill: BillView) -> str:
    """ "11月1日至11月30日"."""
    first, last = bill.period_from, bill.period_to
    return f"{first.month}月{first.day}日至{last.month}月{last.day}日"


def bill_line(item: BillItem) -> str:
    """One line as the customer reads it, with what explains it."""
    amount = "已包含" if item.amount == 0 else yuan(item.amount)
    quantity = f"（{item.quantity:,} {item.unit}）" if item.unit else ""
    explained = f"：{item.explanation}" if item.explanation else ""
    return f"· {item.name}{quantity} {amount}{explained}"


def _heading(bill: BillView, call: Call) -> str:
    due = ""
    if bill.state == "open" and bill.due_on:
        due = f"，请在{day(bill.due_on, local_date(call.now, call.time_zone))}前支付"
    return f"{period(bill)}的账单一共 {yuan(bill.total)}，{STATES.get(bill.state, '')}{due}："


def _compared(bill: BillView) -> str:
    if bill.previous_total is None or bill.previous_total == bill.total:
        return ""
    more = bill.total - bill.previous_total
    return f"比上一期{'多' if more > 0 else '少'} {yuan(abs(more))}。"
