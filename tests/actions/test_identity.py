"""Proving identity in the conversation: nothing personal before it, nobody learns who is a customer."""

from __future__ import annotations

import pytest
import structlog

from bot.kit.logging import set_up_logging
from tests.actions.conftest import PHONE, Customer, prove

PERSONAL = ["action_points", "action_points_expiry", "action_balance", "action_complaint_status"]


@pytest.mark.parametrize("action", PERSONAL)
async def test_a_stranger_is_told_nothing_personal(visitor: Customer, action: str) -> None:
    """An unverified visitor is led to the form, and what they asked is remembered."""
    await visitor.call(action, "我的积分", "ask_points")
    assert visitor.said == []
    assert visitor.followup == "identity_form"
    assert [each["action"] for each in visitor.slots["pending_action"]] == [action]


async def test_the_question_says_why_it_is_asked(visitor: Customer) -> None:
    """The form's first question names what the proof is for."""
    await visitor.call("action_points", "积分", "ask_points")
    await visitor.call("action_ask_identity_number")
    assert "查积分" in visitor.said[0]["text"]


@pytest.mark.parametrize("number", [PHONE, "138 0013 8000", "hm10000017", "我的号是13800138000"])
async def test_a_known_number_gets_a_code(visitor: Customer, number: str) -> None:
    """Phone or member number, as people write them."""
    visitor.slots["requested_slot"] = "identity_number"
    entities = {"phone": PHONE} if "我" in number else {}
    await visitor.answer(number, **entities)
    assert visitor.slots["identity_number"]
    assert await visitor.texts_sent() == 1


async def test_unknown_numbers_get_the_same_answer(visitor: Customer) -> None:
    """Nobody can find out by asking whose numbers we know."""
    visitor.slots["requested_slot"] = "identity_number"
    await visitor.answer("13800138000")
    known = visitor.slots["prompt"].replace("138****8000", "X")
    await visitor.answer("13900139000")
    unknown = visitor.slots["prompt"].replace("139****9000", "X")
    assert known == unknown
    assert await visitor.texts_sent() == 1


async def test_what_is_no_number_is_left_to_the_dialogue(visitor: Customer) -> None:
    """A question in the middle of the form sets no slot: the form is rejected, the question answered."""
    visitor.slots["requested_slot"] = "identity_number"
    assert await visitor.answer("你们几点下班", "ask_commitment") == []


async def test_a_story_told_before_the_proof_is_not_told_again(visitor: Customer) -> None:
    """Who begins to complain while being asked for a number is heard; a mere question is not taken for it."""
    await visitor.call("action_file_complaint", "我要投诉", "file_complaint")
    visitor.slots["requested_slot"] = "identity_number"
    assert await visitor.answer("你们几点下班", "ask_commitment") == []
    await visitor.answer("快递员态度太差，把我的包裹扔地上", "feedback_dissatisfied")
    assert "记下了" in visitor.slots["prompt"]
    assert visitor.slots["pending_action"][0]["parse"]["text"] == "我要投诉，快递员态度太差，把我的包裹扔地上"
    await visitor.answer(PHONE)
    visitor.slots["requested_slot"] = "code"
    await visitor.answer(await visitor.code())
    await visitor.call("action_resume_pending", "123456")
    assert visitor.slots["task"]["values"]["what"].endswith("把我的包裹扔地上")
    assert visitor.slots["task"]["asked"] == "wish"


async def test_a_mistyped_number_is_asked_for_again(visitor: Customer) -> None:
    """Too few digits get a sentence that says what is wanted."""
    visitor.slots["requested_slot"] = "identity_number"
    await visitor.answer("1380013")
    assert visitor.slots["identity_number"] is None
    assert "11 位" in visitor.slots["prompt"]


async def test_five_wrong_codes_lock_for_fifteen_minutes(visitor: Customer) -> None:
    """Not even the right code helps until then; after it, everything works again."""
    visitor.slots["requested_slot"] = "identity_number"
    await visitor.answer(PHONE)
    right = await visitor.code()
    wrong = "000000" if right != "000000" else "111111"
    visitor.slots["requested_slot"] = "code"
    for left in (4, 3, 2, 1):
        await visitor.answer(wrong)
        assert f"{left} 次" in visitor.slots["prompt"]
    await visitor.answer(wrong)
    assert "之后再试" in visitor.said[0]["text"]
    assert visitor.slots["requested_slot"] is None
    visitor.slots["requested_slot"] = "code"
    await visitor.answer(right)
    assert visitor.slots.get("code") != "checked"
    visitor.pass_time(minutes=15, seconds=1)
    await prove(visitor)


async def test_an_old_code_is_replaced_by_a_new_one(visitor: Customer) -> None:
    """After five minutes a new code is sent, and the customer need not ask for it."""
    visitor.slots["requested_slot"] = "identity_number"
    await visitor.answer(PHONE)
    old = await visitor.code()
    visitor.pass_time(minutes=5, seconds=1)
    visitor.slots["requested_slot"] = "code"
    await visitor.answer(old)
    assert visitor.slots["code"] is None
    assert await visitor.texts_sent() == 2
    await visitor.answer(await visitor.code())
    assert visitor.slots["code"] == "checked"


async def test_after_the_proof_the_question_is_answered(visitor: Customer) -> None:
    """The form's end leads back to what was asked, not to a blank "verified"."""
    await visitor.call("action_points", "积分", "ask_points")
    await prove(visitor)
    await visitor.call("action_resume_pending")
    assert visitor.said[0]["custom"]["card"] == "points"
    assert visitor.slots["identity_number"] is None
    assert visitor.slots["pending_action"] is None


async def test_what_was_asked_during_the_proof_is_answered_too(visitor: Customer) -> None:
    """Points, then the balance instead of a code: one proof, both answers, in that order."""
    await visitor.call("action_points", "积分", "ask_points")
    await visitor.call("action_balance", "还有卡里的钱", "ask_balance")
    await visitor.call("action_points", "积分呢", "ask_points")
    await prove(visitor)
    await visitor.call("action_resume_pending")
    assert [said["text"][:5] for said in visitor.said] == ["您名下还没", "您现在没有"]


async def test_a_proof_ends_after_twelve_hours(visitor: Customer) -> None:
    """The next day it is asked for again."""
    await prove(visitor)
    visitor.pass_time(hours=12, seconds=1)
    await visitor.call("action_points", "积分", "ask_points")
    assert visitor.followup == "identity_form"


async def test_every_read_of_personal_data_is_logged(visitor: Customer) -> None:
    """Who read what about whom stands in the access log; a refused read does not."""
    from bot.store.access.service import access_records
    from bot.store.customers.service import find_customer

    await visitor.call("action_balance", "余额", "ask_balance")
    await prove(visitor)
    await visitor.call("action_balance", "余额", "ask_balance")
    async with visitor.runtime.database.read() as session:
        card = await find_customer(session, PHONE)
        assert card is not None
        records = await access_records(session, card.customer_id)
    assert [(record.reader, record.what) for record in records] == [("customer", "balance")]


async def test_a_failing_action_says_so_and_tells_the_log_nothing_personal(
    visitor: Customer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> None:
    """The customer hears an honest sentence; what they wrote is not in the log."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    set_up_logging()
    structlog.configure(cache_logger_on_first_use=False)
    request.addfinalizer(structlog.reset_defaults)  # it writes to what this test captures
    monkeypatch.setattr("actions.points._total", broken)
    await prove(visitor)
    await visitor.call("action_points", "我的手机号是13800138000 查积分", "ask_points")
    assert "抱歉" in visitor.said[0]["text"]
    output = capsys.readouterr()
    assert "action_failed" in output.out + output.err
    assert "查积分" not in output.out + output.err


async def test_the_wait_of_a_day_names_tomorrow(visitor: Customer) -> None:
    """Ten codes, slowly: the eleventh can be had tomorrow, and that is what is said."""
    visitor.slots["requested_slot"] = "identity_number"
    for place in range(10):
        await visitor.answer(f"1370013700{place}")
        visitor.pass_time(minutes=10)
    visitor.pass_time(hours=6)
    await visitor.answer(PHONE)
    assert "明天" in visitor.said[0]["text"]


async def test_what_happens_to_codes_is_counted(visitor: Customer) -> None:
    """Sent, to nobody we know, wrong, right and refused ones stand in the metrics."""
    visitor.slots["requested_slot"] = "identity_number"
    await visitor.answer("13900139000")
    await visitor.answer(PHONE)
    visitor.slots["requested_slot"] = "code"
    code = await visitor.code()
    await visitor.answer(f"{(int(code) + 1) % 1_000_000:06d}")
    await visitor.answer(code)
    for _ in range(2):
        await visitor.answer(PHONE)
    read = visitor.runtime.proofs.registry.get_sample_value
    events = ("sent", "unknown", "wrong", "verified", "refused")
    found = {event: read("huitouke_codes_total", {"event": event}) for event in events}
    assert found == {"sent": 2, "unknown": 1, "wrong": 1, "verified": 1, "refused": 1}
