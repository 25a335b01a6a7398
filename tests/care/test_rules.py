"""Quiet hours, caps, cool-downs, hold-outs and intervals hold for every time, zone and history."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.care.results import effect_of, wilson
from bot.care.rules import Rules, Told, capped_until, cool_until, held_out, next_morning, quiet_until

ZONES = st.sampled_from(
    [
        "Asia/Shanghai",
        "America/New_York",
        "Europe/Berlin",
        "Asia/Kolkata",
        "Australia/Lord_Howe",
        "Africa/Cairo",
    ]
)
MOMENTS = st.integers(0, 729 * 24 * 60).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n))
HOURS = st.integers(0, 23).map(time)
RULES = Rules()


@given(MOMENTS, ZONES, HOURS, HOURS)
@settings(max_examples=300, deadline=None)
def test_after_the_quiet_hours_one_may_speak(now: datetime, zone: str, start: time, end: time) -> None:
    """Whatever the window, when it is over it is over; and it is never further away than a day and a bit."""
    rules = Rules(quiet_from=start, quiet_to=end)
    until = quiet_until(now, zone, rules)
    if until is None:
        return
    assert now < until <= now + timedelta(hours=26)
    assert quiet_until(until, zone, rules) is None


@given(MOMENTS, ZONES)
@settings(max_examples=300, deadline=None)
def test_nobody_is_written_to_at_night(now: datetime, zone: str) -> None:
    """From 22:00 to 08:00 on the customer's own clock it is quiet, and only then."""
    hour = now.astimezone(ZoneInfo(zone)).hour
    assert (quiet_until(now, zone, RULES) is not None) == (hour >= 22 or hour < 8)


@given(MOMENTS, ZONES)
@settings(max_examples=200, deadline=None)
def test_the_next_morning_is_on_another_day(now: datetime, zone: str) -> None:
    """It is the next date at eight, also on the day on which the clocks change."""
    here, morning = now.astimezone(ZoneInfo(zone)), next_morning(now, zone, RULES).astimezone(ZoneInfo(zone))
    assert morning.date() == here.date() + timedelta(days=1)
    assert (morning.hour, morning.minute) == (8, 0)


@given(st.lists(st.tuples(st.integers(0, 14 * 24), st.booleans()), max_size=40), ZONES, st.booleans())
@settings(max_examples=300, deadline=None)
def test_caps_are_never_exceeded(asks: list[tuple[int, bool]], zone: str, waits: bool) -> None:
    """However messages compete, no day and no seven days have more than the caps; who waits gets a turn."""
    start = datetime(2026, 10, 20, tzinfo=UTC)
    told: list[Told] = []
    for hours, marketing in sorted(asks):
        now = start + timedelta(hours=hours)
        audience = "marketing" if marketing else "service"
        capped = capped_until(told, audience, now, zone, RULES)
        if capped is not None and waits:
            now = capped[1]
            assert now > start + timedelta(hours=hours)
            capped = capped_until([each for each in told if each.at <= now], audience, now, zone, RULES)
        if capped is None and all(each.at <= now for each in told):
            told.append(Told("x", now, marketing))
    here = ZoneInfo(zone)
    for each in told:
        for kind, day, week in ((told, 3, 8), ([one for one in told if one.marketing], 1, 2)):
            assert (
                sum(one.at.astimezone(here).date() == each.at.astimezone(here).date() for one in kind) <= day
            )
            assert sum(each.at - timedelta(days=7) < one.at <= each.at for one in kind) <= week


@given(MOMENTS, st.integers(1, 200), st.integers(0, 400))
@settings(deadline=None)
def test_a_cool_down_ends_exactly(last: datetime, days: int, later: int) -> None:
    """Until the cool-down is over nothing is said; at its end it may be."""
    cool, told = timedelta(days=days), [Told("x", last, True), Told("y", last + timedelta(days=900), True)]
    until = cool_until(told, "x", cool, last + timedelta(days=later))
    assert until == (last + cool if later < days else None)


def test_who_is_held_out_stays_so_and_the_share_is_right() -> None:
    """The same customers for ever, others for each trigger, about as many as asked for."""
    ten = {number for number in range(20_000) if held_out("survey", number, 10)}
    assert 0.09 < len(ten) / 20_000 < 0.11
    assert ten <= {number for number in range(20_000) if held_out("survey", number, 20)}
    other = {number for number in range(20_000) if held_out("win_back", number, 10)}
    assert len(ten & other) / len(ten) < 0.2
    assert not any(held_out("survey", number, 0) for number in range(1_000))


def test_intervals_are_those_of_the_literature() -> None:
    """Newcombe (1998), method 10: 56/70 against 48/80 gives 0.0524 to 0.3339; Wilson's for 81/263."""
    effect = effect_of(56, 70, 48, 80)
    assert round(effect.difference, 4) == 0.2
    assert (round(effect.low, 4), round(effect.high, 4)) == (0.0524, 0.3339)
    low, high = wilson(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
