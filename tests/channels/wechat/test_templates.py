"""Templates carry the trigger's own facts, written as the platform's keywords want them, or are not sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from bot.care.models import Occurrence
from bot.channels.wechat.keywords import BadKeyword, filled, written
from bot.channels.wechat.notices import NotGiven, WrongPurpose
from bot.channels.wechat_platform.templates import TAKES, problem_with
from bot.kit.clock import FakeClock
from bot.kit.errors import HuitoukeError
from bot.kit.ids import CustomerId, IdentityId
from bot.messages import Amount, ChannelUser, Notice, NoticeValue
from bot.store.customers.service import NewCustomer, add_customer
from bot.store.dates import end_of_day
from bot.store.identities.models import ChannelIdentity, IdentityBinding
from bot.store.points.models import CatalogueItem
from bot.store.points.service import earn
from tests.channels.conftest import APP, POINTS, TEMPLATE, Town, close_town, make_town
from tests.store.builders import note

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
USER = ChannelUser("o-wang")
SEND = "/cgi-bin/message/template/send"


@pytest.fixture
def clock() -> FakeClock:
    """Ten in the morning in Shanghai."""
    return FakeClock(NOW)


@pytest.fixture
async def town(tmp_path: Path, database_url: str, clock: FakeClock) -> AsyncIterator[Town]:
    made = await make_town(tmp_path, database_url, clock=clock)
    yield made
    await close_town(made)


@pytest.mark.parametrize(
    ("keyword", "value", "read"),
    [
        ("thing1", "积分快到期了\n请看", "积分快到期了 请看"),
        ("thing1", "一二三四五六七八九十" * 3, "一二三四五六七八九十一二三四五六七八九…"),
        ("thing1", Amount(12_345), "123.45元"),
        ("thing1", date(2026, 12, 2), "2026年12月2日"),
        ("amount2", Amount(-5), "-0.05元"),
        ("number3", 12_345, "12345"),
        ("number3", Amount(12_300), "123.00"),
        ("date4", date(2026, 12, 2), "2026年12月2日"),
        ("date4", datetime(2026, 12, 2, 8, 5, tzinfo=UTC), "2026年12月2日 08:05"),
        ("time5", datetime(2026, 12, 2, 8, 5, tzinfo=UTC), "2026年12月2日 08:05"),
        ("time5", date(2026, 12, 2), "2026年12月2日 23:59"),
        ("character_string6", "TS2026112200001", "TS2026112200001"),
        ("character_string6", date(2026, 12, 2), "2026-12-02"),
        ("phrase7", "待您补充", "待您补充"),
        ("first", "随便什么文字", "随便什么文字"),
    ],
)
def test_a_value_is_written_as_the_keyword_wants_it(keyword: str, value: NoticeValue, read: str) -> None:
    """Cut where cutting does no harm, money and days in the platform's own form."""
    assert written(keyword, value) == read


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("thing1", " \n"),
        ("amount2", 500),
        ("amount2", Amount(10**13)),
        ("number3", "五百"),
        ("date4", "下周"),
        ("time5", 3),
        ("character_string6", "投诉 TS1"),
        ("character_string6", "A" * 33),
        ("phrase7", "等待您的补充"),
        ("phrase7", "OK"),
        ("phone_number8", "客服"),
    ],
)
def test_what_a_keyword_does_not_take_is_said_before_anything_is_sent(
    keyword: str, value: NoticeValue
) -> None:
    """A cut number or points that read as money would be wrong: better not at all, with the reason."""
    with pytest.raises(BadKeyword, match=keyword):
        filled({keyword: "x"}, {"x": value})


CENTURY = (datetime.fromisoformat("2000-01-01"), datetime.fromisoformat("2099-12-31"))
VALUES: st.SearchStrategy[NoticeValue] = st.one_of(
    st.text(max_size=60),
    st.integers(-(10**12), 10**12),
    st.builds(Amount, st.integers(-(10**11), 10**11)),
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    st.datetimes(*CENTURY, timezones=st.just(ZoneInfo("Asia/Shanghai"))),
)


@given(st.sampled_from(sorted(TAKES)), VALUES)
def test_what_is_written_the_platform_takes(kind: str, value: NoticeValue) -> None:
    """Whatever the keyword and the value: it is refused here, or it is not refused there."""
    try:
        text = written(f"{kind}1", value)
    except BadKeyword:
        return
    assert problem_with(f"{{{{{kind}1.DATA}}}}", {f"{kind}1": {"value": text}}) is None


async def with_points(town: Town, *, verified: bool) -> CustomerId:
    """A follower who is a customer with 1,200 points that end in twenty days, and silent for two days."""
    who = town.official(USER)
    await who.say("你好")
    await town.shown(who, 1)
    await town.states(1)
    parts = town.parts
    now = parts.clock()
    async with parts.database.write() as session:
        customer = await add_customer(session, NewCustomer("王小明"), now)
        line = await session.scalar(select(ChannelIdentity.id).where(ChannelIdentity.channel_user == USER))
        assert line is not None
        until = now + timedelta(days=30 if verified else 1)
        proved = {"customer_id": customer, "level": "verified", "verified_at": now, "verified_until": until}
        await session.execute(update(ChannelIdentity).values(**proved))
        session.add(IdentityBinding(identity_id=IdentityId(line), customer_id=customer, proof="code", at=now))
        session.add(CatalogueItem(code="mug", name="保温杯", points=1_000, stock=None))
        await earn(session, customer, 1_200, note(at=now), end_of_day(date(2026, 12, 12)))
        await parts.care.care.book.switch(session, "points_expiring", on=True, by="主管", now=now)
    return customer


async def cared(town: Town, clock: FakeClock) -> list[str]:
    """What stands on the phone after care has had its turn, two days after the customer wrote."""
    clock.advance(timedelta(hours=49))
    care = town.parts.care.care
    await care.plan()
    await care.send()
    return [line["text"] for line in town.official(USER).phone.lines if line["type"] == "notice"]


async def test_a_template_carries_the_facts_of_its_trigger(town: Town, clock: FakeClock) -> None:
    """Name, amount, day and what the points would buy: each in its keyword, on the customer's phone."""
    customer = await with_points(town, verified=True)
    assert await cared(town, clock) == [
        "会员：王小明\n到期积分：1200\n到期日：2026年12月12日\n可兑换：保温杯"
    ]
    async with town.parts.database.read() as session:
        row = await session.scalar(select(Occurrence).where(Occurrence.customer_id == customer))
    assert row is not None
    assert row.state == "sent"


async def test_without_proof_the_template_that_tells_nothing_is_used(town: Town, clock: FakeClock) -> None:
    """The proof has run out: the next template of the same name, which needs no fact."""
    await with_points(town, verified=False)
    assert await cared(town, clock) == ["积分快到期\n时间：2026年11月24日 11:00"]


async def test_a_template_is_for_one_purpose_and_for_all_of_its_fields(town: Town) -> None:
    """Marketing does not go by a service template, nor a message with a hole: nobody asks the platform."""
    who = town.official(USER)
    await who.say("你好")
    await town.shown(who, 1)
    notices = town.parts.wechat.notices
    values: dict[str, NoticeValue] = {"customer": "王小明", "amount": 1_200, "expires": date(2026, 12, 12)}
    assert not await may(town, "points_expiring", values)
    assert await may(town, "points_expiring", values | {"buys": "保温杯"})
    with pytest.raises(WrongPurpose):
        await notices.notify(Notice("k1", APP, USER, "points_expiring", values, "marketing"))
    with pytest.raises(NotGiven, match="subject"):
        await notices.notify(Notice("k2", APP, USER, "complaint-reply", values, "service"))
    with pytest.raises(BadKeyword, match="number2"):
        wrong = values | {"buys": "保温杯", "amount": "很多"}
        await notices.notify(Notice("k3", APP, USER, "points_expiring", wrong, "service"))
    assert not any(path == SEND for path, _ in town.platform.calls)


async def may(town: Town, template: str, values: dict[str, NoticeValue]) -> bool:
    try:
        return await town.parts.wechat.notices.may(APP, USER, template, "service", values)
    except NotGiven:
        return False


async def test_the_played_platform_refuses_what_wechat_refuses(town: Town) -> None:
    """A keyword that breaks its form is 47003 and nothing is shown: the tests above prove something."""
    who = town.official(USER)
    await who.say("你好")
    await town.shown(who, 1)
    town.platform.accounts[APP].templates[TEMPLATE] = "{{phrase1.DATA}}"
    town.platform.accounts[APP].templates[POINTS] = "{{thing9.DATA}}"
    notices = town.parts.wechat.notices
    with pytest.raises(HuitoukeError, match="模板参数不对"):
        await notices.notify(Notice("k1", APP, USER, "complaint-reply", {"subject": "有回复了"}, "service"))
    assert not any(line["type"] == "notice" for line in who.phone.lines)
