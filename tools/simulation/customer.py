"""One simulated customer: reads what the bot says, and answers as people do."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from random import Random
from typing import Any

from bot.store.identities.sms import recent_demo_sms
from tools.simulation.goals import ASIDES, YES, Goal
from tools.simulation.people import Person
from tools.simulation.stage import Stage

MOST_TURNS = 24
CONFIRMING = ("确认一下", "请看一下", "可以吗", "确定吗", "没问题我就提交", "确认吗")


@dataclass
class Conversation:
    """What was said, and whether it led to the goal. `twists` are what made it harder."""

    goal: Goal
    person: Person
    number: int
    changes: bool
    strays: bool
    transcript: list[str] = field(default_factory=list)
    turns: int = 0
    reached: bool = False
    problem: str = ""

    @property
    def twists(self) -> list[str]:
        named = (("unverified", not self.person.verified), ("changes", self.changes), ("strays", self.strays))
        return [name for name, there in named if there]


class Customer:
    """Plays one conversation."""

    def __init__(self, stage: Stage, conversation: Conversation, random: Random) -> None:
        self._stage = stage
        self._talk = conversation
        self._random = random
        self._heard = ""
        self._changed = self._strayed = False

    async def play(self) -> Conversation:
        goal, talk = self._talk.goal, self._talk
        await self._say(self._pick(goal.openings))
        await self._answer_questions()
        if goal.then:
            await self._say(self._pick(goal.then))
            await self._answer_questions()
        check = goal.changed if self._changed and goal.changed else goal.reached
        said = "\n".join(talk.transcript)
        async with self._stage.database.read() as session:
            talk.reached = await check(session, talk.person, said) and all(word in said for word in goal.says)
        if not talk.reached and not talk.problem:
            talk.problem = "the goal was not reached"
        return talk

    async def _answer_questions(self) -> None:
        """Until the bot asks nothing that this customer can answer."""
        while self._talk.turns < MOST_TURNS:
            reply = await self._reply()
            if reply is None:
                return
            if self._wants_to_stray():
                await self._stray()
                continue
            self._changed = self._changed or reply in self._talk.goal.changes
            await self._say(reply)
        self._talk.problem = "it went on and on"

    async def _reply(self) -> str | None:
        if "手机号或会员号" in self._heard:
            return self._talk.person.phone
        if "验证码" in self._heard:
            return await self._code()
        if self._talk.changes and not self._changed and any(word in self._heard for word in CONFIRMING):
            return self._pick(self._talk.goal.changes)
        for question, answers in self._talk.goal.answers.items():
            if question in self._heard:
                return self._pick(answers)
        return self._pick(YES) if "再跟您确认" in self._heard else None

    async def _code(self) -> str:
        for _ in range(100):
            async with self._stage.database.read() as session:
                for sms in await recent_demo_sms(session, 40):
                    code = re.search(r"\b\d{6}\b", sms.text)
                    if code and sms.masked_to[-4:] == self._talk.person.phone[-4:]:
                        return code.group()
            await asyncio.sleep(0.1)
        raise RuntimeError("No code was sent.")

    def _wants_to_stray(self) -> bool:
        return self._talk.strays and not self._strayed and self._random.random() < 0.6

    async def _stray(self) -> None:
        """Something else first: it must be answered, and the question must come back."""
        self._strayed = True
        asked = self._heard
        aside = self._pick(tuple(ASIDES))
        await self._say(aside)
        last_line = asked.strip().splitlines()[0][:8]
        proving = "手机号或会员号" in self._heard or "验证码" in self._heard
        if ASIDES[aside] not in self._heard and not proving:
            self._talk.problem = f"the aside was not answered: {aside}"
        elif last_line not in self._heard and not proving and "接着刚才" not in self._heard:
            self._talk.problem = f"the question did not come back after: {aside}"

    async def _say(self, words: str) -> None:
        talk = self._talk
        talk.turns += 1
        answer: dict[str, Any] = await self._stage.turn(f"c-sim-{talk.number}", talk.person.identity, words)
        understood = answer["parse"]["intent"]
        talk.transcript.append(f"  顾客：{words}    [{understood['name']} {understood['confidence']:.2f}]")
        talk.transcript += [f"  小回：{message['text']}" for message in answer["messages"]]
        self._heard = "\n".join(message["text"] for message in answer["messages"])

    def _pick(self, choices: tuple[str, ...]) -> str:
        return self._random.choice(choices)
