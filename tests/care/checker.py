"""Checks a quarter's messages against the rules, from the world's own record. It shares no code with care."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tests.care.quarter import DAY, HOUR, Case, Quarter, Someone, someone_ends

MARKETING = {"season_care", "birthday_7d", "reorder_due", "win_back", "referral_ask"}
POLITE = MARKETING | {"survey"}
PURPOSES = {"season_care": {"marketing"}, "birthday_7d": {"marketing", "birthday"}, "survey": {"survey"}}
COOL = {"complaint_progress": 4 * HOUR, "survey": 30 * DAY, "season_care": 90 * DAY}
LASTING = {
    "points_expiring": 7 * DAY, "card_expiring": 7 * DAY, "card_hall_window": 20 * DAY, "complaint_ack": DAY,
    "sla_breach": 3 * DAY, "appeal_right": 7 * DAY, "birthday_7d": 5 * DAY, "season_care": 14 * DAY,
    "survey": 5 * DAY,
}  # fmt: skip


@dataclass(frozen=True)
class Sent:
    """A message that went out."""

    who: Someone
    at: datetime
    trigger: str
    entities: dict[str, Any]
    text: str

    @property
    def key(self) -> str:
        return self.entities["occurrence"]


@dataclass(frozen=True)
class Expected:
    """Something that should have been said between two moments, unless a rule forbade it all the time."""

    who: Someone
    trigger: str
    since: datetime
    until: datetime
    match: tuple[str, Any]


class Checker:
    """All checks over one quarter."""

    def __init__(self, world: Quarter, sent: list[Sent], held_out: set[tuple[int, str]], told: Any) -> None:
        self.world, self.sent, self.held_out, self.told = world, sent, held_out, told
        self.of = {
            someone.id: [each for each in sent if each.who.id == someone.id] for someone in world.people
        }

    def violations(self) -> Iterator[str]:
        """Every message that broke a rule."""
        for each in self.sent:
            for problem in self._broken(each):
                yield f"{each.at:%m-%d %H:%M} {each.who.id} {each.trigger} {each.key}: {problem}"

    def _broken(self, each: Sent) -> Iterator[str]:
        who, at = each.who, each.at
        if not 8 <= at.astimezone(who.zone).hour < 22:
            yield "in quiet hours"
        if self._refused(who, each.trigger, at):
            yield "after a refusal"
        if each.trigger in MARKETING and not self._agreed(who, at):
            yield "marketing without consent"
        if each.trigger in POLITE and "TD" not in each.text:
            yield "no way out"
        if each.trigger in POLITE and self._open_case(who, at):
            yield "while a complaint is open"
        yield from self._interrupts(each)
        before = [other for other in self.of[who.id] if other.at <= at and other is not each]
        yield from self._too_many(each, before)
        yield from self._again(each, before)
        yield from self._untrue(each)

    def _interrupts(self, each: Sent) -> Iterator[str]:
        who, at = each.who, each.at
        if self._owned(who, at):
            yield "into an agent's conversation"
        if (who.id, each.trigger) in self.held_out:
            yield "to who is held out"
        wrote = [moment for moment in who.wrote if moment <= at]
        if wrote and at - wrote[-1] < (30 if each.trigger in POLITE else 2) * timedelta(minutes=1):
            yield "in the middle of a conversation"

    def _again(self, each: Sent, before: list[Sent]) -> Iterator[str]:
        who, at = each.who, each.at
        again = [other for other in before if (other.trigger, other.key) == (each.trigger, each.key)]
        if again and not any(t == each.trigger and until <= at for _, t, until in who.snoozed):
            yield "said twice"
        cool = COOL.get(each.trigger)
        if cool and any(other.trigger == each.trigger and at - other.at < cool for other in before):
            yield "within the cool-down"

    def _too_many(self, each: Sent, before: list[Sent]) -> Iterator[str]:
        day = each.at.astimezone(each.who.zone).date()
        for of, most_day, most_week in (
            ([*before, each], 3, 8),
            ([m for m in [*before, each] if m.trigger in MARKETING], 1, 2),
        ):
            if each.trigger not in MARKETING and most_day == 1:
                continue
            if sum(m.at.astimezone(m.who.zone).date() == day for m in of) > most_day:
                yield f"more than {most_day} on a day"
            if sum(m.at > each.at - 7 * DAY for m in of) > most_week:
                yield f"more than {most_week} in a week"

    def _untrue(self, each: Sent) -> Iterator[str]:
        if each.trigger == "points_expiring":
            alive = [
                lot for lot in each.who.lots if (lot.gone is None or lot.gone > each.at)
                and lot.amount == each.entities["amount"]
                and someone_ends(each.who, lot.last_day) > each.at
            ]  # fmt: skip
            dates = {f"{lot.last_day.month}月{lot.last_day.day}日" for lot in alive}
            if not any(day in each.text for day in dates):
                yield "names points or a day that are not the customer's"
        if each.trigger == "survey" and not any(
            c.closed and c.closed + DAY <= each.at for c in each.who.cases
        ):
            yield "asks about a case that is not closed"

    def missed(self) -> Iterator[str]:
        """Everything that should have been said and was not, though the rules allowed it."""
        for expected in self._expected():
            if (expected.who.id, expected.trigger) in self.held_out:
                continue
            if any(trigger == expected.trigger for _, trigger, _ in expected.who.snoozed):
                continue
            said = next((m.at for m in self.of[expected.who.id] if _fits(m, expected)), None)
            allowed, slack = self._allowed_before(expected, said)
            if allowed > slack:
                first = f"{expected.since:%m-%d %H:%M}"
                what = f"{expected.who.id} {expected.trigger} {expected.match}"
                yield f"{what} due {first}, said {said}: {allowed} hours free"

    def _allowed_before(self, expected: Expected, said: datetime | None) -> tuple[int, int]:
        """Hours in which it could have been said and was not yet; and how many of them are excused, where
        what stood in the way is looked at again only every so often."""
        until = min(expected.until, expected.since + LASTING[expected.trigger], self.world.end)
        at, count, slack = expected.since, 0, 0
        while at < until and (said is None or at < said):
            blocked = self._blocked(expected, at)
            if blocked == "told":
                return 0, 0
            if blocked == "later":
                slack = 14
            if blocked is None:
                count += 1
            at += HOUR
        return count, slack

    def _blocked(self, expected: Expected, at: datetime) -> str | None:
        who, trigger = expected.who, expected.trigger
        if who.conversation is None or self._refused(who, trigger, at):
            return "never"
        if trigger in MARKETING and not self._agreed(who, at):
            return "never"
        if trigger in POLITE and (self._open_case(who, at) or self._owned(who, at)):
            return "later"
        if not 8 <= at.astimezone(who.zone).hour < 22:
            return "quiet"
        if at in who.wrote:
            return "later"
        before = [m for m in self.of[who.id] if m.at <= at]
        today = [m for m in before if m.at.astimezone(who.zone).date() == at.astimezone(who.zone).date()]
        week = [m for m in before if m.at > at - 7 * DAY]
        if len(today) >= 3 or len(week) >= 8:
            return "cap"
        if trigger in MARKETING and (_marketing(today) >= 1 or _marketing(week) >= 2):
            return "cap"
        cool = COOL.get(trigger)
        if cool and any(m.trigger == trigger and at - m.at < cool for m in before):
            return "cool"
        return "told" if self._owned(who, at) else None

    def _expected(self) -> Iterator[Expected]:
        start = self.world.start
        for who in self.world.people:
            for lot in who.lots:
                ends = someone_ends(who, lot.last_day)
                gone = lot.gone or ends
                for days, until in ((30, _morning(who, lot.last_day - 7 * DAY)), (7, ends)):
                    since = _morning(who, lot.last_day - days * DAY)
                    if max(since, start) < min(until, gone):
                        match = ("amount", lot.amount)
                        yield Expected(who, "points_expiring", max(since, start), min(until, gone), match)
            for card, last in who.cards:
                ends, since = someone_ends(who, last), _morning(who, last - 30 * DAY)
                if ends > start:
                    yield Expected(who, "card_expiring", max(since, start), ends, ("card_id", card))
                hall = _morning(who, last + 60 * DAY)
                yield Expected(who, "card_hall_window", hall, hall + 20 * DAY, ("card_id", card))
            yield from self._of_cases(who)
            yield from self._of_marketing(who)

    def _of_cases(self, who: Someone) -> Iterator[Expected]:
        far = self.world.end + DAY
        for case in who.cases:
            match = ("complaint_id", case.id)
            done = case.responded or far
            yield Expected(who, "complaint_ack", case.received, case.acknowledged or far, match)
            if (case.answered or far) > case.received + DAY:
                yield Expected(who, "sla_breach", case.received + DAY, case.answered or far, match)
            if done > case.received + 15 * DAY:
                yield Expected(who, "appeal_right", case.received + 15 * DAY, done, match)
            if case.closed is not None:
                yield Expected(who, "survey", case.closed + DAY, case.closed + 6 * DAY, match)

    def _of_marketing(self, who: Someone) -> Iterator[Expected]:
        season = _morning(who, date(self.world.start.year, 10, 1))
        yield Expected(who, "season_care", season, season + 14 * DAY, ("project", "autumn"))
        if who.birthday is None:
            return
        for year in (self.world.start.year, self.world.start.year + 1):
            leap = (who.birthday.month, who.birthday.day) == (2, 29)
            day = date(year, 2, 28) if leap and year % 4 else who.birthday.replace(year=year)
            since = _morning(who, day - 7 * DAY)
            if self.world.start <= since < self.world.end:
                yield Expected(who, "birthday_7d", since, since + 3 * DAY, ("birthday", day.isoformat()))

    def _refused(self, who: Someone, trigger: str, at: datetime) -> bool:
        wanted = {f"care:{trigger}"} | PURPOSES.get(trigger, {"service_notice"})
        newest = {purpose: decision for when, purpose, decision in who.said if when <= at}
        return any(newest.get(purpose) in ("refused", "withdrawn") for purpose in wanted)

    def _agreed(self, who: Someone, at: datetime) -> bool:
        return {p: d for when, p, d in who.said if when <= at}.get("marketing") == "given"

    def _open_case(self, who: Someone, at: datetime) -> bool:
        return any(_open(case, at) for case in who.cases)

    def _owned(self, who: Someone, at: datetime) -> bool:
        return any(since <= at < until for since, until in who.owned)


def _open(case: Case, at: datetime) -> bool:
    return case.received <= at and (case.responded is None or at < case.responded)


def _fits(message: Sent, expected: Expected) -> bool:
    name, value = expected.match
    return (
        message.trigger == expected.trigger
        and message.entities.get(name) == value
        and expected.since <= message.at
    )


def _morning(who: Someone, day: date) -> datetime:
    """The first moment of a day, on the hour."""
    return someone_ends(who, day - DAY).astimezone(tz=None).astimezone(who.zone)


def _marketing(messages: list[Sent]) -> int:
    return sum(m.trigger in MARKETING for m in messages)
