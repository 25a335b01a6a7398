"""What travels between channels, conversations and the brain: frozen, typed, free of any platform.

Channels know conversations only as the `Conversations` protocol below; the server hands them the real one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NewType, Protocol

from bot.kit.ids import ConversationId

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
    """A customer's message as a channel verified and decoded it.

    `channel_message_id` is the channel's own id: receiving it twice stores it once. Exactly one of
    `text` and `choice` is set. A leading "/" in `text` means nothing: text is text.
    """

    channel: Channel
    account: str
    channel_user: ChannelUser
    channel_message_id: str
    text: str | None = None
    choice: Choice | None = None


@dataclass(frozen=True, slots=True)
class QuickReply:
    """A button: what it says, and the parse (`intent`, `entities`) or the `text` it stands for."""

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
class LoggedMessage:
    """A message as it stands in the log. `channel_message_id` is set on the customer's own only."""

    conversation: ConversationId
    seq: int
    author: Author
    at: datetime
    content: Content
    channel_message_id: str | None = None


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """A message on its way out through a channel that pushes, in its conversation's order."""

    message_id: str
    account: str
    channel_user: ChannelUser
    author: Author
    content: Content


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who opens a conversation. `member_number` is set when the merchant's site vouched for them."""

    channel: Channel
    account: str
    channel_user: ChannelUser
    locale: str = "zh-CN"
    time_zone: str = "Asia/Shanghai"
    member_number: str | None = None


@dataclass(frozen=True, slots=True)
class OpenConversation:
    """A conversation that stands open for a visitor."""

    conversation: ConversationId
    last_seq: int
    verified: bool


@dataclass(frozen=True, slots=True)
class Receipt:
    """The message is stored and committed under `seq`; `duplicate` when it had been already."""

    seq: int
    duplicate: bool


@dataclass(frozen=True, slots=True)
class MessagesAdded:
    """New messages stand in the log, in order."""

    messages: tuple[LoggedMessage, ...]


@dataclass(frozen=True, slots=True)
class Typing:
    """The other side began or stopped writing."""

    on: bool


@dataclass(frozen=True, slots=True)
class VerifiedChanged:
    """The customer's identity was proved, or its proof ended."""

    verified: bool


ConversationEvent = MessagesAdded | Typing | VerifiedChanged
Listener = Callable[[ConversationEvent], None]
Unsubscribe = Callable[[], None]


class Conversations(Protocol):
    """What a channel may do with conversations."""

    async def open(self, visitor: Visitor) -> OpenConversation:
        """The visitor's conversation, made on first use. Raises NotFound for an unknown member number."""
        ...

    async def state(self, conversation: ConversationId) -> OpenConversation | None:
        """How the conversation stands; None when it is gone."""
        ...

    async def receive(self, message: InboundMessage, conversation: ConversationId | None = None) -> Receipt:
        """Store a customer's message; it is safe when this returns. Raises BadInput or Unavailable."""
        ...

    async def since(
        self, conversation: ConversationId, seq: int, limit: int = 200
    ) -> Sequence[LoggedMessage]:
        """The messages after `seq`, oldest first."""
        ...

    async def seen(self, conversation: ConversationId, seq: int) -> None:
        """The customer has seen everything up to `seq`."""
        ...

    def subscribe(self, conversation: ConversationId, listener: Listener) -> Unsubscribe:
        """Have `listener` called (in this process's loop) with what happens from now on."""
        ...


class ChannelOutlet(Protocol):
    """How the outbox hands messages to a channel that pushes (WeChat, WeCom)."""

    name: Channel

    async def deliver(self, message: OutboundMessage) -> None:
        """Returning means accepted. `Unavailable`: try later. `DeliveryUnknown`: never try again blindly.
        Any other HuitoukeError: refused for good."""
        ...
