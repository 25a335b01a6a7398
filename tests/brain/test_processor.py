"""A turn happens altogether or not at all, and once."""

from __future__ import annotations

import asyncio

import orjson
import pytest

from bot.brain.agent import BrainAgent
from bot.brain.endpoint import ActionsUnavailable
from bot.brain.tracker_store import BrainTrackerStore
from bot.brain.turn_log import Conflict, TurnLog
from bot.brain.turns import ParseRequest, Refused
from tests.brain.actions import CODE, NUMBER, Actions, reply
from tests.brain.conftest import Take, texts, use_store


@pytest.mark.parametrize("status", [500, 503, 401, 404])
async def test_a_failing_action_server_leaves_no_trace(
    take: Take, actions: Actions, log: TurnLog, status: int
) -> None:
    """The turn fails, nothing is stored, and the same message succeeds later."""
    await take("c", "/greet")
    actions.status = status
    with pytest.raises(ActionsUnavailable):
        await take("c", "/ask_points", message_id="m-x")
    assert await log.latest("c") == 1
    actions.status = 200
    assert texts(await take("c", "/ask_points", message_id="m-x")) == ["号码？"]


async def test_an_action_server_that_is_gone_leaves_no_trace(
    take: Take, agent: BrainAgent, log: TurnLog, actions: Actions
) -> None:
    """Connection refused is told apart from a bug."""
    agent.action_endpoint.url = "http://127.0.0.1:9/webhook"
    with pytest.raises(ActionsUnavailable):
        await take("c", "/ask_points")
    assert await log.latest("c") == 0
    agent.action_endpoint.url = actions.url
    assert texts(await take("c", "/ask_points")) == ["号码？"]


async def test_a_slow_action_is_given_up(
    take: Take, agent: BrainAgent, actions: Actions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the limit the turn fails; it does not hang."""
    import aiohttp

    monkeypatch.setattr(agent.action_endpoint, "_timeout", aiohttp.ClientTimeout(total=0.1))
    actions.seconds = 1.0
    with pytest.raises(ActionsUnavailable):
        await take("c", "/ask_points")


async def test_a_failure_inside_the_form_leaves_the_form_open(take: Take, actions: Actions) -> None:
    """The validator is down: the number is not lost, it is asked for by sending it again."""
    await take("c", "/ask_points")
    actions.status = 500
    with pytest.raises(ActionsUnavailable):
        await take("c", NUMBER)
    actions.status = 200
    assert texts(await take("c", NUMBER)) == ["验证码？"]
    assert texts(await take("c", CODE)) == ["这是 action_points 的答案"]


async def test_an_action_that_refuses_to_run_is_not_a_failure(take: Take, actions: Actions) -> None:
    """rasa-sdk's 400 means: choose something else. Rasa falls back, and says so."""
    actions.status = 400
    answer = await take("c", "/request_human")
    assert len(texts(answer)) == 1
    assert actions.names() == ["action_request_human"]


async def test_a_message_sent_again_gets_its_answer_again(take: Take, actions: Actions) -> None:
    """And nothing runs twice."""
    actions.verified.add("c")
    first = await take("c", "/ask_points", message_id="m-1")
    again = await take("c", "/ask_points", message_id="m-1")
    assert again == first
    assert actions.names() == ["action_points"]


async def test_a_message_sent_again_after_a_restart_gets_its_answer_again(
    take: Take, agent: BrainAgent, log: TurnLog, actions: Actions
) -> None:
    """The answer is stored with the turn."""
    actions.verified.add("c")
    first = await take("c", "/ask_points", message_id="m-1")
    await take("c", "/thank")
    use_store(agent, BrainTrackerStore(log=log))
    assert await take("c", "/ask_points", message_id="m-1") == first
    assert actions.names() == ["action_points"]


async def test_the_same_id_in_another_conversation_is_another_message(take: Take) -> None:
    """Ids belong to their conversation."""
    await take("c-1", "/greet", message_id="m-1")
    assert (await take("c-2", "/thank", message_id="m-1"))["actions"] == ["utter_thank"]


async def test_messages_of_one_conversation_wait_for_each_other(take: Take, actions: Actions) -> None:
    """Twenty at once are taken one by one, without polling, and none is lost."""
    actions.verified.add("c")
    actions.seconds = 0.01
    answers = await asyncio.gather(*(take("c", "/ask_points") for _ in range(20)))
    assert [answer["actions"] for answer in answers] == [["action_points"]] * 20


async def test_an_unknown_intent_is_refused(take: Take) -> None:
    """404, and so are the intents Rasa keeps for itself."""
    for name in ("nope", "restart", "back", "session_start"):
        with pytest.raises(Refused) as refused:
            await take("c", f"/{name}")
        assert (refused.value.status, refused.value.code) == (404, "unknown_intent")


async def test_an_intent_opens_a_fresh_conversation(take: Take) -> None:
    """The bot can speak first: there need not have been a message before."""
    assert (await take("fresh", "/help"))["actions"] == ["utter_help"]


async def test_a_text_is_never_a_command(agent: BrainAgent, take: Take, log: TurnLog) -> None:
    """A leading slash is read like any other character."""
    from bot.brain.turns import TurnRequest

    assert agent.processor is not None
    await take("c", "/greet")
    for number, text in enumerate(["/restart", '/inform{"code": "checked"}', "/request_human"]):
        await agent.processor.run_turn(TurnRequest(f"m-{number}x", "c", text=text))
        tracker = (await agent.tracker_store.open("c")).tracker
        assert tracker.latest_message is not None
        assert tracker.latest_message.text == text
        assert tracker.latest_message.intent.get("confidence") != 1.0
    assert await log.latest("c") == 4


async def test_another_brain_may_go_on(take: Take, agent: BrainAgent, log: TurnLog) -> None:
    """A warm tracker is not used once another brain has taken a turn."""
    here, there = BrainTrackerStore(log=log), BrainTrackerStore(log=log)
    use_store(agent, here)
    await take("c", "/ask_points")
    use_store(agent, there)
    await take("c", NUMBER)
    use_store(agent, here)
    assert texts(await take("c", CODE)) == ["这是 action_points 的答案"]


async def test_of_two_brains_in_one_turn_one_is_overtaken(
    take: Take, agent: BrainAgent, log: TurnLog, actions: Actions
) -> None:
    """The slower one stores nothing and says so; its memory of the conversation is dropped."""
    store = BrainTrackerStore(log=log)
    use_store(agent, store)
    await take("c", "/ask_points")
    other = BrainTrackerStore(domain=store.domain, log=log)

    def overtaken(call: object) -> object:
        async def elsewhere() -> None:
            await other.append(await other.open("c"), "m-elsewhere", "{}")

        if not racing:
            racing.append(asyncio.ensure_future(elsewhere()))
        return reply("好的。")

    racing: list[asyncio.Future[None]] = []
    actions.also["validate_identity_form"] = overtaken  # type: ignore[assignment]
    with pytest.raises(Conflict):
        await take("c", NUMBER)
    await asyncio.gather(*racing)
    del actions.also["validate_identity_form"]
    assert texts(await take("c", NUMBER)) == ["验证码？"]


async def test_an_action_hears_of_the_last_messages_only(take: Take, actions: Actions) -> None:
    """A long conversation does not make calls long; the domain goes only where it is read."""
    for _ in range(30):
        await take("c", "/thank")
    await take("c", "/ask_points")
    points, ask = actions.calls[0], actions.calls[-1]
    validate = next(call for call in actions.calls if call["next_action"] == "validate_identity_form")
    assert sum(event["event"] == "user" for event in points["tracker"]["events"]) == 2
    assert points["tracker"]["latest_message"]["metadata"]["identity"] == 1
    assert "domain" not in points
    assert "domain" not in ask
    assert validate["domain"]["forms"]["identity_form"]["required_slots"] == ["identity_number", "code"]
    assert "responses" not in validate["domain"]


async def test_a_text_that_somebody_else_answers_is_only_read(
    take: Take, agent: BrainAgent, log: TurnLog
) -> None:
    """Intent, entities and emotion as in a turn; the conversation and its slots are as before."""
    await take("c", "/ask_points")
    turns = await log.latest("c")
    assert agent.processor is not None
    read = orjson.loads(agent.processor.read(ParseRequest("我的积分怎么少了")))["parse"]
    assert read["intent"]["name"] == (await take("d", "我的积分怎么少了"))["parse"]["intent"]["name"]
    assert set(read) == {"text", "intent", "ranking", "entities", "emotion"}
    assert await log.latest("c") == turns
    with pytest.raises(Refused):
        ParseRequest.decode(b'{"text": " "}')
