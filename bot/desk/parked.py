"""A customer's message that could not be answered however often it was tried: whoever leads hears of it."""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter

from bot.desk.agents.reads import agent_views
from bot.desk.office import Office
from bot.kit.ids import ConversationId
from bot.kit.limits import RateLimit

TEXT: Final = "有一条客户消息系统没能处理，已请客户换个说法或找人工。会话 {conversation}"
AT_ONCE: Final = 10
PER_SECOND: Final = 10 / 3600
"""Who sends nothing but such messages must not fill the leaders' lists; the metric counts them all."""


class ParkedTurns:
    """Counts parked messages, and leaves supervisors a notice, once an hour for a conversation."""

    def __init__(self, office: Office, registry: CollectorRegistry) -> None:
        self._office = office
        self._limit = RateLimit(AT_ONCE, PER_SECOND)
        self._count = Counter(
            "huitouke_turns_parked", "Customers' messages given up after several failures", registry=registry
        )

    async def __call__(self, conversation: ConversationId, message: str) -> None:
        """`message`, of `conversation`, was given up."""
        self._count.inc()
        if self._limit.take("all"):
            return
        hour = f"{self._office.clock():%y%m%d%H}"
        async with self._office.work() as work:
            for person in await agent_views(work.session, work.now, disabled=False):
                if person.role != "agent":
                    key = f"parked:{conversation}:{hour}:{person.id}"
                    text = TEXT.format(conversation=conversation)
                    await work.tell(person.id, "reply_due", None, text, key)
