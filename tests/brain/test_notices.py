"""A notice opens a conversation: the brain says nothing, and reads what comes next against it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.brain.agent import BrainAgent
from bot.brain.tracker_store import BrainTrackerStore
from bot.brain.turn_log import TurnLog
from tests.brain.actions import CODE, NUMBER, Actions, Call, Reply, follow_up, reply, slot
from tests.brain.conftest import Take, texts, use_store

TRIGGERS = [
    "complaint_ack",
    "sla_breach",
    "complaint_progress",
    "appeal_right",
    "points_expiring",
    "card_expiring",
    "card_hall_window",
    "balance_low",
    "abnormal_charge",
    "maintenance_due",
    "quote_change",
    "eta_change",
    "reorder_due",
    "win_back",
    "birthday_7d",
    "season_care",
    "survey",
    "referral_ask",
]


@pytest.fixture(autouse=True)
def notices(actions: Actions) -> None:
    """The slots of a notice as our actions set them; an action in a task asks, and is told of by its name."""

    def opened(call: Call) -> Reply:
        asks = call["tracker"]["latest_message"]["intent"]["name"] in ("EXTERNAL_win_back", "EXTERNAL_survey")
        slots = [slot("notice_known", True), slot("notice_waits", True), slot("notice_asks", asks or None)]
        return reply(events=[slot("notice", [{}]), *slots])

    def answered(name: str) -> Callable[[Call], Reply]:
        return lambda _: reply(name, events=[slot("notice_waits", None), slot("notice_asks", None)])

    def asked(question: str) -> Callable[[Call], Reply]:
        return lambda call: reply() if _after_a_notice(call) else reply(question)

    actions.also["action_notice"] = opened
    for name in ("yes", "no", "words", "later", "stop"):
        actions.also[f"action_notice_{name}"] = answered(name)
    actions.also["action_redeem_points"] = lambda _: reply(
        events=[slot("task", {"name": "redeem_points"}), follow_up("task_form")]
    )
    for name, question in (("step", "哪一样？"), ("code", "验证码？"), ("identity_number", "号码？")):
        actions.also[f"action_ask_{name}"] = asked(question)
    actions.also["action_leave_task"] = lambda _: reply(events=[slot("task", None)])


def _after_a_notice(call: Call) -> bool:
    done = [event.get("name") for event in call["tracker"]["events"] if event["event"] == "action"]
    return "action_notice" in done[-2:]


@pytest.mark.parametrize("trigger", TRIGGERS)
async def test_a_notice_is_remembered_and_nothing_is_said(take: Take, trigger: str) -> None:
    """The text stands in the conversation already; 好的 is then meant for it."""
    answer = await take("c", f"/EXTERNAL_{trigger}")
    assert (answer["actions"], answer["messages"]) == (["action_notice"], [])
    assert texts(await take("c", "好的")) == ["yes"]


@pytest.mark.parametrize(
    ("said", "action"),
    [
        ("好的", "action_notice_yes"),
        ("行，弄吧", "action_notice_yes"),
        ("不用了", "action_notice_no"),
        ("算了", "action_notice_no"),
        ("晚点再说", "action_notice_later"),
        ("明天上午再提醒我", "action_notice_later"),
        ("别再发了", "action_notice_stop"),
        ("TD", "action_notice_stop"),
        ("刚才说的那个是怎么回事", "action_ask_notice"),
        ("/care_yes", "action_notice_yes"),
        ("/care_later", "action_notice_later"),
        ("/care_stop", "action_notice_stop"),
    ],
)
async def test_each_kind_of_answer_has_its_way(take: Take, said: str, action: str) -> None:
    """In the customer's words, and by the buttons."""
    await take("c", "/EXTERNAL_points_expiring")
    assert (await take("c", said))["actions"] == [action]


async def test_the_wish_itself_begins_its_task(take: Take) -> None:
    """好，帮我兑换 is more than a yes."""
    await take("c", "/EXTERNAL_points_expiring")
    answer = await take("c", "好，帮我兑换")
    assert answer["actions"] == ["action_redeem_points", "task_form"]
    assert texts(answer) == ["哪一样？"]


async def test_without_a_notice_the_same_words_mean_what_they_always_did(take: Take) -> None:
    """And once a notice has its yes, the next yes is meant for nothing in particular."""
    assert (await take("c", "好的"))["actions"] == ["utter_affirm"]
    assert (await take("c", "晚点再说"))["actions"] == ["utter_snooze"]
    await take("c", "/EXTERNAL_points_expiring")
    await take("c", "好的")
    assert (await take("c", "好的"))["actions"] == ["utter_affirm"]
    assert (await take("c", "明天再提醒我"))["actions"] == ["action_notice_later"]


@pytest.mark.parametrize("said", ["价格太贵了", "/nlu_fallback", "/out_of_scope"])
async def test_any_words_answer_a_notice_that_asks(take: Take, said: str) -> None:
    """Only until they are there; and only if it asked."""
    await take("c", "/EXTERNAL_win_back")
    assert (await take("c", said))["actions"] == ["action_notice_words"]
    assert (await take("c", "/nlu_fallback"))["actions"] == ["utter_clarify"]
    await take("d", "/EXTERNAL_points_expiring")
    assert (await take("d", "/nlu_fallback"))["actions"] == ["utter_clarify"]


async def test_another_question_is_simply_answered(take: Take, actions: Actions) -> None:
    """And thanks do not end the wait for a yes."""
    actions.verified.add("c")
    await take("c", "/EXTERNAL_card_expiring")
    assert (await take("c", "我有多少积分"))["actions"] == ["action_points"]
    assert (await take("c", "谢谢"))["actions"] == ["utter_thank"]
    assert (await take("c", "刚才说的那个怎么弄"))["actions"] == ["action_ask_notice"]


async def test_a_yes_to_an_offered_person_is_no_yes_to_the_notice(take: Take) -> None:
    """What was said last counts."""
    await take("c", "/EXTERNAL_points_expiring")
    await take("c", "/nlu_fallback")
    await take("c", "/nlu_fallback")
    assert (await take("c", "/affirm"))["actions"] == ["action_request_human"]


async def test_a_notice_in_the_middle_of_a_proof_disturbs_nothing(take: Take) -> None:
    """The form waits for its answer as before."""
    await take("c", "/ask_points")
    answer = await take("c", "/EXTERNAL_complaint_progress")
    assert answer["actions"][0] == "action_notice"
    assert answer["messages"] == []
    assert texts(await take("c", NUMBER)) == ["验证码？"]
    assert texts(await take("c", CODE)) == ["这是 action_points 的答案"]


async def test_a_notice_in_the_middle_of_a_task_disturbs_nothing(take: Take, actions: Actions) -> None:
    """The task goes on with the next answer."""
    await take("c", "/redeem_points")
    answer = await take("c", "/EXTERNAL_complaint_progress")
    assert answer["actions"][0] == "action_notice"
    assert answer["messages"] == []
    actions.also["validate_task_form"] = lambda _: reply(events=[slot("task", {"name": "redeem_points"})])
    answer = await take("c", "好的")
    assert (answer["actions"], texts(answer)) == (["task_form"], ["哪一样？"])


@pytest.mark.parametrize("said", ["晚点再说", "/care_later"])
async def test_putting_it_off_leaves_what_it_began(take: Take, said: str) -> None:
    """Asked for a number, or in the task: later means later."""
    await take("c", "/EXTERNAL_points_expiring")
    await take("c", "/redeem_points")
    answer = await take("c", said)
    assert answer["actions"] == ["action_leave_task", "action_notice_later"]
    await take("d", "/EXTERNAL_points_expiring")
    await take("d", "/ask_points")
    answer = await take("d", said)
    assert answer["actions"][-1] == "action_notice_later"
    assert (await take("d", "谢谢"))["actions"] == ["utter_thank"]


@pytest.mark.parametrize("said", ["别再发了", "/care_stop"])
async def test_refusing_leaves_what_it_began_and_nothing_more_is_asked(take: Take, said: str) -> None:
    """One sentence, no question after it."""
    for conversation, wish in (("c", "/redeem_points"), ("d", "/ask_points")):
        await take(conversation, "/EXTERNAL_points_expiring")
        await take(conversation, wish)
        answer = await take(conversation, said)
        assert texts(answer) == ["stop"]
        assert (await take(conversation, "谢谢"))["actions"] == ["utter_thank"]


async def test_a_restart_and_a_long_talk_between_are_not_noticed(
    take: Take, agent: BrainAgent, log: TurnLog
) -> None:
    """The notice stands in the slots, which the window keeps."""
    await take("c", "/EXTERNAL_points_expiring")
    for turn in range(150):
        await take("c", ("/thank", "/greet", "/chitchat", "/help")[turn % 4])
    use_store(agent, BrainTrackerStore(log=log))
    assert texts(await take("c", "好的")) == ["yes"]
    use_store(agent, BrainTrackerStore(log=log))
    assert texts(await take("c", "明天上午再提醒我")) == ["later"]
