"""A busy house: open tickets, agents with their hands full, and a history behind every conversation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from bot.conversations.models import Conversation, Message
from bot.desk.agents.models import Agent
from bot.desk.agents.passwords import hash_password
from bot.desk.rules.models import DeskRules
from bot.desk.rules.rules import WEEKDAYS, Rules
from bot.desk.tickets.models import Ticket, TicketEntry
from bot.desk.tickets.thread import FOR_EVER
from bot.desk.topics import TOPICS
from bot.kit.db import Database, WriteSession
from bot.kit.ids import new_conversation_id, new_message_id
from bot.store.counters.models import Counter
from bot.store.customers.models import Customer, Tier
from bot.store.identities.models import ChannelIdentity

PASSWORD = "a long enough passphrase"
OPEN, AGENTS, EACH, WAITING, LINES = 10_000, 50, 20, 200, 8
"""Open tickets; agents with `EACH` live ones; live ones in the queue (the others are messages left)."""


@dataclass(frozen=True, slots=True)
class Made:
    """Conversations with the number (1…) of the agent who has them."""

    live: list[tuple[str, str, int, int]]
    """Conversation, visitor, agent, ticket."""


async def fill(database: Database, now: datetime) -> Made:
    """Everything, in one transaction."""
    hashed = await hash_password(PASSWORD)
    live: list[tuple[str, str, int, int]] = []
    async with database.write() as session:
        tiers = [{"code": "gold", "name": "金卡", "rank": 2, "threshold": 8_000, "key_account": False}]
        await session.execute(insert(Tier), tiers)
        rules = Rules.model_validate({"hours": {day: [("00:00", "24:00")] for day in WEEKDAYS}})
        held = {"version": 1, "data": rules.model_dump(mode="json", exclude={"version"}), "by": "bench"}
        await session.execute(insert(DeskRules), [{**held, "at": now}])
        await session.execute(insert(Agent), [_agent(number, hashed, now) for number in range(1, AGENTS + 1)])
        for start in range(0, OPEN, 1_000):
            await _thousand(session, start, now, live)
        await session.execute(insert(Counter), [{"name": "desk", "value": OPEN}])
    return Made(live)


async def _thousand(
    session: WriteSession, start: int, now: datetime, live: list[tuple[str, str, int, int]]
) -> None:
    rows: dict[type[Any], list[dict[str, Any]]] = {
        table: [] for table in (Customer, ChannelIdentity, Conversation, Message, Ticket, TicketEntry)
    }
    for number in range(start + 1, start + 1_001):
        agent = (number - 1) % AGENTS + 1 if number <= AGENTS * EACH else None
        conversation, visitor = str(new_conversation_id()), f"visitor-{number}"
        if agent is not None:
            live.append((conversation, visitor, agent, number))
        _customer(rows, number, visitor, now)
        _talk(rows, number, conversation, visitor, agent, now)
        _ticket(rows, number, conversation, agent, now)
    for table, made in rows.items():
        await session.execute(insert(table), made)


def _agent(number: int, hashed: str, now: datetime) -> dict[str, Any]:
    return {
        "id": number,
        "login": f"agent{number:02d}",
        "name": f"客服{number}",
        "password_hash": hashed,
        "must_change_password": False,
        "role": "agent",
        "skills": [],
        "languages": ["zh"],
        "capacity": EACH,
        "duty": "on",
        "duty_since": now,
        "seen_at": now + timedelta(minutes=10),  # nobody vanishes while the others still come
        "disabled": False,
        "created_at": now,
    }


def _customer(rows: dict[type[Any], list[dict[str, Any]]], number: int, visitor: str, now: datetime) -> None:
    rows[Customer].append(
        {
            "id": number,
            "member_number": f"HM{number:08d}",
            "name": f"客户{number}",
            "tier_code": "gold" if number % 5 == 0 else None,
            "locale": "zh-CN",
            "time_zone": "Asia/Shanghai",
            "created_at": now,
        }
    )
    rows[ChannelIdentity].append(
        {
            "id": number,
            "channel": "web",
            "account": "default",
            "channel_user": visitor,
            "customer_id": number,
            "level": "known",
            "created_at": now,
        }
    )


def _talk(
    rows: dict[type[Any], list[dict[str, Any]]],
    number: int,
    conversation: str,
    visitor: str,
    agent: int | None,
    now: datetime,
) -> None:
    waits = agent is None and number <= AGENTS * EACH + WAITING
    rows[Conversation].append(
        {
            "id": conversation,
            "channel": "web",
            "account": "default",
            "channel_user": visitor,
            "identity_id": number,
            "locale": "zh-CN",
            "time_zone": "Asia/Shanghai",
            "owner": "agent" if agent else "queue" if waits else "bot",
            "agent_id": agent,
            "owner_version": 2,
            "agent_version": 2,
            "desk_until": FOR_EVER,
            "last_seq": LINES,
            "seen_seq": LINES,
            "created_at": now,
            "last_message_at": now,
        }
    )
    rows[Message] += [
        {
            "id": str(new_message_id()),
            "conversation_id": conversation,
            "seq": seq,
            "author": "customer" if seq % 2 else "bot",
            "content": {"text": "我的积分怎么少了五百，昨天还在的" if seq % 2 else "您现在有 3,200 积分。"},
            "state": "done" if seq % 2 else "logged",
            "attempts": 0,
            "owner_version": 1,
            "parse": _PARSE if seq % 2 else None,
            "created_at": now,
        }
        for seq in range(1, LINES + 1)
    ]


_PARSE = {
    "intent": {"name": "ask_points", "confidence": 0.97},
    "entities": [],
    "emotion": {"label": "calm", "score": 0.9},
}


def _ticket(
    rows: dict[type[Any], list[dict[str, Any]]],
    number: int,
    conversation: str,
    agent: int | None,
    now: datetime,
) -> None:
    is_live = number <= AGENTS * EACH + WAITING
    came = now - timedelta(seconds=OPEN - number)
    rows[Ticket].append(
        {
            "id": number,
            "conversation_id": conversation,
            "customer_id": number,
            "kind": "live" if is_live else "message",
            "state": "assigned" if agent else "waiting",
            "reason": "requested",
            "topic": TOPICS[number % len(TOPICS)],
            "language": "zh",
            "agent_id": agent,
            "last_agent_id": agent,
            "opened_at": came,
            "opened_seq": LINES,
            "queued_at": came,
            "rank_at": came,
            "assigned_at": now if agent else None,
            "waits_since": None if agent else came,
            "unread": 0,
            "emotion": "calm" if agent else None,  # as was read of what they wrote
            "last_number": 1,
            "n": number,
            "moved_n": number,
        }
    )
    rows[TicketEntry].append(
        {
            "ticket_id": number,
            "number": 1,
            "at": came,
            "kind": "opened",
            "actor_kind": "bot",
            "actor": "小回",
            "reason": "requested",
            "data": {"kind": "live" if is_live else "message", "topic": None, "last_agent": None},
        }
    )
