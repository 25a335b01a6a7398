"""A charge that is not right: which line, why; it becomes a complaint with a number."""

from __future__ import annotations

import re

from actions.bills import bill_line, period
from actions.complain import FOLLOW, receipt
from actions.say import yuan
from actions.tasks.heard import Heard, Option
from actions.tasks.script import Script
from actions.tasks.task import Task
from bot.store.bills.reads import BillView, explain_bill
from bot.store.complaints.service import By, NewComplaint, open_complaint

CATEGORY = "收费"
WHOLE = 0
TOO_MUCH = re.compile(r"多[了收扣出算]{0,2}\s*(\d{1,6}(?:\.\d{1,2})?)(?![\d.次回笔项个天年月日号])")
REASONS = {"没用过这项": "没用过这项", "金额不对": "金额不对", "重复收费": "重复收费"}


class DisputeCharge(Task):
    """The bill is shown as it stands; what the customer doubts is checked by a person within 24 hours."""

    topic = "dispute_charge"
    intent = "dispute_charge"
    title = "核查扣费"
    left = "好的，先不登记核查。想查的时候随时找我。"

    async def script(self, s: Script) -> None:
        if s.heard is not None and (number := s.heard.entity("bill_number")):
            s.given("bill", str(number))
        bill = await explain_bill(s.session, s.customer, s.state.values.get("bill"))
        charged = bill is not None and any(item.amount > 0 for item in bill.items)
        about = _line(s, bill) if bill is not None and charged else ""
        why = s.words("why", _ask_why(about), buttons=REASONS if about else None)
        s.confirm(
            f"我帮您登记核查，请看一下：\n· {about or '费用问题'}\n· 您的说明：{why or '无'}", "确认提交"
        )
        body = "\n".join(part for part in (about, why) if part)
        subject = f"扣费核查：{about}"[:60] if about else f"扣费核查：{why}"[:60]
        complaint = await open_complaint(
            s.session,
            NewComplaint(s.customer, subject, body, s.call.channel, CATEGORY),
            By("customer", "本人", s.now, s.state.key),
        )
        s.say(receipt(complaint, s.call.time_zone, s.now), FOLLOW)


def _line(s: Script, bill: BillView) -> str:
    """Which line is doubted, as it stands on the bill."""
    lines = [(place, item) for place, item in enumerate(bill.items, 1) if item.amount > 0]
    options = [Option(place, bill_line(item).removeprefix("· "), item.name) for place, item in lines]
    whole = Option(WHOLE, f"整张账单（{yuan(bill.total)}）", "整张账单", ("全部", "都不对", "总额", "总数"))

    def at_that_amount(heard: Heard) -> list[str | int] | None:
        fen = heard.fen() or _too_much(heard.text)
        return None if fen is None else [place for place, item in lines if item.amount == fen]

    chosen = s.choose(
        "line",
        f"{period(bill)}的账单一共 {yuan(bill.total)}，哪一项不对？",
        [*options, whole],
        narrow=at_that_amount,
    )
    title = "整张账单" if chosen.value == WHOLE else chosen.label.partition("：")[0]
    return f"{period(bill)} {title}，账单号 {bill.number}"


def _too_much(text: str) -> int | None:
    """Fen of 多了30, which need not say 块."""
    found = TOO_MUCH.search(text)
    return round(float(found.group(1)) * 100) if found else None


def _ask_why(about: str) -> str:
    if about:
        return f"您说的是{about.partition('，账单号')[0]}这一项，哪里不对？"
    return "钱的事一定给您弄清楚。请告诉我：哪一天、扣了多少、哪里不对？"
