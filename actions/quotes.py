"""A quote, line by line: nothing is done or charged that the customer has not agreed to at this price."""

from __future__ import annotations

import re
from datetime import datetime

from actions.quote_words import Said, read_lines
from actions.say import moment, yuan
from actions.tasks.consent import Reply, reads
from actions.tasks.heard import Option
from actions.tasks.script import CONFIRM, Again, Script, Stop
from actions.tasks.task import Task
from bot.store.quotes.models import LineDecision
from bot.store.quotes.reads import QuoteItem, QuoteView, quote_view
from bot.store.quotes.service import StaleVersion, decide_lines

PERSON = {"转人工": "/request_human"}
ALL, NONE, EACH, LATER = "all", "none", "each", "later"
ANSWERED = {"approved": "已同意", "refused": "不做", None: "待您确认"}
DOES = re.compile(r"(这[个项]|那就|就)?(做|换|修|装)[的吧了啊呀，。！]{0,3}")
EVERY = re.compile(r"都|全|所有|其[他它余]|剩下|别的")
TIME = re.compile(r"时间|太[晚久]|来不及")
CHANGED = "这份报价刚刚又有变动，请看新的。"


class DecideQuote(Task):
    """A later time takes every decision back, so a new time is decided on here as well."""

    topic = "decide_quote"
    intent = "decide_quote"
    title = "看报价"
    left = "好的，先不定。没有您的同意，不会开工，也不会收费。"

    async def script(self, s: Script) -> None:
        view = await self._quote(s)
        undecided = [item for item in view.items if item.decision is None]
        if not undecided:
            raise Stop(f"{_shown(view, s)}\n每一项您都答复过了。要改的话，请同事帮您改报价。", PERSON)
        self._hear(s, undecided)
        how = str(
            s.choose(
                "how",
                _shown(view, s),
                _ways(view, undecided),
                part=lambda text: text if TIME.search(text) else "",
                listed=False,
                lone=False,
                number=True,
            ).value
        )
        if how == LATER:
            s.call.hand_over(
                "requested", topic="orders", details={"报价": view.number, "时间": "不合适，想换个时间"}
            )
            raise Stop("好的，时间的事请同事和您商量，商量好之前不会开工，也不会收费。")
        decisions = await self._decisions(s, how, undecided)
        s.confirm(_summary(view, decisions), "确认")
        evidence = f"对话 {s.call.conversation}，消息 {s.call.message_id}"[:200]
        try:
            await decide_lines(
                s.session, view.quote_id, view.version, decisions, evidence, s.note("逐项确认报价")
            )
        except StaleVersion:
            raise Again(CHANGED, *s.state.values) from None
        s.say(f"记下了。{_receipt(view, decisions)}", PERSON)

    def _hear(self, s: Script, undecided: list[QuoteItem]) -> None:
        """Take what the message says of the lines: as the answer, or as a change of what is shown."""
        if s.heard is None or s.state.asked is None or not s.heard.text or s.correcting or s.last:
            return
        said = read_lines(s.heard.text, undecided)
        if said.how is None or (s.state.asked == CONFIRM and said == Said(s.state.values.get("how"))):
            return
        if s.state.asked != "how" and not said.lines and not EVERY.search(s.heard.text):
            return  # 不做, to one line, is about that line; 可以, to what is shown, about just that
        if said.how != EACH:
            s.state = s.state.without(*(f"line{item.line}" for item in undecided))
        elif s.state.values.get("how") in (ALL, NONE):
            decided = "approved" if s.state.values["how"] == ALL else "refused"
            for item in undecided if said.lines else ():
                s.change(f"line{item.line}", decided)
        s.change("how", said.how)
        for line, decision in said.lines.items():
            s.change(f"line{line}", decision)

    async def _quote(self, s: Script) -> QuoteView:
        """The quote that is meant; decisions made on an older version of it are forgotten."""
        if s.heard is not None and s.heard.entity("quote_number"):
            s.given("quote", str(s.heard.entity("quote_number")))
        view = await quote_view(s.session, s.customer, s.state.values.get("quote"))
        if view is None:
            raise Stop("您名下没有这份报价。要请同事核对一下吗？", PERSON)
        if view.state != "open":
            raise Stop(
                f"报价 {view.number}（{view.subject}）已经{'完成' if view.state == 'charged' else '取消'}了。"
            )
        seen = s.state.values.get("version")
        if seen is not None and seen != view.version:
            raise Again(CHANGED, *(name for name in s.state.values if name != "quote"))
        s.given("version", view.version)
        return view

    async def _decisions(self, s: Script, how: str, items: list[QuoteItem]) -> dict[int, LineDecision]:
        if how != EACH:
            return {item.line: "approved" if how == ALL else "refused" for item in items}
        decisions: dict[int, LineDecision] = {}
        for item in items:
            name = f"line{item.line}"
            said = s.choose(
                name,
                f"{item.name}，{yuan(item.amount)}：做吗？",
                [
                    Option("approved", "做", "做"),
                    Option("refused", "不做", "不做"),
                ],
                # One answer is about one line.
                part=lambda text, name=name: _whether(text) if s.state.asked == name else "",
                listed=False,
            )
            decisions[item.line] = "approved" if said.value == "approved" else "refused"
        return decisions


def _whether(text: str) -> str:
    """做 or 不做, said of one line; "" for anything else."""
    if DOES.fullmatch(text.strip()):
        return "做"
    said = reads(text, "做")
    return {Reply.YES: "做", Reply.NO: "不做"}.get(said, "")


def _ways(view: QuoteView, undecided: list[QuoteItem]) -> list[Option]:
    ways = [
        Option(ALL, "全部同意"),
        Option(NONE, "都不做"),
    ]
    if len(undecided) > 1:
        ways.insert(1, Option(EACH, "逐项选"))
    if view.ready_at is not None:
        ways.append(Option(LATER, "时间不合适", words=("换个时间", "改时间", "太晚", "太久", "来不及")))
    return ways


def _shown(view: QuoteView, s: Script) -> str:
    lines = [f"报价 {view.number}（{view.subject}）{f'有变动：{view.reason}' if view.reason else ''}"]
    for item in view.items:
        said = f"（{ANSWERED[item.decision]}）" if item.decision else ""
        lines.append(f"{item.line}. {item.name} {yuan(item.amount)}{said}")
    former = f"（原来 {yuan(view.former_total)}）" if view.former_total not in (None, view.total) else ""
    lines.append(f"合计 {yuan(view.total)}{former}{_paid(view)}{_ready(view.ready_at, s)}。")
    return "\n".join(lines)


def _paid(view: QuoteView) -> str:
    if not view.insurance:
        return ""
    insured = min(view.insurance, view.total)
    return f"，其中保险承担 {yuan(insured)}，您付 {yuan(view.total - insured)}"


def _ready(at: datetime | None, s: Script) -> str:
    return f"，预计{moment(at, s.call.time_zone, s.now)}完成" if at else ""


def _summary(view: QuoteView, decisions: dict[int, LineDecision]) -> str:
    return f"请看一下：\n{_receipt(view, decisions)}\n没同意的不做，也不收费。确认吗？"


def _receipt(view: QuoteView, decisions: dict[int, LineDecision]) -> str:
    """What is done at which price, and what is not."""
    done = [item for item in view.items if decisions.get(item.line, item.decision) == "approved"]
    left = [item for item in view.items if item not in done]
    parts: list[str] = []
    if done:
        names = "、".join(f"{item.name} {yuan(item.amount)}" for item in done)
        parts.append(f"同意：{names}，共 {yuan(sum(item.amount for item in done))}。")
    if left:
        parts.append(f"不做：{'、'.join(item.name for item in left)}。")
    return f"报价 {view.number}，{''.join(parts)}"
