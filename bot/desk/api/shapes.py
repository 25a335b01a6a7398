"""What the API takes and gives; the OpenAPI document is made from these models."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.desk.tickets.models import ActorKind, EntryKind, Kind, Reason, State
from bot.desk.topics import Topic

Cursor = Annotated[str | None, Field(description="`next` of the page before; leave it out for the first.")]
Limit = Annotated[int, Field(ge=1, le=200)]


class Taken(BaseModel):
    """Of a request: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Named(BaseModel):
    """Somebody or something with a name."""

    id: int
    name: str | None


class Conversation(BaseModel):
    """One customer on one channel."""

    id: str
    channel: Literal["web", "wechat", "wecom"] | str
    owner: Literal["bot", "queue", "agent"]
    verified: Annotated[bool, Field(description="The customer proved who they are, and it still holds.")]
    member_number: Annotated[str | None, Field(description="Only with the scope customers:read.")] = None
    last_seq: Annotated[int, Field(description="The number of the newest message.")]
    created_at: datetime
    last_message_at: datetime


class Message(BaseModel):
    """One line of a conversation; `seq` counts from 1 without gaps."""

    seq: int
    author: Literal["customer", "bot", "agent", "system"]
    name: str | None = None
    at: datetime
    text: str
    card: str | None = None
    data: dict[str, Any] = {}
    intent: Annotated[str | None, Field(description="What the bot understood; the customer's only.")] = None
    emotion: str | None = None


class Ticket(BaseModel):
    """One matter that a person takes care of. `changed` counts every change in the house."""

    id: int
    changed: int
    conversation: str
    kind: Kind
    state: State
    reason: Reason
    topic: Topic | None
    channel: str
    language: str
    agent: Named | None
    team: Named | None
    opened_at: datetime
    assigned_at: datetime | None
    first_reply_at: datetime | None
    closed_at: datetime | None
    close_reason: str | None
    emotion: str | None
    rating: int | None


class Entry(BaseModel):
    """One entry of a ticket's thread; entries are only added."""

    number: int
    at: datetime
    kind: EntryKind
    by: Annotated[str, Field(description="The name of who did it.")]
    by_kind: ActorKind
    reason: str | None
    text: str | None
    data: dict[str, Any]


class ConversationPage(BaseModel):
    conversations: list[Conversation]
    next: str | None


class MessagePage(BaseModel):
    messages: list[Message]
    last_seq: int


class TicketPage(BaseModel):
    tickets: list[Ticket]
    next: Annotated[str | None, Field(description="Keep it also at the end: later it gives what changed.")]
    more: Annotated[bool, Field(description="There is a further page right now.")]


class TicketWithEntries(BaseModel):
    ticket: Ticket
    entries: list[Entry]


class TicketAnswer(BaseModel):
    ticket: Ticket


class EntryAnswer(BaseModel):
    entry: Entry


class Sent(BaseModel):
    """The message stands in the log and goes out."""

    seq: int
    at: datetime


class Problem(BaseModel):
    """Why not; `code` is for programs, `message` for people."""

    model_config = ConfigDict(extra="allow")

    code: str
    message: str


class Failure(BaseModel):
    error: Problem


class ConversationQuery(Taken):
    owner: Literal["bot", "queue", "agent"] | None = None
    channel: str | None = None
    cursor: Cursor = None
    limit: Limit = 50


class MessageQuery(Taken):
    since: Annotated[int, Field(ge=0, description="Messages after this number.")] = 0
    limit: Limit = 100


class TicketQuery(Taken):
    state: State | None = None
    kind: Kind | None = None
    topic: Topic | None = None
    conversation: str | None = None
    cursor: Cursor = None
    limit: Limit = 50


class NoQuery(Taken):
    pass


class SayBody(Taken):
    text: Annotated[str, Field(min_length=1, max_length=4000)]


class OpenBody(Taken):
    conversation: str
    text: Annotated[str, Field(min_length=1, max_length=4000, description="What it is about.")]
    topic: Topic | None = None
    team: int | None = None


class CloseBody(Taken):
    reason: str
    note: Annotated[str, Field(max_length=2000)] = ""


class NoteBody(Taken):
    text: Annotated[str, Field(min_length=1, max_length=4000)]
