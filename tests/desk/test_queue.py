"""Order, fairness, choice, estimate and hours: the rules by themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.desk.handoff.returning import is_courtesy
from bot.desk.queue.choice import Candidate, Wanted, choose
from bot.desk.queue.estimate import Service, Wait, estimate, wait_text
from bot.desk.queue.simulate import simulate
from bot.desk.rules.hours import hours_text, is_open, moment_text, next_opening, windows
from bot.desk.rules.rules import Rules, first_rules
from bot.desk.tickets.errors import AlreadyClosed, NoOffer, Taken
from bot.desk.tickets.standing import SYSTEM, Actor, NewEntry, Standing, after, fold
from bot.kit.errors import Conflict
from bot.kit.ids import AgentId

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
"""A Sunday, 10:00 in Shanghai."""


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nobody_starves(seed: int) -> None:
    """On a busy day nobody is overtaken by anyone who came later than the largest head start."""
    outcome = simulate(hours=8, agents=6, per_hour=170, seed=seed)
    assert outcome.overtaken_by() <= outcome.bound
    waits = outcome.waits()
    assert sum(map(len, waits.values())) == len(outcome.visits)
    assert max(waits["大客户"]) <= max(waits["普通"])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_range_told_to_customers_comes_true(seed: int) -> None:
    """At least three of four customers wait as long as they were told (a minute either way)."""
    kept, told = simulate(hours=8, agents=6, per_hour=150, seed=seed).kept()
    assert told > 500
    assert kept / told >= 0.75


def test_without_measured_talks_nothing_is_promised() -> None:
    """With nobody free and too little known, no time is named; with somebody free it is at once."""
    assert estimate(1, Service(0, 3, [300.0] * 4)) is None
    assert estimate(3, Service(3, 0, [])) == Wait(0, 30)
    assert wait_text(None) == ""
    assert wait_text(Wait(190, 430)) == "大约 3-8 分钟"


def test_skills_decide_until_one_has_waited_too_long() -> None:
    """A ticket goes to who knows its topic; after some minutes to anybody rather than to nobody."""
    rules = Rules()
    other = Candidate(AgentId(1), 0, 2, skills=frozenset({"repair"}))
    wanted = Wanted("points", "zh", None, NOW)
    assert choose([other], wanted, rules, NOW) is None
    assert choose([other], wanted, rules, NOW + timedelta(minutes=5)) == other


def test_strategies_choose_as_they_are_called() -> None:
    """Least busy by share of capacity, longest idle by time, and the agent one knows before both."""
    full = Candidate(AgentId(1), 2, 2)
    half = Candidate(AgentId(2), 2, 4, last_assigned_at=NOW - timedelta(hours=1))
    idle = Candidate(AgentId(3), 1, 4, last_assigned_at=NOW)
    wanted = Wanted(None, "zh", None, NOW)
    assert choose([full, half, idle], wanted, Rules(), NOW) == idle
    assert choose([full, half, idle], wanted, Rules(strategy="longest_idle"), NOW) == half
    known = Wanted(None, "zh", None, NOW, last_agent=AgentId(2))
    assert choose([full, half, idle], known, Rules(), NOW) == half


def test_hours_cross_zones_weekends_and_holidays() -> None:
    """Open and next opening follow the company's zone, its week and its holidays."""
    week = {day: [("09:00", "18:00")] for day in ("mon", "tue", "wed", "thu", "fri")}
    rules = Rules.model_validate({"hours": {**week, "sat": [], "sun": []}, "holidays": {"2026-11-23": []}})
    assert not is_open(rules, NOW)
    opens = next_opening(rules, NOW)
    assert opens is not None
    assert opens == datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    assert moment_text(rules, opens, NOW) == "后天 9:00"
    assert hours_text(rules) == "周一至周五 9:00-18:00"
    assert windows(rules, NOW, timedelta(hours=2), 2)[1][0] == opens + timedelta(hours=2)
    assert next_opening(Rules(hours={}), NOW) is None
    assert hours_text(first_rules("每天 8:30-20:00")) == "每天 8:30-20:00"


@pytest.mark.parametrize("spans", [[("18:00", "09:00")], [("09:00", "12:00"), ("11:00", "13:00")]])
def test_hours_that_cannot_be_are_refused(spans: list[tuple[str, str]]) -> None:
    """Spans end after they begin and do not overlap."""
    with pytest.raises(ValidationError):
        Rules(hours={"mon": spans})


@pytest.mark.parametrize("text", ["谢谢！", "好的，谢谢您", "ok", "👍", "嗯嗯", "再见"])
def test_thanks_open_nothing_again(text: str) -> None:
    """Politeness after a closed ticket is no new question."""
    assert is_courtesy(text)


@pytest.mark.parametrize("text", ["好的，那我的积分呢", "谢谢，还有个问题", "不行", "退款"])
def test_a_question_behind_thanks_is_a_question(text: str) -> None:
    """More than politeness opens the matter again."""
    assert not is_courtesy(text)


LI, WANG = Actor("agent", "小李", AgentId(1)), Actor("agent", "小王", AgentId(2))
STEPS = (
    NewEntry("queued", SYSTEM),
    NewEntry("assigned", SYSTEM, to_agent=AgentId(1), reason="auto"),
    NewEntry("assigned", WANG, to_agent=AgentId(2), reason="takeover"),
    NewEntry("offered", LI, to_agent=AgentId(2), text="看看"),
    NewEntry("accepted", WANG),
    NewEntry("declined", WANG),
    NewEntry("released", SYSTEM, reason="vanished"),
    NewEntry("note", LI, text="备注"),
    NewEntry("left", SYSTEM),
    NewEntry("handed_back", LI),
    NewEntry("closed", LI, reason="solved"),
    NewEntry("reopened", SYSTEM, reason="customer"),
)


@given(st.lists(st.sampled_from(STEPS), max_size=30))
def test_whatever_is_done_a_thread_stands_somewhere_sensible(steps: list[NewEntry]) -> None:
    """Refused entries change nothing; an agent has it exactly when assigned; an offer needs an owner."""
    thread = [NewEntry("opened", SYSTEM, reason="requested", data={"kind": "live"})]
    standing = fold(thread)
    assert standing is not None
    for step in steps:
        try:
            standing = after(standing, step)
        except Conflict:
            continue
        thread.append(step)
        assert (standing.agent is not None) == (standing.state == "assigned")
        assert standing.offer_to is None or standing.state == "assigned"
        assert (standing.close_reason is not None) == (standing.state == "closed")
    assert fold(thread) == standing


def test_refusals_name_their_reason() -> None:
    """A taken ticket, an offer that is not there, a closed one."""
    held = Standing("assigned", "live", agent=AgentId(1))
    with pytest.raises(Taken):
        after(held, STEPS[1])
    with pytest.raises(NoOffer):
        after(held, NewEntry("accepted", WANG))
    with pytest.raises(AlreadyClosed):
        after(Standing("closed", "live", close_reason="solved"), STEPS[0])
