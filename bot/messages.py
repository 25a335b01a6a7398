"""What travels between channels, conversations and the brain: frozen, typed, free of any platform.

Channels know conversations only as the `Conversations` protocol below; the server hands them the real one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, NewType, Protocol

from bot.kit.db import WriteSession
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
class Prompt:
    """A button for what somebody most likely came for, by its name. `own`: it says something of theirs."""

    name: str
    title: str
    own: bool = False


@dataclass(frozen=True, slots=True)
class QuickReply:
    """A button: what it says, and the parse (`intent`, `entities`) or the `text` it stands for."""

    title: str
    intent: str | None = None
    entities: Mapping[str, Any] = field(default_factory=dict)
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says. `text` is always complete, also for channels that cannot show cards.

    `number`: it asks for a number, so that a number answers it and is no button's place.
    """

    text: str
    card: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    quick_replies: tuple[QuickReply, ...] = ()
    number: bool = False


@dataclass(frozen=True, slots=True)
class FileRef:
    """A file that is kept (bot.files): what the card `file` shows. `size` is 0 while it is still fetched."""

    id: str
    name: str
    content_type: str
    size: int
    url: str


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """A customer's message as a channel verified and decoded it.

    `channel_message_id` is the channel's own id: receiving it twice stores it once. Exactly one of
    `text`, `choice` and `prompt` (a pressed Prompt's name) is set. A leading "/" in `text` means nothing:
    text is text.

    `intent` and `entities` are a parse that comes with the text (a menu's button). `file` is what was sent;
    `event` what happened instead of a message (following, scanning). `answer` is said at once when the bot
    has the conversation, in place of its turn: for what the bot cannot read. `greet`: so is the greeting.
    `silent`: kept, not answered. `origin`: where it was sent from, as hashes that are the same for the same
    place: `address` of the network.
    """

    channel: Channel
    account: str
    channel_user: ChannelUser
    channel_message_id: str
    text: str | None = None
    choice: Choice | None = None
    prompt: str | None = None
    intent: str | None = None
    entities: Mapping[str, Any] = field(default_factory=dict)
    file: FileRef | None = None
    event: Mapping[str, str] = field(default_factory=dict)
    answer: Content | None = None
    greet: bool = False
    silent: bool = False
    origin: Mapping[str, str] = field(default_factory=dict)

    @property
    def wants_turn(self) -> bool:
        """Is there something for the bot to read?"""
        return self.answer is None and not self.greet and not self.silent


@dataclass(frozen=True, slots=True)
class LoggedMessage:
    """A message as it stands in the log. `channel_message_id` is set on the customer's own only, `name` on
    an agent's."""

    conversation: ConversationId
    seq: int
    author: Author
    at: datetime
    content: Content
    channel_message_id: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """A message on its way out through a channel that pushes, in its conversation's order."""

    message_id: str
    account: str
    channel_user: ChannelUser
    author: Author
    content: Content
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many messages may still be sent to somebody, and until when.

    `left` is None where nothing limits it. Not `reachable`: they left the channel, and nothing arrives.
    """

    left: int | None = None
    until: datetime | None = None
    reachable: bool = True

    @property
    def open(self) -> bool:
        """May anything be sent now?"""
        return self.reachable and (self.left is None or self.left > 0)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who opens a conversation. `member_number` or `external_id` is set when the merchant's site vouched for
    them."""

    channel: Channel
    account: str
    channel_user: ChannelUser
    locale: str = "zh-CN"
    time_zone: str = "Asia/Shanghai"
    member_number: str | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class ServedBy:
    """Who serves a conversation; in the queue with the place (1 is next) and the wait, seconds as a range."""

    by: Literal["bot", "queue", "agent"]
    name: str | None = None
    position: int | None = None
    wait: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class OpenConversation:
    """A conversation that stands open for a visitor."""

    conversation: ConversationId
    last_seq: int
    seen_seq: int
    verified: bool
    served: ServedBy = ServedBy("bot")


@dataclass(frozen=True, slots=True)
class Receipt:
    """The message is stored and committed under `seq`; `duplicate` when it had been already."""

    seq: int
    duplicate: bool


@dataclass(frozen=True, slots=True)
class MessagesAdded:
    """New messages stand in the log, in order. `elsewhere`: another process put them there, a while ago."""

    messages: tuple[LoggedMessage, ...]
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Typing:
    """The other side began or stopped writing."""

    on: bool


DeliveryState = Literal["queued", "sending", "held", "sent", "unknown", "refused"]
"""Where a message on its way out is. `held`: it waits until the customer writes again."""


@dataclass(frozen=True, slots=True)
class DeliveryChanged:
    """Message `seq` of ours went on. `problem` is a sentence for the agent when it has not arrived."""

    seq: int
    state: DeliveryState
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class VerifiedChanged:
    """The customer's identity was proved, or its proof ended."""

    verified: bool


@dataclass(frozen=True, slots=True)
class ServiceChanged:
    """Somebody else serves now, or the place in the queue is another."""

    served: ServedBy


@dataclass(frozen=True, slots=True)
class CustomerTyping:
    """What the customer is writing just now; empty when they stopped."""

    text: str


@dataclass(frozen=True, slots=True)
class CustomerSaw:
    """The customer has seen everything up to `seq`."""

    seq: int


@dataclass(frozen=True, slots=True)
class Understood:
    """The customer's message `seq` was read though nobody answers it by itself: its parse is known now.

    `message` and `parse` where they are at hand; else the log has them.
    """

    seq: int
    message: LoggedMessage | None = None
    parse: Mapping[str, Any] | None = None


ConversationEvent = (
    MessagesAdded
    | Typing
    | DeliveryChanged
    | VerifiedChanged
    | ServiceChanged
    | CustomerTyping
    | CustomerSaw
    | Understood
)
Listener = Callable[[ConversationEvent], None]
Unsubscribe = Callable[[], None]


Also = Callable[[WriteSession], Awaitable[None]]
"""What belongs to a message and is stored with it or not at all."""


class Conversations(Protocol):
    """What a channel may do with conversations."""

    async def open(self, visitor: Visitor) -> OpenConversation:
        """The visitor's conversation, made on first use. Raises NotFound for an unknown member number."""
        ...

    async def state(self, conversation: ConversationId) -> OpenConversation | None:
        """How the conversation stands; None when it is gone."""
        ...

    async def receive(
        self,
        message: InboundMessage,
        conversation: ConversationId | None = None,
        also: Also | None = None,
    ) -> Receipt:
        """Store a customer's message; it is safe when this returns. Raises BadInput or Unavailable.

        `also` is done in the same transaction, before; for a message that is there already, not at all.
        """
        ...

    async def prompts(self, conversation: ConversationId) -> Sequence[Prompt]:
        """What whoever opens the chat most likely came for; nothing while something is being talked about.

        The same for everybody who has not proved who they are.
        """
        ...

    async def since(
        self, conversation: ConversationId, seq: int, limit: int = 200
    ) -> Sequence[LoggedMessage]:
        """The messages after `seq`, oldest first."""
        ...

    async def seen(self, conversation: ConversationId, seq: int) -> None:
        """The customer has seen everything up to `seq`."""
        ...

    async def takes_files(self, conversation: ConversationId) -> bool:
        """Is there anybody who can look at a file: an agent, or the queue for one?"""
        ...

    def typing(self, conversation: ConversationId, text: str) -> None:
        """The customer is writing `text` just now; it is shown to who serves them, and never kept."""
        ...

    def subscribe(self, conversation: ConversationId, listener: Listener) -> Unsubscribe:
        """Have `listener` called (in this process's loop) with what happens from now on."""
        ...

    async def forget(self, channel: Channel, account: str, user: ChannelUser) -> bool:
        """Unbind `user` from the customer they proved to be; only a new proof binds them again.

        False when they were nobody's.
        """
        ...


class ChannelOutlet(Protocol):
    """How the outbox hands messages to a channel that pushes (WeChat, WeCom)."""

    name: Channel

    async def deliver(self, message: OutboundMessage) -> None:
        """Returning means accepted. `Unavailable`: try later. `Held`: when the customer has written again.
        `DeliveryUnknown`: never try again blindly. Any other HuitoukeError: refused for good.

        It may be called again with the same message, also after a sender died in the middle: the outlet
        remembers what it has sent.
        """
        ...

    async def allowance(self, account: str, user: ChannelUser) -> Allowance:
        """How many messages may still be sent to `user`, and until when."""
        ...

    async def typing(self, account: str, user: ChannelUser, *, on: bool) -> None:
        """Show, or stop showing, that an answer is being written. Failing is no one's concern."""
        ...


class Deliveries(Protocol):
    """What a channel tells about messages on their way out, and how it fetches them to answer with."""

    async def resume(self, session: WriteSession, channel: Channel, account: str, user: ChannelUser) -> bool:
        """`user` wrote: what was held for them may go out; was there anything? `wake` after the commit."""
        ...

    def wake(self) -> None:
        """Something may go out just now."""
        ...

    async def drop(self, channel: Channel, account: str, user: ChannelUser, problem: str) -> None:
        """`user` left the channel: what waits for them is refused."""
        ...

    async def failed(self, message_id: str, problem: str) -> None:
        """A message that had counted as sent did not arrive."""
        ...

    async def collect(self, channel: Channel, account: str, user: ChannelUser) -> Sequence[OutboundMessage]:
        """Take what waits for `user` to answer their request with; `settle` must follow."""
        ...

    async def settle(self, message_ids: Sequence[str], state: DeliveryState) -> None:
        """How it went with collected messages: "sent", or "held" for those that did not fit."""
        ...


@dataclass(frozen=True, slots=True)
class Amount:
    """Money in a notice, in fen."""

    fen: int


NoticeValue = str | int | Amount | date | datetime
"""A text, a number, money, a day, or a moment as the customer's own clock shows it."""

Purpose = Literal["service", "marketing"]


@dataclass(frozen=True, slots=True)
class Notice:
    """A message by one of the platform's templates, for when nothing else may be sent.

    `template` is our name for it, `values` fill its fields. `key` is the sender's own: the same key twice
    is sent once. `purpose` must be what the template is for.
    """

    key: str
    account: str
    channel_user: ChannelUser
    template: str
    values: Mapping[str, NoticeValue]
    purpose: Purpose
    url: str = ""


class NoticeOutlet(Protocol):
    """How care sends notices."""

    async def may(
        self, account: str, user: ChannelUser, template: str, purpose: Purpose, given: Collection[str]
    ) -> bool:
        """Would a notice by this template, with values for the names in `given`, go through, as far as we
        know?"""
        ...

    async def begun(self, key: str) -> bool:
        """Was a notice with this key begun, so that it may have been sent?"""
        ...

    async def notify(self, notice: Notice) -> None:
        """Send it once. Raises BadInput (no such template, not for this purpose, or a value that does not fit
        it), Held (the customer has not agreed), Unavailable (try later), DeliveryUnknown (do not), any other
        HuitoukeError (refused)."""
        ...


class Files(Protocol):
    """Files that customers and agents send, kept outside the web root."""

    @property
    def types(self) -> Sequence[str]:
        """The content types that are kept."""
        ...

    async def keep(self, name: str, data: bytes) -> FileRef:
        """Store a file. Raises BadType or TooLarge."""
        ...

    async def expect(self, name: str, content_type: str, key: str) -> FileRef:
        """A file that will be filled soon, the same for the same `key`; who asks for it waits a little."""
        ...

    async def fill(self, id_: str, data: bytes) -> FileRef:
        """Store the expected file. Raises BadType or TooLarge, and then there is none."""
        ...

    async def give_up(self, id_: str) -> None:
        """The expected file will not come."""
        ...

    async def read(self, id_: str) -> tuple[FileRef, bytes]:
        """A file and its content. Raises NotFound."""
        ...
