"""What we hold about the customer, and their say over it (PIPL art. 15, 24, 44-47)."""

from __future__ import annotations

from datetime import timedelta

from actions.company import stop_where_the_company_keeps
from actions.say import day, moment, yuan
from actions.tasks.heard import Option
from actions.tasks.script import Script, Stop
from actions.tasks.task import Task
from bot.kit.clock import local_date
from bot.store.cards.reads import balance_by_card
from bot.store.consents.service import NewConsent
from bot.store.points.reads import points_summary
from bot.store.privacy.erase import StillOwed, erase_customer
from bot.store.privacy.reads import HeldData, held_about_me
from bot.store.privacy.withdraw import withdraw_consent
from bot.store.promises.service import promise

TEXT_VERSION = "chat-2026-11"
PERSON = {"转人工": "/request_human"}
STOPPABLE = (
    Option("marketing", "营销和活动消息", "活动消息", ("营销", "广告", "活动", "推销", "促销", "优惠")),
    Option("survey", "满意度调查", "满意度调查", ("调查", "回访", "评价")),
    Option("birthday", "生日关怀", "生日关怀", ("生日",)),
    Option(
        "all",
        "以上全部",
        "以上全部",
        ("全部", "都不要", "所有", "一切", "都停", "退订", "TD"),
    ),
    Option("close", "注销账户，删除个人信息", "注销账户", ("注销", "销户", "销号", "删除", "删掉", "关闭账")),
)
PURPOSES = ("marketing", "survey", "birthday")
GOODBYE = timedelta(minutes=2)
"""So long the customer can still read that it is done."""
KEPT = "订单、投诉和资金流水按法律要求保留，但不再和您的姓名、手机号连在一起。"


class PrivacyOptout(Task):
    """Stop messages by purpose, or close the account; each is shown and confirmed."""

    topic = "privacy_optout"
    intent = "privacy_optout"
    title = "消息和隐私设置"
    left = "好的，没有改动任何设置。"

    async def script(self, s: Script) -> None:
        what = s.choose("what", "您想停掉哪一种？", STOPPABLE)
        if what.value == "close":
            await close_account(s)
            return
        s.confirm(
            f"以后不再给您发{what.title if what.value != 'all' else '活动消息、满意度调查和生日关怀'}。"
            "办理进度、到期提醒这类和您的权益有关的通知照常。确认吗？",
            "确认停发",
            change=False,
        )
        for purpose in PURPOSES if what.value == "all" else (str(what.value),):
            new = NewConsent(
                s.customer, purpose, "withdrawn", TEXT_VERSION, f"对话 {s.call.conversation}", "customer"
            )
            await withdraw_consent(s.session, new, s.note("停发消息", purpose))
        s.say("已经停掉了，不会再问您。改主意了随时告诉我。", {"我的资料": "/my_data"})


class MyData(Task):
    """What we hold, from where and what for; a copy, a correction, or the end of it."""

    topic = "my_data"
    intent = "my_data"
    title = "我的资料"
    left = "好的，资料没有任何改动。"

    async def script(self, s: Script) -> None:
        if s.heard is not None and s.state.asked is None:
            wanted = [word for word in WANTED if word in s.heard.text]
            s.given("what", s.heard.picked or (WANTED[wanted[0]] if wanted else "see"))
        what = s.state.values.get("what")
        if what == "copy":
            await self._promise(s, "资料副本", "把您的个人资料副本交给您", "给您准备一份完整的个人资料副本")
        elif what == "correct":
            wrong = s.words("wrong", "哪一项要改，改成什么？比如“生日改成 3月5日”。")
            await self._promise(s, "资料更正", f"核对并更正您的资料：{wrong}"[:300], f"登记更正：{wrong}")
        else:
            held = await held_about_me(s.session, s.customer, s.now)
            lines = "\n".join(_line(each, s) for each in held)
            s.say(f"我们保存的关于您的资料：\n{lines}", {**RIGHTS, "注销账户": CLOSE})

    async def _promise(self, s: Script, about: str, promised: str, shown: str) -> None:
        """A person does it; what the customer gets now is a promise with a date."""
        due = s.now + ANSWERED_WITHIN
        s.confirm(
            f"{shown}。同事核对身份后办理，{ANSWERED_WITHIN.days} 天内办好。确认吗？", "确认", change=False
        )
        await promise(s.session, s.customer, about, promised, due, s.note(about))
        s.say(f"登记好了，最晚{moment(due, s.call.time_zone, s.now)}前办好，随时可以问我进度。", OWED)


WANTED = {"导出": "copy", "副本": "copy", "下载": "copy", "复制": "copy", "一份": "copy"} | dict.fromkeys(
    ("改", "更正", "写错", "登错", "更新", "有误", "修改"), "correct"
)
ANSWERED_WITHIN = timedelta(days=30)
"""GB/T 35273-2020, 8.7: a request about one's own data is answered within thirty days."""
RIGHTS = {
    "要一份副本": '/my_data{"pick": "copy"}',
    "更正资料": '/my_data{"pick": "correct"}',
    "停发消息": "/privacy_optout",
}
OWED = {"答应我的事": "/ask_commitment"}
CLOSE = '/privacy_optout{"pick": "close"}'


async def close_account(s: Script) -> None:
    """Erase the customer: with the consequences, and only after a yes to exactly them."""
    stop_where_the_company_keeps(s, "您的积分和余额")
    balance = await balance_by_card(s.session, s.customer, s.now)
    money = balance.held + sum(card.principal + card.held for card in balance.cards)
    if money:
        raise Stop(f"您名下还有 {yuan(money)}，注销前要先退给您。我请同事来办退款，钱到了再注销。", PERSON)
    points = (await points_summary(s.session, s.customer, s.now)).total
    lost = f"您的 {points:,} 积分会作废；" if points else ""
    s.confirm(
        f"注销后不能恢复：{lost}会员等级和权益没有了；姓名、手机号等个人信息会删除。{KEPT}确定要注销吗？",
        "确定注销",
        change=False,
    )
    try:
        await erase_customer(
            s.session,
            s.customer,
            s.note("本人要求注销"),
            give_up_points=True,
            rest_after=GOODBYE,
        )
    except StillOwed:
        raise Stop("您的账户刚刚有变动，还不能注销，我请同事来核对。", PERSON) from None
    s.say(
        f"已经注销，您的个人信息已删除；我们的聊天记录、您发来的文件和人工服务的记录，"
        f"几分钟后也会删除。{KEPT}谢谢您这些日子的陪伴。"
    )


def _line(each: HeldData, s: Script) -> str:
    until = (
        (f"，保存到{day(local_date(each.until, s.call.time_zone), local_date(s.now))}") if each.until else ""
    )
    return f"· {each.name}：{each.value}（来源：{each.source}；用于{each.purpose}{until}）"
