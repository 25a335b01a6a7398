"""Points for things: what they buy, which one, and the receipt."""

from __future__ import annotations

import re

from actions.base import Call, Events
from actions.company import stop_where_the_company_keeps
from actions.tasks.heard import Heard, Option, matching
from actions.tasks.script import Again, Script, Stop
from actions.tasks.task import Task
from bot.store.ledger.errors import TooLittle
from bot.store.points.reads import Redeemable, offered_to_all, points_summary, redeemable_items
from bot.store.points.service import OutOfStock, TierTooLow, redeem_item

MORE = {"积分怎么攒": '/ask_points{"about": "earning"}', "查积分": "/ask_points"}
DONE = {"还有多少积分": "/ask_points", "积分明细": "/ask_points_history", "再换一样": "/redeem_points"}

WHAT = re.compile(
    r"换.{0,3}(什么|啥|哪些|哪样|东西)|(什么|啥|哪些)(东西|礼品|礼物)?.{0,3}换|(兑换|礼品).{0,2}(目录|列表|清单|有)"
    r"|(能|可以|能不能|可不可以).{0,2}换|(多少|几).{0,2}(积?分|豆)"
)
SHOWN = 8
MOST_BUTTONS = 3
MINE = {"积分怎么攒": '/ask_points{"about": "earning"}'}
CHEAPEST = re.compile("最(便宜|省)|最少的?(积分|那)|积分最(少|低)")
DEAREST = re.compile("最(贵|值钱|高档)|积分最(多|高)的")


class RedeemPoints(Task):
    """Choose from the catalogue, confirm the price, and it is done."""

    topic = "redeem_points"
    intent = "redeem_points"
    title = "兑换积分"
    left = "好的，先不换了，积分一分没动。想换的时候再找我。"
    told = (
        (re.compile("换什么|换啥|换哪|够换|能换|还能"), "想换别的，直接说名字就行。"),
        (re.compile("怎么换|咋换|如何换"), "不用您操作，您同意了我就换，积分同意以后才扣。"),
    )

    async def answer(self, call: Call) -> Events:
        """What there is for points is shown to everybody; who wants it says who they are."""
        if not call.runtime.source.remote and await call.is_strangers_question(WHAT):
            async with call.runtime.database.read() as session:
                items = await offered_to_all(session, SHOWN)
            if items:
                lines = [f"· {item.name}，{item.points:,} 积分" for item in items]
                buttons = {f"换{item.name}": f"换{item.name}" for item in items[:MOST_BUTTONS]}
                call.say("\n".join(["积分能换这些，想换哪样直接说：", *lines]), buttons=buttons | MINE)
                return []
        return await super().answer(call)

    async def script(self, s: Script) -> None:
        stop_where_the_company_keeps(s, "您的积分")
        items = await redeemable_items(s.session, s.customer, s.now, limit=20)
        total = (await points_summary(s.session, s.customer, s.now)).total
        within = [item for item in items if item.affordable]
        if not within:
            raise Stop(_nothing(items, total), MORE)
        _too_dear(s, [item for item in items if not item.affordable], total)
        chosen = s.choose(
            "item",
            f"您有 {total:,} 积分，可以换这些，想要哪一样？",
            [Option(item.code, f"{item.name}（{item.points:,} 积分）", item.name) for item in within],
            narrow=lambda heard: _at_that_price(heard, within),
            lone=False,
            gone="这一样刚刚换完了，您看看别的。",
        )
        item = next(each for each in within if each.code == chosen.value)
        most = min(total // item.points, item.stock if item.stock is not None else total)
        count = s.number("count", "要几份？", most=most, too_many=f"这一样您最多能换 {most} 份。", default=1)
        cost = item.points * count
        s.confirm(
            f"确认一下：用 {cost:,} 积分换{item.name}{_times(count)}，换完还剩 {total - cost:,} 积分。",
            "确认兑换",
        )
        try:
            await redeem_item(s.session, s.customer, item.code, s.note("积分兑换"), count)
        except (OutOfStock, TierTooLow):
            raise Again("这一样刚刚换完了，您的积分没有动。", "item", "count") from None
        except TooLittle:
            raise Again("您的积分刚刚有变化，这一样不够换了，积分没有动。", "item", "count") from None
        s.say(
            f"换好了：{item.name}{_times(count)}，用了 {cost:,} 积分，还剩 {total - cost:,} 积分。"
            f"明细里随时能查到这一笔。",
            DONE,
        )


def _times(count: int) -> str:
    return f"×{count}" if count > 1 else ""


def _nothing(items: list[Redeemable], total: int) -> str:
    if not items:
        return "现在没有可以兑换的东西，您的积分都还在。上新了随时来看。"
    nearest = min(items, key=lambda item: item.points)
    return (
        f"您现在有 {total:,} 积分，最容易换的是{nearest.name}，要 {nearest.points:,} 积分，还差 "
        f"{nearest.points - total:,} 积分。"
    )


def _too_dear(s: Script, items: list[Redeemable], total: int) -> None:
    """Say what is missing when the customer names something beyond their points."""
    if s.heard is None or s.state.values.get("item"):
        return
    named = matching(s.heard, [Option(each.code, each.name) for each in items], asked=False)
    if len(named) == 1:
        item = next(each for each in items if each.code == named[0].value)
        s.lead(f"{item.name}要 {item.points:,} 积分，您还差 {item.points - total:,}。")


def _at_that_price(heard: Heard, items: list[Redeemable]) -> list[str | int] | None:
    """兑换500积分: what costs exactly that, else what costs less; 最便宜的, 最贵的."""
    if CHEAPEST.search(heard.text):
        return [min(items, key=lambda item: item.points).code]
    if DEAREST.search(heard.text):
        return [max(items, key=lambda item: item.points).code]
    points = heard.points()
    if points is None:
        return None
    exact: list[str | int] = [item.code for item in items if item.points == points]
    return exact or [item.code for item in items if item.points < points]
