"""Redeem an item of the catalogue, and hand out what was redeemed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.desk.operations.kinds import CannotBe, Deed, Field, Prepared, number_of, text_of
from bot.desk.operations.models import OperationKind
from bot.kit.clock import local_date
from bot.store.ledger.errors import TooLittle
from bot.store.points.reads import (
    OpenRedemption,
    Redeemable,
    open_redemptions,
    points_summary,
    redeemable_items,
)
from bot.store.points.service import OutOfStock, TierTooLow, fulfil_redemption, redeem_item
from bot.store.requests.service import Note


class HandOut:
    """The customer gets what their points bought."""

    code: OperationKind = "hand_out"
    title = "交付兑换品"
    needs_customer = False

    async def fields(self, deed: Deed) -> list[Field]:
        """See Kind.fields."""
        waiting = await open_redemptions(deed.session, deed.customer)
        if not waiting:
            raise CannotBe("这位客户没有等着交付的兑换。")
        options = [(str(each.id), f"{local_date(each.at):%m月%d日} {each.what}") for each in waiting]
        return [Field("redemption", "choice", "交付哪一笔", options)]

    async def prepare(self, deed: Deed, params: Mapping[str, Any]) -> Prepared:
        """See Kind.prepare."""
        each = await self._chosen(deed, params)
        return Prepared(f"交付{each.what}", f"交付{each.what}。", {"redemption": str(each.id)})

    async def carry_out(self, deed: Deed, params: Mapping[str, Any]) -> str:
        """See Kind.carry_out."""
        each = await self._chosen(deed, params)
        await fulfil_redemption(deed.session, each.id, deed.now)
        return f"您用 {each.points:,} 积分换的{each.what}已经交付，请查收。"

    async def _chosen(self, deed: Deed, params: Mapping[str, Any]) -> OpenRedemption:
        wanted = text_of(params, "redemption", most=20)
        waiting = await open_redemptions(deed.session, deed.customer)
        found = next((each for each in waiting if str(each.id) == wanted), None)
        if found is None:
            raise CannotBe("这一笔已经交付或取消了。")
        return found


class Redeem:
    """The customer buys with points; they confirm the price."""

    code: OperationKind = "redeem"
    title = "兑换积分"
    needs_customer = True

    async def fields(self, deed: Deed) -> list[Field]:
        """See Kind.fields."""
        items = [item for item in await self._items(deed) if item.affordable]
        if not items:
            raise CannotBe("现在没有这位客户换得起的东西。")
        options = [(item.code, f"{item.name}（{item.points:,} 积分）") for item in items]
        return [
            Field("item", "choice", "换什么", options),
            Field("count", "points", "几份（不填是 1）", required=False),
        ]

    async def prepare(self, deed: Deed, params: Mapping[str, Any]) -> Prepared:
        """See Kind.prepare."""
        code, count = text_of(params, "item", most=40), number_of(params, "count", 1)
        item = next((each for each in await self._items(deed) if each.code == code), None)
        if item is None:
            raise CannotBe("这一样现在换不了。")
        total = (await points_summary(deed.session, deed.customer, deed.now)).total
        cost = item.points * count
        if cost > total:
            raise CannotBe(f"要 {cost:,} 积分，客户只有 {total:,}。")
        if item.stock is not None and count > item.stock:
            raise CannotBe(f"库存只有 {item.stock} 份。")
        what = f"{item.name}{f'×{count}' if count > 1 else ''}"
        return Prepared(
            f"用 {cost:,} 积分换{what}",
            f"用 {cost:,} 积分换{what}，换完还剩 {total - cost:,} 积分。",
            {"item": code, "count": count, "points": cost},
        )

    async def carry_out(self, deed: Deed, params: Mapping[str, Any]) -> str:
        """See Kind.carry_out. A price that rose since the offer was never confirmed: nothing is done."""
        count = number_of(params, "count", 1)
        note = Note(deed.key, deed.now, f"agent:{deed.person.name}", "客服代为兑换，客户已确认")
        try:
            done = await redeem_item(deed.session, deed.customer, str(params["item"]), note, count)
        except (OutOfStock, TierTooLow) as error:
            raise CannotBe("这一样刚刚换完了，积分没有动。") from error
        except TooLittle as error:
            raise CannotBe("积分刚刚有变化，不够换了，积分没有动。") from error
        if done.points != params["points"]:
            raise CannotBe("价格刚刚变了，积分没有动，请重新确认。")
        left = (await points_summary(deed.session, deed.customer, deed.now)).total
        return f"换好了，用了 {done.points:,} 积分，还剩 {left:,} 积分。明细里随时能查到这一笔。"

    async def _items(self, deed: Deed) -> list[Redeemable]:
        return await redeemable_items(deed.session, deed.customer, deed.now, limit=50)
