"""A day at the desk, played with the rules of `rank`, `choice` and `estimate`: who waits how long?"""

from __future__ import annotations

import heapq
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from statistics import fmean

from bot.desk.queue.choice import Candidate, Wanted, choose
from bot.desk.queue.estimate import Service, Wait, estimate
from bot.desk.queue.rank import Standing, longest_head_start, rank_at
from bot.desk.rules.rules import Rules
from bot.kit.ids import AgentId

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
CLASSES: dict[str, tuple[float, Standing]] = {
    "普通": (0.60, Standing()),
    "金卡": (0.20, Standing(tier="金卡")),
    "大客户": (0.15, Standing(key_account=True)),
    "生气": (0.05, Standing(angry=True)),
}


@dataclass(frozen=True, slots=True)
class Visit:
    """A customer of the simulation."""

    number: int
    kind: str
    came: datetime
    rank: datetime
    topic: str
    told: Wait | None
    lasts: timedelta
    served: datetime | None = None


@dataclass(slots=True)
class Outcome:
    """Who was served when. `bound`: the largest head start of the rules."""

    visits: list[Visit] = field(default_factory=list)
    bound: timedelta = timedelta()

    def waits(self) -> dict[str, list[float]]:
        """Seconds waited, by class."""
        found: dict[str, list[float]] = defaultdict(list)
        for visit in self.visits:
            if visit.served is not None:
                found[visit.kind].append((visit.served - visit.came).total_seconds())
        return dict(found)

    def overtaken_by(self) -> timedelta:
        """The latest that anybody came who was served before somebody else who had come first."""
        latest = timedelta()
        served = sorted((each for each in self.visits if each.served), key=lambda each: each.served or START)
        for place, visit in enumerate(served):
            for later in served[place + 1 :]:
                if later.came < visit.came and later.served != visit.served:
                    latest = max(latest, visit.came - later.came)
        return latest

    def kept(self) -> tuple[int, int]:
        """How many told ranges came true, of how many."""
        told = [visit for visit in self.visits if visit.told is not None and visit.served is not None]
        true = [visit for visit in told if _came_true(visit)]
        return len(true), len(told)

    def told(self) -> Iterator[str]:
        """The outcome in lines."""
        for kind, waits in sorted(self.waits().items()):
            ordered = sorted(waits)
            p90 = ordered[int(0.9 * (len(ordered) - 1))]
            mean, longest = fmean(waits), ordered[-1]
            yield f"{kind}\t{len(waits)} 位\t平均 {mean:.0f} 秒\tp90 {p90:.0f} 秒\t最长 {longest:.0f} 秒"
        overtaken, bound = self.overtaken_by().total_seconds(), self.bound.total_seconds()
        yield f"排在前面的人最多比被超过的人晚来 {overtaken:.0f} 秒，规则上限 {bound:.0f} 秒"
        kept, told = self.kept()
        yield f"告诉客户的等待范围 {told} 次，应验 {kept} 次"


def simulate(
    *, hours: int = 8, agents: int = 6, per_hour: int = 150, seed: int = 1, rules: Rules | None = None
) -> Outcome:
    """Play `hours` hours; everybody who came is served afterwards, however long it takes."""
    rules = rules or Rules()
    dice = random.Random(seed)
    desk = [Candidate(AgentId(number), 0, 3) for number in range(1, agents + 1)]
    outcome = Outcome(bound=longest_head_start(rules))
    queue: list[tuple[datetime, int, Visit]] = []
    ends: list[tuple[datetime, int]] = []
    lately: list[float] = []
    for now, visit in _arrivals(dice, hours, per_hour, rules):
        _serve_until(now, queue, ends, desk, outcome, lately, rules)
        free = sum(agent.free for agent in desk)
        busy = sum(agent.load for agent in desk)
        ahead = sum(1 for rank, _, _ in queue if rank <= visit.rank)
        told = estimate(ahead + 1, Service(free, busy, lately[-200:]))
        heapq.heappush(queue, (visit.rank, visit.number, replace(visit, told=told)))
        _give(now, queue, ends, desk, outcome, rules)
    _serve_until(START + timedelta(days=365), queue, ends, desk, outcome, lately, rules)
    return outcome


def _arrivals(
    dice: random.Random, hours: int, per_hour: int, rules: Rules
) -> Iterator[tuple[datetime, Visit]]:
    now, number = START, 0
    while now < START + timedelta(hours=hours):
        now += timedelta(seconds=dice.expovariate(per_hour / 3600))
        number += 1
        kind = dice.choices(list(CLASSES), [share for share, _ in CLASSES.values()])[0]
        lasts = timedelta(seconds=max(30.0, dice.lognormvariate(5.9, 0.6)))
        rank = rank_at(rules, CLASSES[kind][1], now)
        yield now, Visit(number, kind, now, rank, "points", None, lasts)


def _serve_until(
    until: datetime,
    queue: list[tuple[datetime, int, Visit]],
    ends: list[tuple[datetime, int]],
    desk: list[Candidate],
    outcome: Outcome,
    lately: list[float],
    rules: Rules,
) -> None:
    """Let talks end that end before `until`; each frees a slot for the next in the queue."""
    while ends and ends[0][0] <= until:
        now, agent = heapq.heappop(ends)
        desk[agent - 1] = replace(desk[agent - 1], load=desk[agent - 1].load - 1)
        lately.append(_length_of(outcome, now))
        _give(now, queue, ends, desk, outcome, rules)


def _give(
    now: datetime,
    queue: list[tuple[datetime, int, Visit]],
    ends: list[tuple[datetime, int]],
    desk: list[Candidate],
    outcome: Outcome,
    rules: Rules,
) -> None:
    while queue:
        visit = queue[0][2]
        agent = choose(desk, Wanted(visit.topic, "zh", None, visit.came), rules, now)
        if agent is None:
            return
        heapq.heappop(queue)
        desk[agent.id - 1] = replace(agent, load=agent.load + 1, last_assigned_at=now)
        heapq.heappush(ends, (now + visit.lasts, agent.id))
        outcome.visits.append(replace(visit, served=now))


def _length_of(outcome: Outcome, end: datetime) -> float:
    """How long the talk took that ends now."""
    for visit in reversed(outcome.visits):
        if visit.served is not None and visit.served + visit.lasts == end:
            return visit.lasts.total_seconds()
    return 0.0


def _came_true(visit: Visit) -> bool:
    assert visit.served is not None
    assert visit.told is not None
    waited = (visit.served - visit.came).total_seconds()
    # A minute is the finest that is said, so it is the finest that can be wrong.
    return visit.told.low - 60 <= waited <= visit.told.high + 60
