"""A customer writes after their ticket was closed: is the matter not over after all?"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from bot.conversations.handoff import Inbound
from bot.desk.agents.reads import is_online
from bot.desk.handoff import sentences
from bot.desk.handoff.request import staffing, tell_place
from bot.desk.tickets.holding import agent_row, give
from bot.desk.tickets.opening import enqueue, reopen
from bot.desk.tickets.standing import CUSTOMER, SYSTEM
from bot.desk.work import Matter, Work

_COURTESY: Final = re.compile(
    # No word of the list is made of others of it: each text can be taken apart in one way only.
    r"(?:(?:好[的吧滴]?|嗯|行|可以|知道了|明白|收到|ok(?:ay)?|没事|不用|没有了|"
    r"谢|多谢|感谢|非常感谢|太感谢|辛苦|再见|拜拜|bye|thanks|thankyou|"
    r"了|啦|哈|哦|呀|啊|您|你|客服|小哥|小姐姐)+)",
    re.IGNORECASE,
)
_MARKS: Final = re.compile(r"[\s\W_]+")

FINAL: Final = frozenset({"left", "handed_back", "spam", "wrong_number"})
"""Closed like this, nothing of the ticket is taken up again by itself."""


def is_courtesy(text: str) -> bool:
    """Thanks, a good-bye, an OK or only marks: nothing that anybody must answer."""
    words = _MARKS.sub("", text)
    return not words or (len(words) <= 20 and _COURTESY.fullmatch(words) is not None)


async def comes_back(work: Work, matter: Matter, message: Inbound) -> bool:
    """Open the ticket again, to the same agent if they are there, else into the queue.

    True when an agent has it now. Pressed buttons are the bot's, and so is who writes when nobody is there.
    """
    ticket = matter.ticket
    closed = ticket.closed_at
    soon_enough = closed is not None and work.now - closed <= timedelta(minutes=work.rules.reopen_minutes)
    text = str(message.content.get("text") or "")
    if (
        not soon_enough
        or ticket.close_reason in FINAL
        or message.content.get("intent")
        or is_courtesy(text)
        or not (await staffing(work)).now
    ):
        return False
    await reopen(work, matter, CUSTOMER, "customer")
    ticket.unread = 1
    if ticket.last_agent_id is not None:
        agent = await agent_row(work, ticket.last_agent_id)
        if agent.duty == "on" and not agent.disabled and is_online(agent.seen_at, work.now):
            await give(work, matter, agent.id, SYSTEM, "same_agent")
            await work.tell(agent.id, "customer_back", ticket.id, "刚关闭的客户又回来了")
            return True
    await enqueue(work, matter)
    work.say(matter.row, sentences.queued("reopened", await tell_place(work, ticket)))
    return False
