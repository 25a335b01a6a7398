"""Move money between two of the customer's own cards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.desk.operations.kinds import CannotBe, Deed, Field, Prepared, number_of, text_of, yuan
from bot.desk.operations.models import OperationKind
from bot.kit.errors import BadInput, NotFound
from bot.kit.ids import CardId
from bot.store.cards.reads import CardBalance, balance_by_card
from bot.store.cards.service import CardNotValid
from bot.store.cards.transfers import NotTransferable, Transferred, transfer
from bot.store.ledger.errors import TooLittle
from bot.store.requests.service import Note


class Transfer:
    """From which card, to which, how much; the customer confirms it to the fen."""

    code: OperationKind = "transfer"
    title = "转余额"
    needs_customer = True

    async def fields(self, deed: Deed) -> list[Field]:
        """See Kind.fields."""
        cards = await self._cards(deed)
        types = [card.type for card in cards]
        usable = [card for card in cards if types.count(card.type) > 1]
        sources = [card for card in usable if card.principal + card.bonus > 0]
        if not sources:
            raise CannotBe("余额只能在客户自己的两张同类有效卡之间转，现在没有这样的两张卡。")
        return [
            Field("from", "card", "从哪张卡转出", [_option(card) for card in sources]),
            Field("to", "card", "转到哪张卡", [_option(card) for card in usable]),
            Field("amount", "money", "转多少（元）"),
        ]

    async def prepare(self, deed: Deed, params: Mapping[str, Any]) -> Prepared:
        """See Kind.prepare; the store itself says whether it would be done."""
        cards = {str(card.card_id): card for card in await self._cards(deed)}
        source, target = (cards.get(text_of(params, name, most=20)) for name in ("from", "to"))
        if source is None or target is None:
            raise CannotBe("这张卡现在不能转。")
        if source.card_id == target.card_id:
            raise BadInput("转出和转入不能是同一张卡。")
        kept = {
            "from": source.card_id,
            "to": target.card_id,
            "amount": number_of(params, "amount"),
        }
        async with deed.session.begin_nested() as point:
            moved = await self._move(deed, kept)
            await point.rollback()
        where = f"从尾号 {source.number[-4:]} 转 {yuan(kept['amount'])}到尾号 {target.number[-4:]}"
        return Prepared(where, f"{where}{_parts(moved)}。", kept)

    async def carry_out(self, deed: Deed, params: Mapping[str, Any]) -> str:
        """See Kind.carry_out."""
        moved = await self._move(deed, params)
        return f"转好了，{yuan(moved.principal + moved.bonus)}已经到账{_parts(moved)}。"

    async def _move(self, deed: Deed, params: Mapping[str, Any]) -> Transferred:
        note = Note(deed.key, deed.now, f"agent:{deed.person.name}", "客服代为转余额，客户已确认")
        source, target = CardId(params["from"]), CardId(params["to"])
        try:
            return await transfer(deed.session, deed.customer, source, target, params["amount"], note)
        except TooLittle as error:
            raise CannotBe("这张卡里的钱不够转，钱没有动。") from error
        except (CardNotValid, NotTransferable, NotFound) as error:
            raise CannotBe("这两张卡现在不能互转，钱没有动。") from error

    async def _cards(self, deed: Deed) -> list[CardBalance]:
        cards = (await balance_by_card(deed.session, deed.customer, deed.now)).cards
        return [card for card in cards if card.transferable and not card.blocked and card.state != "expired"]


def _option(card: CardBalance) -> tuple[str, str]:
    return str(card.card_id), f"{card.type}（尾号 {card.number[-4:]}），{yuan(card.principal + card.bonus)}"


def _parts(moved: Transferred) -> str:
    """What of it is bonus: bonus stays bonus."""
    if not moved.bonus:
        return ""
    return f"（本金 {yuan(moved.principal)}，赠送 {yuan(moved.bonus)}，转过去性质不变）"
