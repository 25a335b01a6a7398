"""Whether somebody is genuine: from the register, with its date, for anybody who asks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.kit.clock import local_date
from bot.store.dealers.service import NewDealer, publish_register
from tests.actions.conftest import Customer, prove
from tests.actions.talk import Talk


@pytest.fixture
async def talk(visitor: Customer) -> Talk:
    """A register of yesterday: one agent is valid, one is no longer."""
    now = visitor.clock()
    today = local_date(now)
    since, until = today - timedelta(days=90), today + timedelta(days=90)
    dealers = [
        NewDealer("DL1", "鼎盛科技", since, until, "上海"),
        NewDealer("DL2", "旧日商贸", since, today - timedelta(days=3)),
        NewDealer("DL3", "黑名单公司", since, until, state="revoked"),
    ]
    async with visitor.runtime.database.write() as session:
        await publish_register(session, today - timedelta(days=1), "test", dealers, now)
    return Talk(visitor)


async def test_a_valid_agent_with_the_date_of_the_register(talk: Talk) -> None:
    """Nobody has to prove who they are for this; the answer says how old it is."""
    said = await talk.begin("action_verify_agent", "帮我查一下鼎盛科技是不是真的")
    assert "鼎盛科技（DL1，上海）：在册，授权有效" in said
    assert "11月21日的名录" in said
    assert not talk.asked


@pytest.mark.parametrize(("name", "standing"), [("旧日商贸", "已经过期"), ("黑名单公司", "已被撤销")])
async def test_an_invalid_one_comes_with_a_warning(talk: Talk, name: str, standing: str) -> None:
    """Expired or revoked: do not pay."""
    said = await talk.begin("action_verify_agent", name)
    assert standing in said
    assert "不要付款" in said


async def test_who_is_called_something_is_looked_up_at_once(talk: Talk) -> None:
    """你们有个叫张伟的代理商是真的吗 says whom it is about; nobody asks again."""
    said = await talk.begin("action_verify_agent", "你们有个叫张伟的代理商是真的吗")
    assert "名录里没有“张伟”" in said
    assert not talk.asked


async def test_an_unknown_name_is_not_vouched_for(talk: Talk) -> None:
    """Asked first, as the first message named nobody in the register."""
    assert "您想核实谁" in await talk.begin("action_verify_agent", "这人是你们的代理吗")
    said = await talk.say("张三丰商行", "out_of_scope", sure=0.3)
    assert "名录里没有“张三丰商行”" in said
    assert "不要付款" in said


async def test_a_personal_question_in_between_does_not_lose_the_task(talk: Talk) -> None:
    """The balance needs a proof; after it the balance is told and the task goes on."""
    await talk.begin("action_verify_agent", "这人是你们的代理吗")
    await talk.say("卡里还有多少钱", "ask_balance")
    assert talk.passed_on
    await talk.customer.call("action_balance", "卡里还有多少钱", "ask_balance")
    assert talk.customer.followup == "identity_form"
    await prove(talk.customer)
    said = await talk.resume()
    assert "还没有储值卡" in said
    assert "您想核实谁" in said


async def test_who_asks_for_a_code_is_warned_about_at_once(talk: Talk) -> None:
    """A code, a password, a transfer: the warning does not wait for a name."""
    said = await talk.begin("action_verify_agent", "刚才打电话让我报验证码的是你们吗")
    assert "不会打电话或发消息向您要验证码" in said
    assert "110" in said
    assert not talk.asked
