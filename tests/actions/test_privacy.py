"""The customer's say over their data: seen, stopped, copied, corrected, erased; shown before it is done."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.kit.ids import CustomerId
from bot.store.consents.service import decision
from bot.store.customers.service import find_customer
from bot.store.privacy import queue
from bot.store.promises.service import due_promises
from tests.actions import world
from tests.actions.conftest import PHONE, Customer, prove
from tests.actions.talk import Talk


@pytest.fixture
async def talk(visitor: Customer) -> Talk:
    await prove(visitor)
    return Talk(visitor)


async def test_what_is_held_comes_with_source_and_purpose(talk: Talk) -> None:
    """Numbers are masked even for their owner."""
    said = await talk.begin("action_my_data", "你们存了我什么")
    assert "手机号：138****8000（来源：注册；用于验证身份和通知）" in said
    assert PHONE not in said


@pytest.mark.parametrize(
    ("words", "purposes"),
    [("活动广告别发了", {"marketing"}), ("所有消息都不要", {"marketing", "survey", "birthday"})],
)
async def test_messages_are_stopped_by_purpose(
    talk: Talk, customer_id: CustomerId, words: str, purposes: set[str]
) -> None:
    """Only what was named and confirmed is withdrawn; service notices go on and this is said."""
    said = await talk.begin("action_privacy_optout", words)
    assert "照常" in said
    await talk.say("确认", "affirm")
    async with talk.customer.runtime.database.read() as session:
        for purpose in ("marketing", "survey", "birthday"):
            found = await decision(session, customer_id, purpose)
            assert found == ("withdrawn" if purpose in purposes else None)


async def test_a_no_withdraws_nothing(talk: Talk, customer_id: CustomerId) -> None:
    """Consent moves only with a yes."""
    await talk.begin("action_privacy_optout", "活动广告别发了")
    assert "没有改动" in await talk.say("不用了", "deny")
    async with talk.customer.runtime.database.read() as session:
        assert await decision(session, customer_id, "marketing") is None


async def test_stop_them_all_is_a_choice_and_no_never_mind(talk: Talk) -> None:
    """都停 sounds like an end; asked which messages to stop, it names them all."""
    assert "哪一种" in await talk.begin("action_privacy_optout", "别给我发短信了")
    said = await talk.say("都停", "cancel", sure=0.47)
    assert "没有改动" not in said
    assert "确认吗" in said


async def test_another_wish_is_no_choice_that_shares_a_character(talk: Talk) -> None:
    """查积分 is not 满意度调查: the points are told first."""
    await talk.begin("action_privacy_optout", "别给我发短信了")
    assert await talk.say("查积分", "ask_points", sure=0.99) == ""
    assert talk.passed_on


@pytest.mark.parametrize("words", ["导出我的数据", "我的名字登错了，要改"])
async def test_a_copy_and_a_correction_are_promised_with_a_date(
    talk: Talk, customer_id: CustomerId, words: str
) -> None:
    """A person does it within thirty days; the promise is in the store."""
    said = await talk.begin("action_my_data", words)
    if "哪一项要改" in said:
        said = await talk.say("王小明改成王晓明")
    assert "30 天内" in said
    assert "12月22日" in await talk.say("好", "affirm")
    async with talk.customer.runtime.database.read() as session:
        assert len(await due_promises(session, customer_id, talk.customer.clock())) == 1


async def test_money_is_paid_back_before_an_account_is_closed(talk: Talk, customer_id: CustomerId) -> None:
    """Nothing of the customer's is lost by closing."""
    await world.card(talk.customer, customer_id, "6222000000008821", 12_000)
    assert "还有 120 元" in await talk.begin("action_privacy_optout", "我要注销账号")
    assert not talk.asked


async def test_an_account_is_closed_with_its_consequences_shown(talk: Talk, customer_id: CustomerId) -> None:
    """Points lapse, the law keeps the ledger, and only a yes does it."""
    await world.points(talk.customer, customer_id, 700)
    said = await talk.begin("action_privacy_optout", "我要注销账号")
    assert "不能恢复" in said
    assert "700 积分会作废" in said
    assert "法律要求保留" in said
    done = await talk.press("确定注销")
    assert "已经注销" in done
    assert "聊天记录" in done
    now = talk.customer.clock()
    async with talk.customer.runtime.database.read() as session:
        assert await find_customer(session, PHONE) is None
        assert await queue.due(session, now) == []
        assert await queue.due(session, now + timedelta(minutes=2)) == [customer_id]


async def test_an_unconfirmed_closing_closes_nothing(talk: Talk) -> None:
    """A question in between, a no, a never mind: the account is there."""
    await talk.begin("action_privacy_optout", "我要注销账号")
    await talk.say("算了", "cancel")
    async with talk.customer.runtime.database.read() as session:
        assert await find_customer(session, PHONE) is not None
