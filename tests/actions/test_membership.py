"""Levels: what they are is told to everybody, which one somebody has only to them."""

from __future__ import annotations

import pytest

from bot.store.customers.models import Tier
from bot.store.tiers.models import TierBenefit
from tests.actions.conftest import Customer


@pytest.fixture
async def levels(visitor: Customer) -> None:
    """Two everybody can reach, and one that only a contract brings."""
    async with visitor.runtime.database.write() as session:
        for rank, (code, name, threshold, key) in enumerate(
            (("a", "蓝卡", 0, False), ("b", "紫卡", 2_000, False), ("k", "大客户", 0, True)), 10
        ):
            session.add(Tier(code=code, name=name, rank=rank, threshold=threshold, key_account=key))
        await session.flush()
        session.add(TierBenefit(tier_code="b", code="ship", name="免费送货"))


@pytest.mark.parametrize("said", ["会员有什么好处", "紫卡要多少积分", "会员到底有啥用", "都有哪些等级"])
async def test_what_the_levels_are_is_told_to_strangers(visitor: Customer, levels: None, said: str) -> None:
    """Without asking who they are, and without what only a contract brings."""
    await visitor.call("action_membership", said, "ask_membership")
    text = visitor.said[0]["text"]
    assert "蓝卡：积分照常累计" in text
    assert "紫卡（满 2,000 积分）：免费送货" in text
    assert "大客户" not in text
    assert visitor.followup is None


@pytest.mark.parametrize("said", ["我现在是什么等级", "/ask_membership", "还差多少升级"])
async def test_who_asks_about_themselves_proves_who_they_are(
    visitor: Customer, levels: None, said: str
) -> None:
    """Their own level is personal, also when a button asks."""
    await visitor.call("action_membership", said, "ask_membership")
    assert visitor.said == []
    assert visitor.followup == "identity_form"


async def test_a_day_that_is_not_known_is_not_made_up(visitor: Customer) -> None:
    """会员日 is the company's to announce."""
    await visitor.call("action_membership", "会员日是哪天", "ask_membership")
    assert "不想说错" in visitor.said[0]["text"]
    assert visitor.followup is None
