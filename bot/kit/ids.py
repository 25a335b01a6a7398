"""Typed ids. Rows of the store have integers; what crosses a process or leaves the house has text."""

from __future__ import annotations

import os
import secrets
import time
from typing import NewType

CustomerId = NewType("CustomerId", int)
IdentityId = NewType("IdentityId", int)
AccountId = NewType("AccountId", int)
TransactionId = NewType("TransactionId", int)
LotId = NewType("LotId", int)
CardId = NewType("CardId", int)
ComplaintId = NewType("ComplaintId", int)
OrderId = NewType("OrderId", int)
AgentId = NewType("AgentId", int)

ConversationId = NewType("ConversationId", str)
MessageId = NewType("MessageId", str)


def time_ordered() -> str:
    """32 hex digits that sort by time of making (the layout of UUID version 7, RFC 9562)."""
    millis = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = (millis & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76
    value |= ((random >> 62) & 0xFFF) << 64
    value |= 0b10 << 62
    value |= random & ((1 << 62) - 1)
    return f"{value:032x}"


def new_conversation_id() -> ConversationId:
    """An id that cannot be guessed: a conversation is also the brain's sender."""
    return ConversationId("c-" + time_ordered())


def new_message_id() -> MessageId:
    return MessageId("m-" + time_ordered())


def secret_token(bytes_: int = 32) -> str:
    """A URL-safe secret with `bytes_` bytes of randomness."""
    return secrets.token_urlsafe(bytes_)
