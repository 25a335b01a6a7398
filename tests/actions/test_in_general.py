"""What is the same for everybody is told to strangers; what is somebody's own only to them."""

from __future__ import annotations

import pytest

from bot.kit.ids import CustomerId
from bot.store.points.models import CatalogueItem, EarningRule
from tests.actions import world
from tests.actions.conftest import Customer, prove
from tests.actions.talk import Talk

IN_GENERAL = [
    ("action_redeem_points", "积分能换什么", "保温杯，500 积分"),
    ("action_redeem_points", "有什么东西可以换", "30元代金券，300 积分"),
    ("action_redeem_points", "保温杯要多少积分", "保温杯，500 积分"),
    ("action_points_expiry", "积分会过期吗", "每消费 1 元得 1 积分，12 个月内有效"),
    ("action_points_expiry", "积分是永久的吗", "看积分是怎么得来的"),
    ("action_points", "积分怎么攒", "积分这样攒"),
    ("action_top_up", "怎么充值", "充多少由您定"),
    ("action_referral", "推荐朋友有什么好处", "完成第一笔消费"),
    ("action_care_card", "关怀卡是什么", "下一次保养"),
    ("action_file_complaint", "投诉一般几天处理完", "24 小时内首次答复"),
    ("action_transfer_balance", "余额可以转给别人吗", "不能转给别人"),
    ("action_request_service", "上门收费吗", "您同意了才做"),
    ("action_request_service", "打印机包修吗", "不想说错"),
]
OWN = [
    ("action_redeem_points", "我的积分能换什么"),
    ("action_redeem_points", "换保温杯"),
    ("action_redeem_points", "手里这些积分能换点啥"),
    ("action_redeem_points", "/redeem_points"),
    ("action_points_expiry", "我的积分会过期吗"),
    ("action_points_expiry", "/ask_points_expiry"),
    ("action_top_up", "/top_up"),
    ("action_top_up", "好的"),
    ("action_referral", "我的推荐码"),
    ("action_care_card", "看我的关怀卡"),
    ("action_file_complaint", "三天了还没人处理，我要投诉"),
    ("action_transfer_balance", "转50到另一张卡"),
    ("action_request_service", "空调坏了"),
]


@pytest.fixture
async def offered(visitor: Customer) -> None:
    """A catalogue, and a rule by which points are earned."""
    await world.catalogue(visitor)
    async with visitor.runtime.database.write() as session:
        rule = {"code": "shop", "name": "商城购物", "per_fen": 100, "points": 1, "valid_months": 12}
        session.add(EarningRule(**rule, since=visitor.clock()))


@pytest.mark.parametrize(("action", "said", "told"), IN_GENERAL)
async def test_a_stranger_is_told_what_is_the_same_for_everybody(
    visitor: Customer, offered: None, action: str, said: str, told: str
) -> None:
    """Nobody has to say who they are for it."""
    await visitor.call(action, said, action.removeprefix("action_"))
    assert told in visitor.said[0]["text"]
    assert visitor.followup is None


@pytest.mark.parametrize(("action", "said"), OWN)
async def test_a_strangers_own_affairs_need_the_proof(
    visitor: Customer, offered: None, action: str, said: str
) -> None:
    """A word of 我, a button, a yes to a notice, or something to be done."""
    await visitor.call(action, said, said.removeprefix("/"))
    assert visitor.followup in ("identity_form", "task_form")


async def test_who_has_proved_who_they_are_hears_of_their_own(
    visitor: Customer, offered: None, customer_id: CustomerId
) -> None:
    """The same question then is about what they have."""
    await prove(visitor)
    await world.points(visitor, customer_id, 600)
    talk = Talk(visitor)
    said = await talk.begin("action_redeem_points", "积分能换什么")
    assert "您有 600 积分" in said
    assert "电热水壶" not in said
    await talk.press("算了")
    assert "您名下" in await talk.begin("action_care_card", "关怀卡是什么")


async def test_what_a_stranger_likes_in_the_catalogue_is_a_press_away(
    visitor: Customer, offered: None
) -> None:
    """The cheapest three; pressing one is saying so, and then it is asked who they are."""
    await visitor.call("action_redeem_points", "积分能换什么", "redeem_points")
    payloads = [button["payload"] for button in visitor.said[0]["buttons"]]
    assert payloads[:3] == ["换30元代金券", "换保温杯", "换精洗一次"]
    await visitor.call("action_redeem_points", payloads[1], "redeem_points")
    assert visitor.followup == "identity_form"


async def test_what_is_for_higher_levels_or_gone_is_not_shown_to_all(visitor: Customer) -> None:
    """Nor what is no longer offered."""
    async with visitor.runtime.database.write() as session:
        for code, rank, stock, offer in (
            ("all", 0, 1, True),
            ("gold", 1, None, True),
            ("gone", 0, 0, True),
            ("old", 0, None, False),
        ):
            session.add(
                CatalogueItem(
                    code=code, name=f"礼品{code}", points=100, stock=stock, tier_rank=rank, offered=offer
                )
            )
    await visitor.call("action_redeem_points", "积分能换什么", "redeem_points")
    assert [name for name in ("all", "gold", "gone", "old") if name in visitor.said[0]["text"]] == ["all"]
