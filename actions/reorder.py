"""The same again: an earlier order at its prices, in the amount the customer says."""

from __future__ import annotations

from dataclasses import dataclass

from actions.say import day, yuan
from actions.tasks.heard import Option
from actions.tasks.script import Script, Stop
from actions.tasks.task import Task
from bot.kit.clock import local_date
from bot.kit.ids import OrderId
from bot.store.counters.service import daily_number
from bot.store.orders.models import Order
from bot.store.orders.reads import OrderView, recent_orders
from bot.store.orders.service import NewLine, place_order
from bot.store.requests.service import already_done, done

MOST = 99
NEXT = {"查订单": "/ask_order", "查积分": "/ask_points"}


@dataclass(frozen=True, slots=True)
class Article:
    """Something bought before, as it was bought last."""

    sku: str
    name: str
    unit_price: int
    quantity: int
    bought: OrderView


class Reorder(Task):
    """Their own usual amount is proposed, never more."""

    topic = "reorder"
    intent = "reorder"
    title = "再来一单"
    left = "好的，没有下单。"

    async def script(self, s: Script) -> None:
        articles = _articles(await recent_orders(s.session, s.customer, 20))
        if not articles:
            raise Stop("您名下还没有买过的东西可以再来一单。", {"转人工": "/request_human"})
        today = local_date(s.now, s.call.time_zone)
        chosen = s.choose(
            "article",
            "您要再来哪一样？",
            [
                Option(
                    each.sku,
                    f"{each.name}，"
                    f"上次{day(local_date(each.bought.placed_at), today)}买了 {each.quantity} 份",
                    each.name,
                )
                for each in articles
            ],
        )
        article = next(each for each in articles if each.sku == chosen.value)
        count = s.number(
            "count", "要几份？", most=MOST, too_many=f"一次最多 {MOST} 份。", default=article.quantity
        )
        total = article.unit_price * count
        s.confirm(
            f"帮您下单：{article.name}×{count}，按上次的价格 {yuan(article.unit_price)}一份，"
            f"共 {yuan(total)}。可以吗？",
            "确认下单",
        )
        number = await self._place(s, article, count)
        s.say(f"下单了：{article.name}×{count}，共 {yuan(total)}，订单号 {number}，等待付款。", NEXT)

    async def _place(self, s: Script, article: Article, count: int) -> str:
        """The order's number; the same turn sent again finds the order it placed."""
        note = s.note("再来一单")
        placed = await already_done(s.session, note, "reorder", s.customer, article.sku, count)
        if placed is None:
            line = NewLine(article.sku, article.name, count, article.unit_price)
            number = await daily_number(s.session, "DD", s.now)
            placed = await place_order(s.session, s.customer, number, [line], s.now)
            await done(s.session, note, placed)
        return (await s.session.get_one(Order, OrderId(placed))).number


def _articles(orders: list[OrderView]) -> list[Article]:
    """Each article once, newest purchase first."""
    found: dict[str, Article] = {}
    for order in orders:
        if order.state not in ("cancelled", "refunded"):
            for item in order.items:
                article = Article(item.sku, item.name, item.unit_price, item.quantity, order)
                found.setdefault(item.sku, article)
    return list(found.values())
