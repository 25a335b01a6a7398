"""What a contract covers, and the care card of what the customer owns."""

from __future__ import annotations

import re

from actions.base import Call, Events, PersonalAction
from actions.say import day
from actions.tasks.script import Script, Stop
from actions.tasks.task import Task
from bot.kit.clock import local_date
from bot.kit.db import WriteSession
from bot.kit.ids import CustomerId
from bot.store.assets.reads import CareCard, NextMaintenance, care_cards
from bot.store.contracts.service import CoverageAnswer, coverage

KINDS = {"upgrade": "升级", "maintain": "维护", "protect": "防御", "optimise": "优化"}
ASK = {"还问一项": "/ask_coverage", "看关怀卡": "/ask_care_card", "转人工": "/request_human"}
VISITS = 3
WHAT_IS = re.compile(r"(是|有)(什么|啥|嘛)|干(嘛|什么|啥)|什么意思|啥意思")
CARE_CARD = "关怀卡记着您每台设备做过的升级、维护、防御和优化，还有下一次保养的时间。"
ROUND_IT = re.compile(
    r"合同|协议|套餐|里面|里边|里|包不包|包括|包含|含不含|不含|哪些|什么|内容|项目|是不是|算不算|在不在|要不要|另外|收费|钱|"
    r"办理?的|办了|签了?的|现在|目前|具体|到底|详细|说说|讲讲|查一下|查查|看看|看一下|帮|是|"
    r"我们|我的|我|那份|这份|请问|想问|还|另|吗|呢|吧|的|都|有|[\s，,。.！!？?：:]"
)


class Coverage(Task):
    """Included, excluded, or not said: what the contract does not say, nobody promises."""

    topic = "coverage"
    intent = "ask_coverage"
    title = "查合同包含什么"
    left = "好的，想问哪一项随时说。"

    async def script(self, s: Script) -> None:
        today = local_date(s.now, s.call.time_zone)
        if s.heard is not None and s.state.asked is None:
            told = ROUND_IT.sub("", s.heard.text)
            if len(told) >= 2:
                s.given("about", told)
        about = s.words("about", "您想问合同里包不包含哪一项？比如纸张、彩色墨粉、上门费。", story=False)
        answer = await coverage(s.session, s.customer, about, today)
        if answer.answer == "unknown":
            raise Stop(f"合同里没有写到“{about[:20]}”，我不能替公司答应。请同事帮您确认最稳妥。", ASK)
        s.say(_covered(answer), ASK)


def _covered(answer: CoverageAnswer) -> str:
    contract = f"《{answer.contract_name}》（{answer.contract_number}）"
    note = f"{answer.note}" if answer.note else ""
    if answer.answer == "included":
        return f"包含。{contract}里写明{answer.item}是包含的，不另外收费。{note}"
    return f"不包含。{contract}里写明{answer.item}不在内，要用的话会先给您报价，您同意了才做。{note}"


class CareCards(PersonalAction):
    """Each thing with what was done last and what is due next."""

    topic = "care_card"
    intent = "ask_care_card"
    title = "看关怀卡"

    async def answer(self, call: Call) -> Events:
        """What it is, is the same for everybody."""
        if await call.is_strangers_question(WHAT_IS):
            call.say(CARE_CARD, buttons={"看我的关怀卡": "/ask_care_card", "转人工": "/request_human"})
            return []
        return await super().answer(call)

    async def tell(self, call: Call, session: WriteSession, customer: CustomerId) -> Events:
        cards = await care_cards(session, customer, call.now, visits=VISITS)
        if not cards:
            call.say("您名下还没有登记设备，所以没有关怀卡。", buttons={"转人工": "/request_human"})
            return []
        call.say(
            "\n\n".join(_card(card, call) for card in cards),
            buttons={"约保养": "/book_visit", "合同包含什么": "/ask_coverage", "转人工": "/request_human"},
        )
        return []


def _card(card: CareCard, call: Call) -> str:
    today = local_date(call.now, call.time_zone)
    version = f"，版本 {card.version}" if card.version else ""
    lines = [f"{card.kind} {card.model}（{card.number}）{version}"]
    for visit in card.visits:
        done = day(local_date(visit.at, call.time_zone), today)
        lines.append(f"· {done} {KINDS[visit.kind]}：{visit.text}")
    lines += [f"· 下次{_due(each, call)}" for each in card.next[:1]]
    return "\n".join(lines)


def _due(next_: NextMaintenance, call: Call) -> str:
    if next_.due_on is None:
        return f"{next_.name}：到 {next_.due_meter:,} 时" if next_.due_meter is not None else next_.name
    when = day(next_.due_on, local_date(call.now, call.time_zone))
    if next_.overdue:
        return f"{next_.name}：{when}就该做了，请尽早约"
    return f"{next_.name}：{'预计' if next_.expected else ''}{when}"
