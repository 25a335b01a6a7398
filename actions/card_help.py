"""Cards that need something: money to be topped up, or a visit to the hall after they expired."""

from __future__ import annotations

import re

from sqlalchemy.ext.asyncio import AsyncSession

from actions.base import Call, Events
from actions.company import SourcedAction
from actions.say import day, yuan
from bot.kit.clock import local_date
from bot.kit.ids import CustomerId
from bot.store.cards.reads import CardBalance

NEXT = {"查余额": "/ask_balance", "优惠活动": "/ask_promotion", "转人工": "/request_human"}
WHERE = re.compile("充|存|续")
NEVER = "我不会在聊天里收款，也不会让您转账给个人。"


class TopUp(SourcedAction):
    """How much there is, and where to top up. How much to put on is the customer's own affair."""

    topic = "top_up"
    intent = "top_up"
    title = "问充值"

    async def answer(self, call: Call) -> Events:
        """Where is the same for everybody."""
        if await call.is_strangers_question(WHERE):
            call.say(_where(call), buttons=NEXT)
            return []
        return await super().answer(call)

    async def tell(self, call: Call, session: AsyncSession, customer: CustomerId) -> Events:
        balance = await call.runtime.source.balance(session, customer, call.now)
        cards = [card for card in balance.cards if _usable(card)]
        lines = [f"{card.type}（尾号 {card.number[-4:]}）现在有 {yuan(_money(card))}。" for card in cards]
        call.say("\n".join([*lines, _where(call)]), buttons=NEXT)
        return []


class CardHall(SourcedAction):
    """An expired card keeps its money for some months: until when, and what to bring to the hall."""

    topic = "card_hall"
    intent = "card_hall"
    title = "问到期卡怎么办理"

    async def tell(self, call: Call, session: AsyncSession, customer: CustomerId) -> Events:
        today = local_date(call.now, call.time_zone)
        cards = (await call.runtime.source.balance(session, customer, call.now)).cards
        open_ = [
            card
            for card in cards
            if card.state == "expired" and _money(card) and card.hall_until and card.hall_until >= today
        ]
        if not open_:
            call.say("您现在没有要到营业厅办理的到期卡。", buttons=NEXT)
            return []
        lines = [
            f"· {card.type}（尾号 {card.number[-4:]}）还有 {yuan(_money(card))}，"
            f"{day(card.hall_until, today)}前办理"
            for card in open_
            if card.hall_until
        ]
        call.say(
            "\n".join(
                [
                    "这些钱都还在，要到营业厅转到您另一张同类卡上：",
                    *lines,
                    "请本人带身份证件和这张卡，工作人员当场办好。去不了的话，可以请同事帮您想办法。",
                ]
            ),
            buttons={"查余额": "/ask_balance", "转人工": "/request_human"},
        )
        return []


def _where(call: Call) -> str:
    return f"充值在{call.runtime.settings.top_up_places}办理，充多少由您定。{NEVER}"


def _usable(card: CardBalance) -> bool:
    return card.state != "expired" and not card.blocked


def _money(card: CardBalance) -> int:
    return card.principal + card.bonus
