"""Money on cards: principal, bonus, validity."""

from __future__ import annotations

import re

from sqlalchemy.ext.asyncio import AsyncSession

from actions.base import Call, Events
from actions.company import SourcedAction
from actions.say import day, yuan
from actions.transfer import movable, partners
from bot.kit.clock import local_date
from bot.kit.ids import CustomerId
from bot.store.cards.reads import Balance, CardBalance

WHICH_ENDS = re.compile(r"(哪|那)(一)?张.{0,4}(到期|过期)|(最先|最早|快要?|就要|先)(到|过)期的?")
CARDS = {"查余额": "/ask_balance", "查积分": "/ask_points"}


class BalanceByCard(SourcedAction):
    """What is on each card, and until when."""

    topic = "balance"
    intent = "ask_balance"
    title = "查余额"

    async def tell(self, call: Call, session: AsyncSession, customer: CustomerId) -> Events:
        balance = await call.runtime.source.balance(session, customer, call.now)
        if not (WHICH_ENDS.search(call.text) and _say_first_to_end(balance, call)):
            _say_all(balance, call)
        return []

    async def tell_expiring(self, call: Call, session: AsyncSession, customer: CustomerId) -> Events:
        """Which card ends first, for who has just seen them all."""
        balance = await call.runtime.source.balance(session, customer, call.now)
        if not _say_first_to_end(balance, call):
            _say_all(balance, call)
        return []


def _say_all(balance: Balance, call: Call) -> None:
    if not balance.cards:
        call.say("您名下还没有储值卡。", buttons={"查积分": "/ask_points"})
        return
    call.say(
        _sentence(balance, call),
        card="balance",
        data=balance.as_card(),
        buttons={"查积分": "/ask_points", "投诉进度": "/ask_complaint_status"},
    )


def _say_first_to_end(balance: Balance, call: Call) -> bool:
    """Of the cards with money on them; whether there is one that ends."""
    today = local_date(call.now, call.time_zone)
    ending = [
        (card.valid_until, card)
        for card in balance.cards
        if card.valid_until is not None and card.state != "expired" and card.principal + card.bonus
    ]
    if not ending:
        return False
    until, card = min(ending, key=lambda each: each[0])
    may_move = movable(card) and bool(partners(card, balance.cards))
    call.say(
        f"最早到期的是{card.type}（尾号 {card.number[-4:]}），{day(until, today)}到期，"
        f"里面有 {yuan(card.principal + card.bonus)}。"
        f"{'到期前可以转到您另一张同类卡上。' if may_move else ''}",
        buttons={"转余额": "/transfer_balance", **CARDS} if may_move else CARDS,
    )
    return True


def _sentence(balance: Balance, call: Call) -> str:
    spendable = f"您的卡里一共可用 {yuan(balance.total)}。"
    lines = [_line(card, call) for card in balance.cards]
    held = f"另有 {yuan(balance.held)}由我们替您保管。" if balance.held else ""
    return spendable + held + "\n" + "\n".join(lines)


def _line(card: CardBalance, call: Call) -> str:
    today = local_date(call.now, call.time_zone)
    amount = f"本金 {yuan(card.principal)}"
    if card.bonus:
        amount += f"，赠送 {yuan(card.bonus)}"
    if card.blocked:
        state = "已挂失，暂停使用"
    elif card.valid_until is None:
        state = "长期有效"
    elif card.state != "expired":
        state = f"有效期到{day(card.valid_until, today)}"
    else:
        state = f"已于{day(card.valid_until, today)}到期"
        if card.hall_until and card.hall_until >= today and card.principal + card.bonus:
            state += f"，{day(card.hall_until, today)}前可带证件到营业厅办理转存"
    return f"{card.type}（尾号 {card.number[-4:]}）：{amount}，{state}"
