"""What travels between channels, conversations and the brain: frozen, typed, free of any platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NewType, Protocol

Channel = Literal["web", "wechat", "wecom"]
Author = Literal["customer", "bot", "agent", "system"]

ChannelUser = NewType("ChannelUser", str)
"""A person as the channel knows them: a visitor id, an OpenID, an external_userid."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A pressed quick reply: number `index` of the message with sequence number `seq`."""

    seq: int
    index: int


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """A customer's message as a channel decoded and verified it.

    `channel_message_id` is the channel's own id: receiving it twice stores it once. Exactly one of
    `text` and `choice` is set.
    """

    channel: Channel
    account: str
    channel_user: ChannelUser
    channel_message_id: str
    sent_at: datetime
    text: str | None = None
    choice: Choice | None = None


@dataclass(frozen=True, slots=True)
class QuickReply:
    """A button: what it says, and the parse or the text that pressing it stands for."""

    title: str
    intent: str | None = None
    entities: Mapping[str, Any] = field(default_factory=dict)
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says. `text` is always complete, also for channels that cannot show cards."""

    text: str
    card: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    quick_replies: tuple[QuickReply, ...] = ()


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """A message on its way to a customer, in its conversation's order."""

    conversation: str
    seq: int
    channel_user: ChannelUser
    author: Author
    content: Content
    created_at: datetime


class ChannelOutlet(Protocol):
    """How the outbox hands a message to a channel."""

    name: Channel

    async def deliver(self, message: OutboundMessage) -> None:
        """Hand `message` to the platform. Returning means accepted; raising `Unavailable` means later."""
        ...
