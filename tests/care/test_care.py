"""What is decided and sent for one customer: the way it goes, and every reason for which it does not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.care.explain import past
from bot.care.keywords import notice_values
from bot.care.results import results
from bot.care.settings import audit, pause
from bot.care.triggers import card_expiring, points_expiring, sla_breach
from bot.conversations.models import Conversation, Message
from bot.kit.clock import FakeClock
from bot.kit.errors import BadInput, DeliveryUnknown, HuitoukeError, Unavailable
from bot.kit.ids import CustomerId
from bot.messages import Allowance, Amount, ChannelUser, Notice, Purpose
from bot.store.care.service import refuse, snooze
from bot.store.customers.models import Customer
from bot.store.dates import end_of_day
from bot.store.points.models import CatalogueItem
from bot.store.points.service import earn, redeem_item
from tests.care.house import House
from tests.store.builders import note
from tests.store.conftest import NOW

DAY = timedelta(days=1)


async def with_points(house: House, days: int = 20, **how: object) -> CustomerId:
    """A customer with 500 points whose last day is in `days` days."""
    who = await house.customer(**how)  # pyright: ignore[reportArgumentType]
    async with house.database.write() as session:
        day = house.clock().date() + timedelta(days=days)
        await earn(session, who, 500, note(at=house.clock()), end_of_day(day, "Asia/Shanghai"))
    return who


async def state_of(house: House, who: CustomerId, trigger: str = "points_expiring") -> tuple[str, str | None]:
    row = (await house.occurrences(who, trigger))[-1]
    return row.state, row.reason


async def test_a_notice_opens_a_conversation_that_can_go_on(house: House) -> None:
    """The words stand in the log with buttons, and the event with its facts waits for the bot."""
    who = await with_points(house)
    await house.care.plan()
    await house.care.send()
    (message,) = await house.sent(who)
    assert message.content["text"] == "王小明，您有 500 积分 12月12日 到期。要我帮您兑换吗？"
    assert message.content["intent"] == "EXTERNAL_points_expiring"
    assert message.state == "waiting"
    care_id = message.content["entities"]["care_id"]
    assert message.content["entities"] | {"expires": None} == {
        "lot_id": 1, "amount": 500, "days": 30, "expires": None, "buys": None, "trigger": "points_expiring",
        "occurrence": "lot:1:30", "care_id": care_id, "customer": who,
    }  # fmt: skip
    assert [(reply["title"], reply["intent"]) for reply in message.content["quick_replies"]] == [
        ("帮我兑换", "care_yes"), ("晚点再说", "care_later"), ("别再发了", "care_stop"),
    ]  # fmt: skip
    await house.pass_hours(30)
    assert len(await house.sent(who)) == 1


async def test_no_fact_is_told_to_who_has_not_proved_who_they_are(house: House) -> None:
    """Without a proof that holds just now, the message says that there is something, and not what."""
    who = await with_points(house, verified=False)
    await house.hour()
    (message,) = await house.sent(who)
    assert message.content["text"] == "有一条关于积分的提醒，验证身份后告诉您。"


async def _paused(house: House, _who: CustomerId) -> None:
    async with house.database.write() as session:
        await pause(session, paused=True, why="系统维护", by="主管", now=NOW)


async def _off(house: House, _who: CustomerId) -> None:
    async with house.database.write() as session:
        await house.care.book.switch(session, "points_expiring", on=False, by="主管", now=NOW)


async def _refused(house: House, who: CustomerId) -> None:
    async with house.database.write() as session:
        await refuse(session, who, "points_expiring", note(), evidence="对话", text_version="v1")


async def _night(house: House, _who: CustomerId) -> None:
    house.clock.set(NOW.replace(hour=15))


async def _agent(house: House, _who: CustomerId) -> None:
    async with house.database.write() as session:
        await session.execute(update(Conversation).values(owner="agent", agent_id=1))


async def _erased(house: House, who: CustomerId) -> None:
    async with house.database.write() as session:
        await session.execute(update(Customer).where(Customer.id == who).values(erased_at=NOW))


@pytest.mark.parametrize("reason", [_paused, _off, _refused, _night, _agent, _erased])
async def test_nothing_is_sent_when_there_is_a_reason(
    house: House, reason: Callable[[House, CustomerId], Awaitable[None]]
) -> None:
    """Paused, off, refused, at night, an agent has the conversation, erased: no message comes."""
    who = await with_points(house)
    await reason(house, who)
    await house.hour()
    assert await house.sent(who) == []


async def test_the_agent_sees_the_notice_instead(house: House) -> None:
    """Nothing is said into a conversation that an agent has; the agent is told, once."""
    who = await with_points(house)
    await _agent(house, who)
    await house.hour()
    await house.pass_hours(3)
    assert [words for words, _ in house.desk.told.values()] == [
        "积分快到期：王小明，您有 500 积分 12月12日 到期。要我帮您兑换吗？"
    ]
    assert await state_of(house, who) == ("to_agent", "told_agent")


async def test_what_is_no_longer_true_is_not_said(house: House) -> None:
    """Points that were spent in the night are not announced in the morning."""
    who = await with_points(house)
    house.clock.set(NOW.replace(hour=15))
    await house.hour()
    assert await state_of(house, who) == ("deferred", "quiet")
    async with house.database.write() as session:
        session.add(CatalogueItem(code="C", name="咖啡", points=500))
        await session.flush()
        await redeem_item(session, who, "C", note(at=house.clock()))
    await house.pass_hours(10)
    assert await state_of(house, who) == ("lapsed", "not_true")
    assert await house.sent(who) == []


async def test_a_snooze_brings_it_back_at_the_time_said(house: House) -> None:
    """Later means then, not before and not never."""
    who = await with_points(house)
    await house.hour()
    until = NOW + timedelta(hours=28)
    async with house.database.write() as session:
        await snooze(session, who, "points_expiring", "lot:1:30", until, note())
    await house.pass_hours(27)
    assert len(await house.sent(who)) == 1
    await house.pass_hours(1)
    first, second = await house.sent(who)
    assert second.created_at == until
    assert second.content["entities"]["occurrence"] == first.content["entities"]["occurrence"]
    await house.pass_hours(30)
    assert len(await house.sent(who)) == 2


class Templates:
    """The platform's templates; what it does with a notice is up to the test."""

    def __init__(self) -> None:
        self.sent: list[Notice] = []
        self.trouble: HuitoukeError | None = None

    async def may(
        self, account: str, user: ChannelUser, template: str, purpose: Purpose, given: Collection[str]
    ) -> bool:
        return (template, purpose) == ("points_expiring", "service")

    async def begun(self, key: str) -> bool:
        return any(each.key == key for each in self.sent)

    async def notify(self, notice: Notice) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.sent.append(notice)


async def test_wechat_gets_a_template_when_its_quota_is_used_up(house: House) -> None:
    """What may not be written is sent by the template of the trigger's name; a dead channel parks it."""
    house.care.hands.notices = templates = Templates()
    who = await with_points(house, channel="wechat")
    async with house.database.read() as session:
        line = await session.scalar(select(Conversation.id))
    house.channels.allowances[line] = Allowance(left=0)  # pyright: ignore[reportArgumentType]
    templates.trouble = Unavailable("微信不通")
    await house.hour()
    (row,) = await house.occurrences(who, "points_expiring")
    assert (row.state, row.reason, row.problem) == ("parked", "down", "微信不通")
    templates.trouble = None
    await house.pass_hours(1)
    (notice,) = templates.sent
    assert notice.key == f"care:{row.id}"
    told = {name: notice.values[name] for name in ("customer", "amount", "days", "expires")}
    assert told == {"customer": "王小明", "amount": 500, "days": 30, "expires": date(2026, 12, 12)}
    (message,) = await house.sent(who)
    assert (message.state, message.content["text"][:3]) == ("sent", "王小明")
    events = select(Message.content).where(Message.conversation_id == line, Message.state == "done")
    async with house.database.read() as session:
        assert (await session.scalar(events))["intent"] == "EXTERNAL_points_expiring"  # pyright: ignore[reportOptionalSubscript]


async def test_what_was_not_called_in_time_is_decided_anew(house: House) -> None:
    """Decided in the evening, called too late: it arrives in the morning; and not while all is paused."""
    house.care.hands.notices = templates = Templates()
    who = await with_points(house, channel="wechat")
    async with house.database.read() as session:
        line = await session.scalar(select(Conversation.id))
    house.channels.allowances[line] = Allowance(left=0)  # pyright: ignore[reportArgumentType]
    house.clock.set(NOW + timedelta(hours=11, minutes=58))
    await house.care.plan()
    await house.care.sender.send_due()
    assert (await state_of(house, who))[0] == "sending"
    house.clock.advance(timedelta(minutes=3))
    await house.hour()
    await house.hour()
    assert (await state_of(house, who), templates.sent) == (("deferred", "quiet"), [])
    house.clock.set(NOW + timedelta(hours=22))
    await house.care.sender.send_due()
    async with house.database.write() as session:
        await pause(session, paused=True, why="文案有误", by="主管", now=house.clock())
    await house.hour()
    assert templates.sent == []
    async with house.database.write() as session:
        await pause(session, paused=False, why="", by="主管", now=house.clock())
    await house.hour()
    assert len(templates.sent) == 1


async def test_what_may_have_been_sent_is_never_decided_anew(house: House) -> None:
    """A process died after the call: the next one asks the outlet, which knows, and writes it down."""
    house.care.hands.notices = templates = Templates()
    who = await with_points(house, channel="wechat")
    async with house.database.read() as session:
        line = await session.scalar(select(Conversation.id))
    house.channels.allowances[line] = Allowance(left=0)  # pyright: ignore[reportArgumentType]
    await house.care.plan()
    await house.care.sender.send_due()
    (row,) = await house.occurrences(who, "points_expiring")
    templates.sent.append(Notice(f"care:{row.id}", "default", ChannelUser("x"), row.trigger, {}, "service"))
    house.clock.advance(timedelta(hours=14))
    await house.hour()
    assert await state_of(house, who) == ("sent", "sent")


async def test_a_template_tells_no_fact_to_who_has_not_proved_who_they_are(house: House) -> None:
    """Title, time and the words that tell nothing: not the amount, not even the name."""
    house.care.hands.notices = templates = Templates()
    await with_points(house, channel="wechat", verified=False)
    async with house.database.read() as session:
        line = await session.scalar(select(Conversation.id))
    house.channels.allowances[line] = Allowance(left=0)  # pyright: ignore[reportArgumentType]
    await house.hour()
    (notice,) = templates.sent
    assert set(notice.values) == {"title", "text", "time"}
    assert notice.values["text"] == points_expiring.TRIGGER.brief
    assert str(notice.values["time"]) == "2026-11-22 10:00:00+08:00"


def test_a_fact_goes_to_the_template_as_what_it_is() -> None:
    """Money as money, a day as a day, a moment on the customer's clock; ids and what is unknown do not go."""
    facts = {"card_id": 7, "tail": "0001", "balance": 12_345, "expires": "2026-12-12T16:00:00Z", "how": None}
    values = notice_values(
        card_expiring.TRIGGER, facts, "文案", customer="王", time_zone="Asia/Shanghai", now=NOW
    )
    assert values["balance"] == Amount(12_345)
    assert values["expires"] == date(2026, 12, 12)
    assert not {"how", "card_id"} & set(values)
    late = notice_values(
        sla_breach.TRIGGER,
        {"due": "2026-11-22T02:00:00Z"},
        "文案",
        customer="王",
        time_zone="Asia/Tokyo",
        now=NOW,
    )
    assert str(late["due"]) == "2026-11-22 11:00:00+09:00"


async def test_what_the_platform_did_not_confirm_is_not_sent_again(house: House) -> None:
    """Unknown stays unknown: twice would be worse."""
    house.care.hands.notices = templates = Templates()
    who = await with_points(house, channel="wechat")
    async with house.database.read() as session:
        line = await session.scalar(select(Conversation.id))
    house.channels.allowances[line] = Allowance(left=0)  # pyright: ignore[reportArgumentType]
    templates.trouble = DeliveryUnknown()
    await house.hour()
    templates.trouble = None
    await house.pass_hours(24)
    assert await state_of(house, who) == ("unknown", "unknown")
    assert templates.sent == []


async def test_who_left_and_who_has_no_quota_wait_with_a_visible_reason(house: House) -> None:
    """Parked with the reason, not lost and not tried blindly; it goes out when the channel opens again."""
    who = await with_points(house, channel="wechat")
    async with house.database.read() as session:
        line = await session.scalar(select(Conversation.id))
    house.channels.allowances[line] = Allowance(left=0, reachable=False)  # pyright: ignore[reportArgumentType]
    await house.hour()
    assert await state_of(house, who) == ("parked", "left")
    house.channels.allowances.clear()
    await house.pass_hours(24)
    assert await state_of(house, who) == ("sent", "sent")
    assert [message.state for message in await house.sent(who)] == ["queued"]


@pytest.mark.parametrize(
    ("born", "today", "due"),
    [
        (date(1992, 2, 29), datetime(2026, 2, 21, 2, tzinfo=UTC), True),
        (date(1992, 2, 29), datetime(2026, 2, 20, 2, tzinfo=UTC), False),
        (date(1992, 2, 29), datetime(2028, 2, 22, 2, tzinfo=UTC), True),
        (date(1992, 2, 29), datetime(2028, 2, 21, 2, tzinfo=UTC), False),
        (date(1990, 1, 3), datetime(2026, 12, 27, 2, tzinfo=UTC), True),
        (date(1990, 12, 31), datetime(2026, 12, 24, 2, tzinfo=UTC), True),
    ],
)
async def test_a_birthday_is_a_week_ahead_in_every_calendar(
    house: House, born: date, today: datetime, due: bool
) -> None:
    """29 February is celebrated on the 28th where there is none, and a week may cross the year's end."""
    house.clock.set(today)
    who = await house.customer(marketing="given")
    async with house.database.write() as session:
        await session.execute(update(Customer).where(Customer.id == who).values(birthday=born))
        await house.care.book.hold_out(session, "birthday_7d", 0, "主管", today)
    await house.hour()
    assert ("birthday_7d" in await house.triggers_sent(who)) == due


async def test_explaining_says_what_would_be_sent_and_why_not(house: House) -> None:
    """Nothing is written, and the reasons are those of the decisions."""
    who = await with_points(house)
    async with house.database.read() as session:
        settings = await house.care.book.all(session)
        seen = (await house.care.seer.foresee(session, settings, [who], NOW))[who]
        assert [(each.trigger, each.outcome, each.channel) for each in seen] == [
            ("points_expiring", "send", "web")
        ]
        night = (await house.care.seer.foresee(session, settings, [who], NOW.replace(hour=15)))[who]
    assert [(each.outcome, each.reason) for each in night] == [("deferred", "quiet")]
    assert night[0].until == datetime(2026, 11, 23, 0, tzinfo=UTC)
    await house.hour()
    async with house.database.read() as session:
        (before,) = await past(session, who)
    assert [(outcome, reason) for _, outcome, reason, _ in before.decisions] == [("sent", "sent")]


async def test_results_follow_what_became_of_a_message(house: House) -> None:
    """Read, answered, goal reached and refused are counted from what really happened."""
    who = await with_points(house)
    await house.hour()
    house.clock.advance(timedelta(hours=1))
    async with house.database.write() as session:
        await session.execute(update(Conversation).values(seen_seq=1))
        session.add(CatalogueItem(code="C", name="咖啡", points=500))
        await session.flush()
        await redeem_item(session, who, "C", note(at=house.clock()))
        await refuse(session, who, "points_expiring", note(at=house.clock()), evidence="", text_version="v1")
    await house.care.follow()
    async with house.database.read() as session:
        found = {each.trigger: each for each in await results(session, NOW - DAY, NOW + DAY)}
    one = found["points_expiring"]
    assert (one.planned, one.sent, one.delivered, one.read, one.goal, one.refused) == (1, 1, 1, 1, 1, 1)
    assert found["survey"].planned == 0


async def test_texts_are_checked_before_they_are_used(house: House) -> None:
    """A placeholder that does not exist, or a brace that is left open, is refused with what there is."""
    who = await with_points(house)
    async with house.database.write() as session:
        for wrong in ("您有 {points} 分", "您有 {amount 分", "您有 [{amount} 分", "  "):
            with pytest.raises(BadInput):
                await house.care.book.write_text(session, "points_expiring", wrong, "主管", NOW)
        await house.care.book.write_text(
            session, "points_expiring", "{amount}分{days}天[换{buys}]", "主管", NOW
        )
    await house.hour()
    (message,) = await house.sent(who)
    assert message.content["text"] == "500分30天"
    async with house.database.read() as session:
        assert [(line.action, line.actor) for line in await audit(session)] == [("text", "主管")]


async def test_a_service_notice_is_held_out_from_nobody(house: House) -> None:
    """Whoever has a right to be told is told."""
    async with house.database.write() as session:
        with pytest.raises(BadInput):
            await house.care.book.hold_out(session, "points_expiring", 10, "主管", NOW)
    assert isinstance(house.clock, FakeClock)
