"""Whether somebody who acts in our name may do so: from the register, with its date."""

from __future__ import annotations

import re
from datetime import date

from actions.say import day
from actions.tasks.script import Script
from actions.tasks.task import Task
from bot.kit.clock import local_date
from bot.store.dealers.service import DealerAnswer, DealerView, check_dealer

WORDS_ROUND_IT = re.compile(
    r"帮我|请问|麻烦|查一下|查查|查询|核实|一下|核对|是不是|是否|真的|假的|真假|正规|授权|你们的|你们|官方|合法|靠谱|骗子|"
    r"代理商|代理|经销商|业务员|的吗|吗|呢|吧|这个|那个|这家|那家|编号|号码|名字|叫|我想|是|有没有|有个|自称|说|[\s，,。.！!？?：:]"
)
CALLED = re.compile(r"叫(?!什么|啥|我|做)([\u4e00-\u9fff·]{2,12}?)(?=的|，|,|是|来|给|打|说|这|[?？。!！]|$)")
"""你们有个叫张伟的代理商: whom it is about."""
STANDING = {
    "valid": "在册，授权有效",
    "not_yet": "在册，但授权还没开始",
    "expired": "授权已经过期",
    "revoked": "授权已被撤销",
}
NEXT = {"再查一个": "/verify_agent", "举报": "/file_complaint", "转人工": "/request_human"}
ASKED_FOR_SECRETS = re.compile(r"验证码|密码|安全账户|转账|汇款|打钱|屏幕共享|共享屏幕|银行卡号")
NEVER_ASKED = (
    "请小心：我们不会打电话或发消息向您要验证码、密码，也不会让您转账。先别给、别转，可以挂断后从这里找我们。"
    "把对方的名字或授权编号发给我，我可以查名录；已经转了钱，请马上报警 110。"
)
BEWARE = "在弄清楚之前，请不要付款、不要给验证码。"


class VerifyAgent(Task):
    """By number or name. Anybody may ask: a register is public."""

    topic = "verify_agent"
    intent = "verify_agent"
    title = "核实真假"
    personal = False
    left = "好的，想核实的时候把名字或编号发给我。"

    async def script(self, s: Script) -> None:
        today = local_date(s.now, s.call.time_zone)
        if s.heard is not None and s.state.asked is None:
            told = WORDS_ROUND_IT.sub("", s.heard.text)
            answer = await check_dealer(s.session, told, today)
            if answer.found:
                s.say(_answer(answer, told, today), NEXT)
                return
            if ASKED_FOR_SECRETS.search(s.heard.text):
                s.say(NEVER_ASKED, NEXT)
                return
            if named := CALLED.search(s.heard.text):
                s.given("about", named.group(1))
        about = s.words("about", "您想核实谁？把对方的名称或授权编号发给我，我查名录。", story=False)
        told = WORDS_ROUND_IT.sub("", about) or about
        s.say(_answer(await check_dealer(s.session, told, today), told, today), NEXT)


def _answer(answer: DealerAnswer, told: str, today: date) -> str:
    if answer.as_of is None:
        return f"现在没有可查的授权名录，我不能替对方作保。{BEWARE}可以请同事帮您核实。"
    source = f"（查的是{day(answer.as_of, today)}的名录，之后的变动不在里面）"
    if not answer.found:
        return f"名录里没有“{told[:30]}”{source}。{BEWARE}"
    lines = "\n".join(_line(dealer, today) for dealer in answer.found)
    safe = all(dealer.standing == "valid" for dealer in answer.found)
    return f"{lines}\n{source}" + ("" if safe else f"\n{BEWARE}")


def _line(dealer: DealerView, today: date) -> str:
    what = "，".join(part for part in (dealer.region, dealer.services) if part)
    until = f"，有效期到{day(dealer.valid_until, today)}" if dealer.standing == "valid" else ""
    return (
        f"· {dealer.name}（{dealer.number}{f'，{what}' if what else ''}）：{STANDING[dealer.standing]}{until}"
    )
