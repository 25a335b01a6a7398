"""Open a complaint for a customer, or move one of theirs: no money moves, so it is done at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import select

from bot.desk.operations.kinds import CannotBe, Deed, Field, Prepared, text_of
from bot.desk.operations.models import OperationKind
from bot.desk.rules.hours import moment_text
from bot.desk.rules.rules import Rules
from bot.kit.errors import BadInput
from bot.store.complaints.models import Complaint
from bot.store.complaints.service import (
    By,
    NewComplaint,
    WrongStep,
    open_complaint,
    reply,
    resolve,
    take_step,
)
from bot.store.complaints.steps import STEP_TEXT, STEPS, Step

CATEGORIES: Final = ("服务态度", "收费", "时效", "质量", "其他")
STEPS_HERE: Final[tuple[Step, ...]] = (
    "reply",
    "acknowledge",
    "assess",
    "investigate",
    "wait_for_customer",
    "customer_answered",
    "resolve",
    "escalate",
    "reopen",
    "close",
    "note",
)
SUBJECT: Final = 30


class OpenComplaint:
    """The agent takes a complaint in; the 24 hours begin, and the customer gets the number."""

    code: OperationKind = "complaint_open"
    title = "登记投诉"
    needs_customer = False

    async def fields(self, deed: Deed) -> list[Field]:
        """See Kind.fields."""
        return [
            Field("what", "text", "发生了什么"),
            Field("wish", "text", "希望怎么处理", required=False),
            Field("category", "choice", "类别", [(name, name) for name in CATEGORIES]),
        ]

    async def prepare(self, deed: Deed, params: Mapping[str, Any]) -> Prepared:
        """See Kind.prepare."""
        what, wish = text_of(params, "what"), text_of(params, "wish", required=False)
        category = text_of(params, "category", most=10)
        if category not in CATEGORIES:
            raise BadInput(f"类别是：{'、'.join(CATEGORIES)}。")
        title = f"登记投诉：{what[:SUBJECT]}"
        return Prepared(title, "", {"what": what, "wish": wish, "category": category})

    async def carry_out(self, deed: Deed, params: Mapping[str, Any]) -> str:
        """See Kind.carry_out."""
        body = "\n".join(
            part for part in (params["what"], f"希望：{params['wish']}" * bool(params["wish"])) if part
        )
        new = NewComplaint(
            deed.customer, params["what"][:SUBJECT], body, deed.row.channel, params["category"]
        )
        made = await open_complaint(deed.session, new, By("agent", deed.person.name, deed.now, deed.key))
        due = moment_text(Rules(time_zone=deed.row.time_zone), made.first_reply_due, deed.now)
        green = "您是我们的重点客户，这件已走绿色通道，优先处理。" if made.green_channel else ""
        return (
            f"已为您登记投诉，编号 {made.number}。我们承诺 24 小时内给您首次答复，也就是{due}前。{green}"
            "您随时可以问进度，也可以补充或者催办。"
        )


class MoveComplaint:
    """The agent takes one of a complaint's steps."""

    code: OperationKind = "complaint_step"
    title = "推进投诉"
    needs_customer = False

    async def fields(self, deed: Deed) -> list[Field]:
        """See Kind.fields."""
        found = list(
            await deed.session.scalars(
                select(Complaint)
                .where(Complaint.customer_id == deed.customer)
                .order_by(Complaint.received_at.desc(), Complaint.id.desc())
                .limit(20)
            )
        )
        if not found:
            raise CannotBe("这位客户没有投诉。")
        states = {each.state for each in found}
        steps: list[Step] = [step for step in STEPS_HERE if states & STEPS[step][0]]
        return [
            Field("complaint", "choice", "哪一件", [(c.number, f"{c.number} {c.subject}") for c in found]),
            Field("step", "choice", "做什么", [(step, STEP_TEXT[step]) for step in steps]),
            Field("text", "text", "说明（回复和结果会发给客户）", required=False),
        ]

    async def prepare(self, deed: Deed, params: Mapping[str, Any]) -> Prepared:
        """See Kind.prepare."""
        number, text = text_of(params, "complaint", most=24).upper(), text_of(params, "text", required=False)
        step: Step | None = next((each for each in STEPS_HERE if each == params.get("step")), None)
        if step is None:
            raise BadInput("没有这个步骤。")
        if step in ("reply", "resolve") and not text:
            raise BadInput("回复和处理结果要写内容。")
        complaint = await self._complaint(deed, number)
        if complaint.state not in STEPS[step][0]:
            raise CannotBe("这件投诉现在不能做这一步。")
        return Prepared(f"{number}：{STEP_TEXT[step]}", "", {"complaint": number, "step": step, "text": text})

    async def carry_out(self, deed: Deed, params: Mapping[str, Any]) -> str:
        """See Kind.carry_out. Only an answer is told to the customer: the other steps are in the timeline."""
        complaint = await self._complaint(deed, params["complaint"])
        by, step, text = By("agent", deed.person.name, deed.now, deed.key), params["step"], params["text"]
        try:
            if step == "reply":
                await reply(deed.session, complaint.id, text, by)
            elif step == "resolve":
                await resolve(deed.session, complaint.id, text, by)
            else:
                await take_step(deed.session, complaint.id, step, by, text or None)
        except WrongStep as error:
            raise CannotBe("这件投诉现在不能做这一步。") from error
        return f"您的投诉 {complaint.number} 有了答复：{text}" if step in ("reply", "resolve") else ""

    async def _complaint(self, deed: Deed, number: str) -> Complaint:
        found = await deed.session.scalar(
            select(Complaint).where(Complaint.number == number, Complaint.customer_id == deed.customer)
        )
        if found is None:
            raise CannotBe("这位客户没有这件投诉。")
        return found
