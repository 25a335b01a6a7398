"""Appointments: only free times are offered, and an old one is given up only for a new one."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.kit.ids import CustomerId
from bot.store.bookings.models import ServiceOffered, Slot
from bot.store.bookings.service import own_bookings
from tests.actions.conftest import Customer, prove
from tests.actions.talk import Talk


@pytest.fixture
async def talk(visitor: Customer) -> Talk:
    """One service, with one place at 9:00 and 14:00 on each of the next three days."""
    await prove(visitor)
    midnight = visitor.clock().replace(hour=0, minute=0)
    async with visitor.runtime.database.write() as session:
        session.add(ServiceOffered(code="repair", name="上门维修", minutes=60, offered=True))
        await session.flush()
        for day in (1, 2, 3):
            for hour in (1, 6):
                start = midnight + timedelta(days=day, hours=hour)
                end = start + timedelta(hours=1)
                row = {"service_code": "repair", "place": "上门", "starts_at": start, "ends_at": end}
                session.add(Slot(**row, capacity=1, taken=0))
    return Talk(visitor)


async def times(talk: Talk, customer_id: CustomerId) -> list[datetime]:
    async with talk.customer.runtime.database.read() as session:
        return [each.starts_at for each in await own_bookings(session, customer_id, talk.customer.clock())]


async def test_the_only_service_is_not_asked_for(talk: Talk, customer_id: CustomerId) -> None:
    """Straight to the times; by number; shown once more; a number in the end."""
    assert "1. 明天 9:00-10:00，上门" in await talk.begin("action_book_visit", "约个师傅")
    assert "上门维修，明天 14:00-15:00" in await talk.say("第二个")
    assert "预约号 YY20261122" in await talk.press("确认预约")
    assert len(await times(talk, customer_id)) == 1


async def test_a_time_spoken_of_is_found(talk: Talk) -> None:
    """后天下午 leaves one slot; 后天 leaves two, which are asked between."""
    after = {"from": "2026-11-24T00:00:00+08:00", "to": "2026-11-25T00:00:00+08:00", "grain": "day"}
    part = {"from": "2026-11-24T12:00:00+08:00", "to": "2026-11-24T18:00:00+08:00", "grain": "part"}
    said = await talk.begin("action_book_visit", "约后天", time=after)
    assert said.count("后天") == 2
    assert "后天 14:00-15:00" in await talk.say("下午", time=part)


async def test_a_time_nobody_has_is_said_to_be_none(talk: Talk) -> None:
    """What is not free is not promised; the free times of that day are shown."""
    await talk.begin("action_book_visit", "约个师傅")
    late = {"from": "2026-11-23T20:00:00+08:00", "to": "2026-11-23T21:00:00+08:00", "grain": "hour"}
    said = await talk.say("明晚八点", time=late)
    assert "没有空位" in said
    assert "1. 明天 9:00-10:00" in said
    assert "后天" not in said


async def test_another_time_instead_of_a_yes_is_shown_anew(talk: Talk, customer_id: CustomerId) -> None:
    """换到后天上午十点 is about the visit being booked: none begins then, and that day's are shown."""
    await talk.begin("action_book_visit", "最早的")
    ten = {"from": "2026-11-24T10:00:00+08:00", "to": "2026-11-24T11:00:00+08:00", "grain": "hour"}
    said = await talk.say("换到后天上午10点", "move_visit", time=ten)
    assert "没有空位" in said
    assert "1. 后天 9:00-10:00" in said
    assert "后天 9:00-10:00" in await talk.say("第一个")
    assert "这些时间有空" in await talk.say("换个时间吧", "move_visit")
    assert "先不约了" in await talk.say("取消吧", "affirm", sure=0.68)
    assert not talk.asked
    assert await times(talk, customer_id) == []


async def test_when_somebody_comes_is_told_from_what_is_booked(talk: Talk) -> None:
    """师傅几点到, with a visit booked, is answered with its time."""
    await talk.begin("action_book_visit", "最早的")
    await talk.say("好的", "affirm")
    said = await talk.begin("action_request_service", "师傅几点到")
    assert "您约的上门维修是明天 9:00-10:00" in said
    assert not talk.asked


async def test_who_cancels_a_visit_no_longer_moves_it(talk: Talk, customer_id: CustomerId) -> None:
    """取消上门 in the middle of moving: the move is over, and does not come back when the visit is gone."""
    await talk.begin("action_book_visit", "最早的")
    await talk.say("好的", "affirm")
    await talk.begin("action_move_visit", "改个时间")
    assert "取消上门维修" in await talk.begin("action_cancel_visit", "还是取消上门")
    said = await talk.say("确定", "affirm")
    assert "已经取消" in said
    assert "接着刚才" not in said
    assert await times(talk, customer_id) == []


async def test_a_place_taken_meanwhile_is_offered_to_nobody(talk: Talk, customer_id: CustomerId) -> None:
    """Between question and yes somebody else booked it."""
    await talk.begin("action_book_visit", "最早的")
    async with talk.customer.runtime.database.write() as session:
        (await session.get_one(Slot, 1)).taken = 1
    said = await talk.say("好的", "affirm")
    assert "别人约走" in said
    assert "1. 明天 14:00" in said
    assert await times(talk, customer_id) == []


async def test_moved_and_then_cancelled(talk: Talk, customer_id: CustomerId) -> None:
    """The same number, another time; then none."""
    await talk.begin("action_book_visit", "最早的")
    await talk.say("好的", "affirm")
    before = await times(talk, customer_id)
    await talk.begin("action_move_visit", "改个时间")
    assert "改到后天 9:00" in await talk.say("第二个")
    assert "改好了" in await talk.say("好的", "affirm")
    assert await times(talk, customer_id) != before
    assert "确定吗" in await talk.begin("action_cancel_visit", "不来了")
    assert "已经取消" in await talk.say("确定", "affirm")
    assert await times(talk, customer_id) == []


async def test_without_an_appointment_there_is_nothing_to_move(talk: Talk) -> None:
    """It is said, and one is offered."""
    assert "没有预约" in await talk.begin("action_move_visit", "改期")
    assert "预约上门" in talk.buttons


async def test_a_question_about_the_warranty_is_no_appointment(talk: Talk) -> None:
    """What is not known is not made up."""
    assert "不想说错" in await talk.begin("action_request_service", "保修期多久")
    assert not talk.asked


@pytest.mark.parametrize("said", ["打印机包修吗", "保修期多久", "是三包的吗"])
async def test_what_is_the_same_for_everybody_needs_no_proof(visitor: Customer, said: str) -> None:
    """A stranger who asks about the warranty is not asked who they are."""
    await visitor.call("action_request_service", said, "request_service")
    assert "不想说错" in visitor.said[0]["text"]
    assert visitor.followup is None
