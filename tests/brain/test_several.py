"""Two wishes in one message are both seen; what only looks like two is left whole."""

from __future__ import annotations

import pytest

from bot.brain.several import split
from tests.brain.actions import Actions, reply
from tests.brain.conftest import Take


@pytest.mark.parametrize(
    ("said", "wishes"),
    [
        ("我有多少积分，卡里还剩多少钱", ["ask_points", "ask_balance"]),
        ("查下积分，还有我的投诉处理得怎么样了", ["ask_points", "ask_complaint_status"]),
        ("我的订单到哪了？顺便看看有什么优惠活动", ["ask_order", "ask_promotion"]),
    ],
)
async def test_two_wishes_are_two(take: Take, actions: Actions, said: str, wishes: list[str]) -> None:
    """Both reach the action that answers both."""
    actions.also["action_several"] = lambda call: reply("两件都办了。")
    answer = await take("c", said)
    assert answer["actions"] == ["action_several"]
    parts = actions.calls[-1]["tracker"]["latest_message"]["parts"]
    assert [part["intent"]["name"] for part in parts] == wishes


@pytest.mark.parametrize(
    "said",
    [
        "你好，我有多少积分",
        "我的积分没到账，快递也没送到，我要投诉你们",
        "谢谢，再见",
        "好的，就这样，麻烦了",
        "积分，我的积分有多少",
    ],
)
async def test_one_wish_stays_one(take: Take, actions: Actions, said: str) -> None:
    """A greeting, a story, courtesies and a repetition are no second wish."""
    actions.also["action_several"] = lambda call: reply("错了。")
    for name in ("action_file_complaint", "validate_task_form"):
        actions.also[name] = lambda call: reply(
            "好。", events=[{"event": "followup", "name": "action_listen"}]
        )
    assert "action_several" not in (await take("c", said))["actions"]


def test_a_long_message_is_a_story() -> None:
    """It is not taken apart, whatever it speaks of."""
    story = "上个月我的积分少了，" * 10
    assert split(story) == [story]
