"""A task as a script: straight code that asks, and is run again from the top with every answer."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from actions.base import Call
from actions.tasks import consent
from actions.tasks.consent import Reply
from actions.tasks.heard import CERTAIN, REQUESTS, Heard, Narrow, Option, matching, place
from actions.tasks.state import Question, TaskState
from bot.kit.db import WriteSession
from bot.kit.ids import CustomerId
from bot.store.requests.service import Note

T = TypeVar("T")

BUTTONS = 4
LISTED = 8
ALL = "all"
BARE = 4
"""A no of so many characters is nothing but a no."""
DECLINED = "_declined"
CONFIRM = "confirm"
"""The name of the last question of all: shall I do exactly this?"""
EVERYTHING = ("全部", "全都", "都转", "全转", "所有", "一分不留", "全额")
STOP = {"算了": "/cancel"}
CHANGE = {"改一下": "/deny"}


class Asks(Exception):
    """The script needs an answer: the state holds the question."""


class Again(Exception):
    """What was chosen cannot be done: forget the values `names`, say `lead`, ask again."""

    def __init__(self, lead: str, *names: str) -> None:
        self.lead = lead
        self.names = names
        super().__init__(lead)


class Stop(Exception):
    """The task ends undone, with `words`; without them, the customer has declined."""

    def __init__(self, words: str = "", buttons: Mapping[str, str] | None = None) -> None:
        self.words = words
        self.buttons = buttons
        super().__init__(words)


class Script:
    """What a task's script works with: the store, what is known so far, and the questions.

    Each question method gives the answer if it is known or stands in the customer's message, and otherwise
    ends this run with `Asks`. In a run that is `correcting` a value, the message is read for that one anew;
    the `last` run takes what is only probably a yes or a no.
    """

    def __init__(
        self,
        call: Call,
        session: WriteSession,
        customer: CustomerId | None,
        state: TaskState,
        heard: Heard | None,
        correcting: str | None = None,
        *,
        last: bool = False,
        repeated: bool = False,
    ) -> None:
        """`repeated`: what the task does was done, and the turn that did it has come again."""
        self.call = call
        self.repeated = repeated
        self.session = session
        self._customer = customer
        self.state = state
        self.heard = heard
        self.correcting = correcting
        self.last = last
        self.understood = False
        self._picked = heard.picked if heard else None
        """The value of the button that was pressed; it answers one question only."""

    @property
    def customer(self) -> CustomerId:
        """Who has proved to be; a script of a task that is not personal must not ask."""
        assert self._customer is not None
        return self._customer

    @property
    def now(self) -> datetime:
        return self.call.now

    def note(self, reason: str = "", part: str = "") -> Note:
        """What a write of the task says about itself; sending it again changes nothing.

        A task that writes several things names the `part`.
        """
        return Note(f"{self.state.key}{part}", self.now, "bot", reason)

    async def preview(self, write: Awaitable[T]) -> T:
        """What `write` would result in; nothing of it stays."""
        async with self.session.begin_nested() as point:
            result = await write
            await point.rollback()
        return result

    def say(
        self,
        text: str,
        buttons: Mapping[str, str] | None = None,
        card: str | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        """Tell the customer. With a task waiting below, its question brings the buttons."""
        self.call.say(text, card=card, data=data, buttons=None if self.state.below else buttons)

    # ---- questions

    def choose(
        self,
        name: str,
        ask: str,
        options: Sequence[Option],
        *,
        narrow: Narrow | None = None,
        part: Callable[[str], str] | None = None,
        lone: bool = True,
        near: Narrow | None = None,
        gone: str = "刚才选的已经没有了，您看看别的。",
        none_such: str = "这个选不了，您看看下面的。",
        listed: bool = True,
        more: str = "还有 {} 样，说出名字就行。",
        number: bool = False,
    ) -> Option:
        """One of `options`; the only one is taken unasked if `lone`.

        `narrow` says which values a message leaves possible (a time, a price); `near`, which come close
        where it leaves none, which `none_such` says; `part`, which part of the words is about this question;
        `listed`: the options are written out under it, numbered, the first few of them, and `more` says how
        to name the others. `number`: what is asked for is itself a number, and no place in a list.
        """
        by_value = {option.value: option for option in options}
        known = self.state.values.get(name)
        if known is not None and known not in by_value:
            self.state = self.state.without(name)
            self.lead(gone)
            known = None
        if lone and len(options) == 1 and known is None:
            return options[0]
        possible = self._named(name, options, narrow, part, number=number) if self._reads(name) else []
        if not possible and self._rules_out_all(name, narrow):
            close = self._among(options, near)
            if close or self.state.asked == name:
                self.lead(none_such)
            if close:
                self.state = self.state.without(name)
                raise self._asking_which(name, ask, close, more, listed=listed, number=number)
        if len(possible) == 1 and possible[0].value != known:
            return self._take(name, possible[0].value, possible[0])
        if known is not None and (not possible or known in [each.value for each in possible]):
            return by_value[known]
        raise self._asking_which(name, ask, possible or list(options), more, listed=listed, number=number)

    def _reads(self, name: str) -> bool:
        """Whether the message may give this value: one that is missing, or the one being corrected."""
        return self.heard is not None and (name not in self.state.values or name == self.correcting)

    def _named(
        self,
        name: str,
        options: Sequence[Option],
        narrow: Narrow | None,
        part: Callable[[str], str] | None,
        *,
        number: bool = False,
    ) -> list[Option]:
        assert self.heard is not None
        heard, asked = self.heard, self.state.asked == name
        few = asked or (name == self.correcting and heard.says_no)  # 不对，换那个券: few words are enough
        if heard.is_wish and heard.intent != self.state.name:
            few = False  # 查积分 shares a character with 满意度调查, and asks for the points
        if self._picked is not None and self.state.asked in (name, None):
            picked = [option for option in options if option.value == self._picked]
            self._picked = None if picked else self._picked
            return picked
        shown = self._listed(name, options, asked=asked)
        which = place(heard, len(shown), bare=asked) if shown and not number else None
        if which is not None:
            return [option for option in options if option.value == shown[which]]
        words = heard.saying(part(heard.text)) if part else heard
        possible = matching(words, options, asked=few, alike=not self._wishes_else(heard))
        narrowed = narrow(heard) if narrow else None
        if narrowed is None:
            return possible
        both = [option for option in possible if option.value in narrowed]
        return both or [option for option in options if option.value in narrowed]

    def _listed(self, name: str, options: Sequence[Option], *, asked: bool) -> tuple[str | int, ...]:
        """What a place is counted in: the list just shown, or the one an earlier choice was made from."""
        if asked:
            return self.state.question.options if self.state.question else ()
        return tuple(option.value for option in options[:LISTED]) if name == self.correcting else ()

    def _rules_out_all(self, name: str, narrow: Narrow | None) -> bool:
        """Whether the message asks for something that none of the options is."""
        return (
            narrow is not None and self.heard is not None and self._reads(name) and narrow(self.heard) == []
        )

    def _among(self, options: Sequence[Option], near: Narrow | None) -> list[Option]:
        values = (near(self.heard) if near and self.heard else None) or []
        return [option for option in options if option.value in values]

    def _asking_which(
        self, name: str, ask: str, options: Sequence[Option], more: str, *, listed: bool, number: bool
    ) -> Asks:
        shown = options[:LISTED]
        lines = [f"{n}. {option.label}" for n, option in enumerate(shown, 1)] if listed else []
        if len(options) > LISTED:
            lines.append(more.format(len(options) - LISTED))
        pressed = {o.title: picking(o.value) for o in options[: BUTTONS - 1]}
        return self._asking(
            name,
            "\n".join([ask, *lines]),
            {**pressed, **STOP},
            tuple(o.value for o in shown),
            listed=listed,
            number=number,
        )

    def number(self, name: str, ask: str, *, most: int, too_many: str, default: int | None = None) -> int:
        """A whole number from 1 to `most`."""

        def read(heard: Heard) -> int | None:
            number = heard.number() if self.state.asked == name else None
            return int(number) if number is not None and number == int(number) else heard.count()

        return self._measure(name, ask, read, most=most, too_many=too_many, default=default)

    def money(
        self, name: str, ask: str, *, most: int, too_many: str, buttons: Mapping[str, str | int] | None = None
    ) -> int:
        """An amount in fen, from 1 fen to `most`; 全部 is `most`."""

        def another(heard: Heard) -> int | None:
            number = heard.number() if heard.is_bare_amount else None
            return round(number * 100) if number is not None and number * 100 <= most else None

        def read(heard: Heard) -> int | None:
            if any(word in heard.text for word in EVERYTHING) or (
                self.state.asked == name and heard.picked == ALL
            ):
                return most
            if (fen := heard.fen()) is not None:
                return fen
            if self.state.asked != name:
                return another(heard) if name == self.correcting else None
            if heard.entities("amount"):
                self.lead("请给我一个准确的数，比如 20 元。")
                return None
            number = heard.number()
            return round(number * 100) if number is not None else None

        return self._measure(name, ask, read, most=most, too_many=too_many, buttons=buttons)

    def _measure(
        self,
        name: str,
        ask: str,
        read: Callable[[Heard], Any],
        *,
        most: int,
        too_many: str,
        default: int | None = None,
        buttons: Mapping[str, str | int] | None = None,
    ) -> int:
        known = self.state.values.get(name, default)
        said = read(self.heard) if self.heard and self._reads(name) else None
        if isinstance(said, int) and said != known:
            if 1 <= said <= most:
                return self._take(name, said, said)
            self.state = self.state.without(name)
            self.lead(too_many)
        elif known is not None and known <= most:
            return known
        elif known is not None:
            self.state = self.state.without(name)
            self.lead(too_many)
        raise self._asking(name, ask, {**_picks(buttons), **STOP}, number=True)

    def given(self, name: str, value: Any) -> None:
        """Know `value` without asking: the customer's message says it."""
        if name not in self.state.values:
            self._take(name, value, value)

    def change(self, name: str, value: Any) -> None:
        """Know `value` from now on, whatever was known before: the customer's message says so."""
        self._take(name, value, value)

    def words(
        self,
        name: str,
        ask: str,
        *,
        buttons: Mapping[str, str | int] | None = None,
        least: int = 1,
        story: bool = True,
    ) -> str:
        """What the customer writes. A button, or a no, is the empty text.

        A `story` may sound like any wish; what is asked for a name leaves other wishes to their rules.
        """
        known = self.state.values.get(name)
        if known is not None:
            return known
        heard = self.heard
        if (
            heard is not None
            and self.state.asked == name
            and not self.understood
            and not self._aside(heard, story)
            and not (heard.nods and buttons is None)
        ):
            said = _pressed(heard, buttons)
            if said is None:
                raise self._asking(name, ask, {**_picks(buttons), **STOP})
            if buttons and heard.says_nothing:
                said = ""
            if len(said) >= least or buttons:
                return self._take(name, said, said)
        raise self._asking(name, ask, {**_picks(buttons), **STOP})

    def _aside(self, heard: Heard, story: bool) -> bool:
        if story:
            return heard.is_aside
        return heard.is_wish and heard.intent not in (self.state.name, f"ask_{self.state.name}")

    def confirm(self, summary: str, yes: str = "确认", change: bool = True) -> None:
        """Go on only after the customer, seeing exactly `summary`, says yes. Never remembered."""
        heard, question = self.heard, self.state.question
        mark = consent.shown(self.state.key, summary)
        if heard is not None and question is not None and self.state.asked == CONFIRM and not self.understood:
            reply = heard.reply(yes, mark)
            if reply is Reply.YES:
                if self._shows(question, summary):
                    self.understood = True
                    return
            elif reply is Reply.NO and self._means_the_no(heard):
                if not change or self.state.values.get(DECLINED):
                    raise Stop
                self.state = self.state.knowing(DECLINED, value=True)
                self.lead("好的，先不办。要改哪里，直接告诉我；不想办了就说“算了”。")
        buttons = {yes: f"/affirm{json.dumps({'pick': mark})}", **(CHANGE if change else {}), **STOP}
        raise self._asking(CONFIRM, summary, buttons)

    def _means_the_no(self, heard: Heard) -> bool:
        """不要 at once; 不对，是 3305 only when it corrects nothing."""
        if not heard.text or heard.text.strip("。.！!，,~ ") in CHANGE:
            return True
        return (self.last or len(heard.text) <= BARE) and not self._wishes_else(heard)

    def _shows(self, question: Question, summary: str) -> bool:
        """Whether `summary` is what the customer has just seen; else it has to be shown again."""
        if question.text != summary and not self.repeated:
            self.lead("刚才的内容有变化，请再看一下。")
            return False
        if self.state.is_stale(self.now) or self.state.is_parked:
            self.lead("隔了一会儿了，我再跟您确认一遍。")
            return False
        return True

    def _wishes_else(self, heard: Heard) -> bool:
        """别再给我发广告了 is no answer to a question about something else."""
        return heard.intent in REQUESTS and heard.intent != self.state.name and heard.sure >= CERTAIN

    # ---- inside

    def lead(self, words: str) -> None:
        """Say `words` before the next question; the message was an answer, if not a good one."""
        self.understood = True
        self.state = replace(self.state, lead=words, tries=0, asides=0)

    def _take(self, name: str, value: Any, given: T) -> T:
        self.understood = True
        self.state = replace(self.state.knowing(name, value), tries=0, asides=0)
        return given

    def _asking(
        self,
        name: str,
        text: str,
        buttons: Mapping[str, str],
        options: tuple[str | int, ...] = (),
        *,
        listed: bool = False,
        number: bool = False,
    ) -> Asks:
        question = Question(text, dict(list(buttons.items())[:BUTTONS]), options, listed, number)
        self.state = replace(self.state, asked=name, question=question, at=self.now.isoformat())
        return Asks()


def picking(value: str | int) -> str:
    """The payload of a button that answers with `value`."""
    return f"/inform{json.dumps({'pick': value}, ensure_ascii=False)}"


def _picks(buttons: Mapping[str, str | int] | None) -> dict[str, str]:
    return {title: picking(value) for title, value in (buttons or {}).items()}


def _pressed(heard: Heard, buttons: Mapping[str, str | int] | None) -> str | None:
    """What was written, or what a button of this question stands for; None for a button of another one."""
    if heard.text or heard.intent == "deny":
        return heard.text
    return str(heard.picked) if heard.picked in (buttons or {}).values() else None
