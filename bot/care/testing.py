"""A test message to oneself: the text as it would read, to a customer that the operator plays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.care.deciding import Matter, lines_for
from bot.care.explain import customer_of
from bot.care.people import people
from bot.care.settings import note
from bot.care.texts import check_text, render
from bot.conversations import log as message_log
from bot.conversations.log import Draft
from bot.kit.errors import Conflict
from bot.kit.ids import ConversationId
from bot.messages import Content, MessagesAdded
from bot.store.access.service import log_access

if TYPE_CHECKING:
    from bot.care.care import Care

PREFIX = "【测试】"


async def send_test(care: Care, name: str, said: str, text: str | None, by: str) -> dict[str, Any]:
    """Send the trigger's text (or `text`) with this customer's facts, or with examples when nothing is due.

    It goes to the conversation in which the customer wrote last, begins with 【测试】, opens no topic, counts
    for no cap, and stands in the audit. Raises NotFound, BadInput, or Conflict when nobody can be reached.
    """
    now = care.clock()
    async with care.database.write() as session:
        setting = await care.book.one(session, name)
        trigger = setting.trigger
        if text is not None:
            check_text(trigger, text)
        who = await customer_of(session, said)
        await log_access(session, who, "care", now, why="测试消息", reader="agent", name=by)
        person = (await people(session, [who], now))[who]
        await care.planner.zones(session)
        found = await care.planner.find(session, trigger, [who], now)
        facts: dict[str, Any] = dict(found[0][2]) if found else _example(trigger.facts)
        if trigger.more is not None and found:
            facts |= trigger.more(facts, now, person.time_zone)
        matter = Matter(trigger, "test", facts, now + trigger.lasting)
        lines = [line for line in lines_for(matter, person) if line.owner == "bot"] or [
            line for line in person.lines if line.owner == "bot"
        ]
        if not lines:
            raise Conflict("这位客户还没有打开过聊天，或者正由人工服务，测试消息没有发出。")
        words = PREFIX + render(
            trigger,
            text or setting.text,
            facts,
            customer=person.name,
            company=care.company,
            time_zone=person.time_zone,
            audience=matter.audience,
        )
        row = await message_log.locked(session, lines[0].conversation)
        added = message_log.append(session, row, [Draft("bot", Content(words))], now)
        note(session, now, by, "test", name, after=words)
    care.hands.publish(ConversationId(row.id), MessagesAdded(tuple(added)))
    return {"channel": lines[0].channel, "text": words, "example": not found}


def _example(kinds: Any) -> dict[str, Any]:
    values = {
        "id": 1,
        "number": 100,
        "text": "（示例）",
        "yuan": 8_800,
        "day": "2026-12-31",
        "last_day": "2026-12-31T16:00:00+00:00",
        "moment": "2026-12-31T04:00:00+00:00",
    }
    return {fact: values[kind] for fact, kind in kinds.items()}
