"""Money from one of the customer's own cards to another of the same type."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import date

from actions.base import Call, Events
from actions.company import stop_where_the_company_keeps
from actions.say import day, yuan
from actions.tasks.heard import Heard, Narrow, Option
from actions.tasks.script import ALL, Again, Script, Stop
from actions.tasks.task import Task
from bot.kit.clock import local_date
from bot.store.cards.reads import CardBalance, balance_by_card
from bot.store.cards.service import CardNotValid
from bot.store.cards.transfers import NotTransferable, Transferred, transfer
from bot.store.ledger.errors import TooLittle

ROLES = re.compile(
    "(?P<to>转到|转去|转给(?!我)|转入|转进|(?<![快要先收看拿])到(?![期时账底了])|(?<!转)给(?![我俺咱])|往(?!外)|进(?!去))"
    "|(?P<source>从|把|将|由)"
)
OUT_OF = re.compile("的钱|里的|里面的|上的|转出|转走|转回|出来|[0-9]{4}.{0,6}转")
"""Of the card that is named, in a text that says neither from nor to."""
SOONEST = re.compile("到期|过期|快到|要到|先到")
MOST, LEAST = re.compile("多的|最多|大的|多一点"), re.compile("少的|最少|小的|少一点")
TO_OTHERS = re.compile(
    r"(转|给|送).{0,5}(别人|他人|旁人|朋友|亲戚|家人|老公|老婆|孩子|儿子|女儿|同事|爸|妈|对象)"
)
ONLY_OWN = "余额只能在您自己名下的同类卡之间转，不能转给别人的卡。"
BALANCE = {"查余额": "/ask_balance", "转人工": "/request_human"}


class TransferBalance(Task):
    """From which card, to which, how much; shown to the fen before it is done."""

    topic = "transfer_balance"
    intent = "transfer_balance"
    title = "转余额"
    left = "好的，先不转了，卡里的钱没有动。"

    told = (
        (re.compile("到账|啥时候到|什么时候到|多久到|立刻|马上|多久"), "确认以后马上就到那张卡里。"),
        (re.compile("手续费|收费|要钱|扣钱"), "自己的卡之间转，转多少到多少，不扣手续费。"),
        (re.compile("怎么转|咋转|如何转"), "不用您操作，您同意了我就从第一张卡转到第二张。"),
    )

    async def answer(self, call: Call) -> Events:
        """That money stays with who owns it is said before anybody proves or chooses anything."""
        if TO_OTHERS.search(call.text):
            call.say(ONLY_OWN, buttons={"转到自己的卡": "/transfer_balance", **BALANCE})
            return []
        return await super().answer(call)

    async def script(self, s: Script) -> None:
        stop_where_the_company_keeps(s, "您的卡和余额")
        cards = (await balance_by_card(s.session, s.customer, s.now)).cards
        sources = [card for card in cards if movable(card) and partners(card, cards)]
        if not sources:
            raise Stop(_why_not(s, cards), BALANCE)
        _take_amount_told_early(s)
        _take_target_told_early(s, cards)
        told = s.state.values.get("to")
        sources = [card for card in sources if card.card_id != told or "from" in s.state.values] or sources
        source = _card(s, "from", "从哪张卡转出？", sources, _before_to)
        targets = partners(source, cards)
        target = _card(s, "to", "转到哪张卡？", targets, _after_to)
        most = source.principal + source.bonus
        amount = s.money(
            "amount",
            f"要转多少？尾号 {source.number[-4:]} 里有 {yuan(most)}。",
            most=most,
            too_many=f"这张卡里只有 {yuan(most)}，转不了那么多。",
            buttons={"全部": ALL},
        )

        def moving() -> Awaitable[Transferred]:
            return transfer(
                s.session, s.customer, source.card_id, target.card_id, amount, s.note("自助转余额")
            )

        try:
            preview = await s.preview(moving())
            s.confirm(
                f"确认一下：从尾号 {source.number[-4:]} 转 {yuan(amount)}到尾号 {target.number[-4:]}"
                f"{_parts(preview)}。转完尾号 {source.number[-4:]} 还剩 {yuan(most - amount)}。"
                f"{_ends_sooner(source, target, local_date(s.now, s.call.time_zone))}",
                "确认转",
            )
            moved = await moving()
        except TooLittle:
            raise Again("这张卡里的钱刚刚有变化，不够转了，钱没有动。", "amount") from None
        except (CardNotValid, NotTransferable):
            raise Stop("这两张卡现在不能互转，钱没有动。要不要请同事看一下？", BALANCE) from None
        s.say(
            f"转好了："
            f"{yuan(moved.principal + moved.bonus)}已到尾号 {target.number[-4:]} 的卡里{_parts(moved)}。"
            f"现在尾号 {target.number[-4:]} 有 {yuan(target.principal + target.bonus + amount)}。",
            {"查余额": "/ask_balance", "再转一笔": "/transfer_balance"},
        )


def _card(
    s: Script, name: str, ask: str, cards: list[CardBalance], part: Callable[[str], str]
) -> CardBalance:
    options = [
        Option(
            card.card_id,
            f"{card.type}（尾号 {card.number[-4:]}），{yuan(card.principal + card.bonus)}",
            f"尾号 {card.number[-4:]}",
            (card.number[-4:], card.number),
        )
        for card in cards
    ]
    chosen = s.choose(
        name,
        ask,
        options,
        part=part,
        narrow=_described(cards, part, alone=name in ("from", s.state.asked)),
        gone="这张卡现在不能用了，您换一张。",
    )
    return next(card for card in cards if card.card_id == chosen.value)


def _take_amount_told_early(s: Script) -> None:
    """转 50 块, while the cards are still to be chosen, is kept."""
    fen = s.heard.fen() if s.heard is not None else None
    if fen is None or "amount" in s.state.values:
        return
    s.given("amount", fen)
    if s.state.asked in ("from", "to"):
        s.lead(f"好的，转 {yuan(fen)}。")


def _take_target_told_early(s: Script, cards: tuple[CardBalance, ...]) -> None:
    """转 50 块到尾号 6612, before anybody asked: kept while the card that gives is chosen."""
    if s.heard is None or s.state.asked is not None or not ROLES.search(s.heard.text):
        return
    target = _after_to(s.heard.text)
    named = [card for card in cards if card.number[-4:] in target]
    if len(named) == 1:
        s.given("to", named[0].card_id)


def _described(cards: list[CardBalance], part: Callable[[str], str], *, alone: bool) -> Narrow:
    """快到期的那张, 钱多的那张: what the customer sees of the cards tells them apart, too.

    `alone`: a description without "from" and "to" around it is of this card.
    """

    def narrow(heard: Heard) -> list[str | int] | None:
        text = part(heard.text) if alone or ROLES.search(heard.text) else ""
        dated = [card for card in cards if card.valid_until is not None]
        if SOONEST.search(text) and dated:
            return [min(dated, key=lambda card: card.valid_until or date.max).card_id]
        if MOST.search(text):
            return [max(cards, key=lambda card: card.principal + card.bonus).card_id]
        if LEAST.search(text):
            return [min(cards, key=lambda card: card.principal + card.bonus).card_id]
        return None

    return narrow


def _before_to(text: str) -> str:
    """8821 of "8821的钱转到6612" and of "转到6612，从8821转"; a text that says neither may be about it."""
    return _roles(text)[0]


def _after_to(text: str) -> str:
    """6612 of "8821的钱转到6612"; "" where only the card that gives is named."""
    return _roles(text)[1]


def _roles(text: str) -> tuple[str, str]:
    """What of the text is about the card that gives, and about the one that takes."""
    marks = list(ROLES.finditer(text))
    if not marks:
        return text, "" if OUT_OF.search(text) else text
    source = text[: marks[0].start()] if marks[0].lastgroup == "to" else ""
    target = ""
    for mark, end in zip(marks, [*(each.start() for each in marks[1:]), len(text)], strict=True):
        if mark.lastgroup == "to":
            target += text[mark.end() : end]
        else:
            source += text[mark.end() : end]
    return source, target


def _ends_sooner(source: CardBalance, target: CardBalance, today: date) -> str:
    """What the money loses by it: the time in which it can be used."""
    if target.valid_until is None or (source.valid_until and source.valid_until <= target.valid_until):
        return ""
    before = f"{day(source.valid_until, today)}到期" if source.valid_until else "没有期限"
    return (
        f"\n请留意：尾号 {target.number[-4:]} {day(target.valid_until, today)}到期，"
        f"尾号 {source.number[-4:]} {before}，转过去的钱能用的时间会变短。"
    )


def _parts(moved: Transferred) -> str:
    """What of it is bonus: bonus stays bonus."""
    if not moved.bonus:
        return ""
    if not moved.principal:
        return "（都是赠送金额，转过去还是赠送金额）"
    return f"（本金 {yuan(moved.principal)}，赠送 {yuan(moved.bonus)}，转过去性质不变）"


def movable(card: CardBalance) -> bool:
    """Whether there is money on the card that its owner may move."""
    usable = card.transferable and not card.blocked and card.state != "expired"
    return usable and card.principal + card.bonus > 0


def partners(card: CardBalance, cards: tuple[CardBalance, ...]) -> list[CardBalance]:
    """The customer's other cards that may take its money: of the same type, and valid."""
    return [
        other
        for other in cards
        if (other.type, other.transferable) == (card.type, True)
        and other.card_id != card.card_id
        and not other.blocked
        and other.state != "expired"
    ]


def _why_not(s: Script, cards: tuple[CardBalance, ...]) -> str:
    today = local_date(s.now, s.call.time_zone)
    for card in cards:
        if (
            card.state == "expired"
            and card.principal + card.bonus
            and card.hall_until
            and card.hall_until >= today
        ):
            return (
                f"尾号 {card.number[-4:]} 的{card.type}已经到期，"
                f"里面的 {yuan(card.principal + card.bonus)}要在营业厅转："
                f"{day(card.hall_until, today)}前带身份证件来，可以转到您另一张同类卡上。钱都还在，您放心。"
            )
    if not any(card.principal + card.bonus for card in cards):
        return "您卡里现在没有可以转的钱。"
    return (
        "余额只能在您自己的两张同类卡之间转，您现在没有第二张同类的有效卡，所以转不了，钱都还在原来的卡里。"
    )
