"""How somebody is greeted who opens the chat or follows the account: with what they most likely came for.

Before a proof of identity everybody reads the same. Afterwards the buttons are the customer's own, without
figures: a button is seen by whoever looks over a shoulder, and nothing is told that was not asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.conversations.models import Conversation
from bot.kit.db import WriteSession
from bot.kit.ids import IdentityId
from bot.messages import Content, Prompt, QuickReply
from bot.store.access.service import open_own_data
from bot.store.identities.service import access
from bot.store.needs.reads import likely_needs

MOST: Final = 3
QUIET: Final = timedelta(minutes=30)
"""Who was here a moment ago goes on where they were; after this long they are greeted again."""

BUTTONS: Final = {
    "complaint": QuickReply("我的投诉有进展吗", intent="ask_complaint_status"),
    "delivery": QuickReply("我的订单到哪了", intent="ask_order"),
    "card": QuickReply("快到期的卡", intent="ask_balance"),
    "points": QuickReply("快到期的积分", intent="ask_points_expiry"),
    "reorder": QuickReply("再来一单", intent="reorder"),
    "ask_points": QuickReply("我有多少积分", intent="ask_points"),
    "ask_balance": QuickReply("查一下余额", intent="ask_balance"),
    "ask_complaint_status": QuickReply("我的投诉到哪一步了", intent="ask_complaint_status"),
}
"""What each button says and means. The first are for who has the need; the others are for everybody."""
FOR_EVERYBODY: Final = ("ask_points", "ask_balance", "ask_complaint_status")

WELCOME: Final = "您好，我是小回。积分、余额、订单、投诉都可以问我，想找人工客服也行。您可能想问："


async def prompts(session: WriteSession, identity: IdentityId, now: datetime) -> list[Prompt]:
    """At most three buttons for whoever this is; that a verified customer's facts were read is logged."""
    who = await access(session, identity, now)
    own: list[str] = []
    if who.verified:
        customer = await open_own_data(session, who, "likely_needs", now, why="打开对话时的快捷入口")
        own = [*await likely_needs(session, customer, now, who.time_zone)]
    meant = {BUTTONS[name].intent for name in own}
    more = [name for name in FOR_EVERYBODY if BUTTONS[name].intent not in meant]
    return _named((own + more)[:MOST])


def for_everybody() -> list[Prompt]:
    """The buttons of who has not proved who they are."""
    return _named(FOR_EVERYBODY)


async def greeting(session: WriteSession, identity: IdentityId, now: datetime) -> Content:
    """The whole greeting as one message."""
    offered = await prompts(session, identity, now)
    return Content(WELCOME, quick_replies=tuple(BUTTONS[each.name] for each in offered))


def _named(names: Sequence[str]) -> list[Prompt]:
    return [Prompt(name, BUTTONS[name].title, own=name not in FOR_EVERYBODY) for name in names]


def may_greet(row: Conversation, now: datetime) -> bool:
    """Has the bot the conversation, and is nothing being talked about?"""
    return row.owner == "bot" and (row.last_seq == 0 or now - row.last_message_at >= QUIET)
