"""Frames of the web chat protocol (docs/protocols/webchat.md): reading the client's, writing ours."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from bot.kit.bodies import read_union
from bot.kit.clock import iso
from bot.kit.errors import BadInput, HuitoukeError, TooMany
from bot.messages import LoggedMessage, Prompt, ServedBy

ClientId = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{8,64}$")]


MOST = 2**31 - 1
"""The largest number that a column holds."""


class BadFrame(BadInput):
    """这条数据的格式不对。"""

    code = "bad_frame"


class _Frame(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ChoiceFrame(_Frame):
    seq: Annotated[int, Field(ge=1, le=MOST)]
    index: Annotated[int, Field(ge=0, le=50)]


class HelloFrame(_Frame):
    type: Literal["hello"]
    token: Annotated[str, Field(max_length=2000)]
    since: Annotated[int, Field(ge=0, le=MOST)] = 0


class MessageFrame(_Frame):
    type: Literal["message"]
    client_id: ClientId
    text: str | None = None
    choice: ChoiceFrame | None = None
    file: Annotated[str | None, Field(max_length=40)] = None
    prompt: Annotated[str | None, Field(max_length=40)] = None


class TypingFrame(_Frame):
    type: Literal["typing"]
    text: Annotated[str, Field(max_length=4000)] = ""


class SeenFrame(_Frame):
    type: Literal["seen"]
    seq: Annotated[int, Field(ge=0, le=MOST)]


class PingFrame(_Frame):
    type: Literal["ping"]


ClientFrame = HelloFrame | MessageFrame | TypingFrame | SeenFrame | PingFrame
_reader: TypeAdapter[ClientFrame] = TypeAdapter(Annotated[ClientFrame, Field(discriminator="type")])


def read(raw: str | bytes) -> ClientFrame:
    """The client's frame. Raises BadFrame with what is wrong in it."""
    try:
        frame = read_union(_reader, raw)
    except BadInput as error:
        raise BadFrame(f"Bad frame: {error.message}") from error
    if isinstance(frame, MessageFrame):
        given = [part for part in (frame.text, frame.choice, frame.file, frame.prompt) if part is not None]
        if len(given) != 1:
            raise BadFrame("Bad frame: a message has one of text, choice, file and prompt.")
    return frame


def ack(client_id: str, seq: int) -> dict[str, Any]:
    return {"type": "ack", "client_id": client_id, "seq": seq}


def message(logged: LoggedMessage) -> dict[str, Any]:
    content = logged.content
    body: dict[str, Any] = {
        "seq": logged.seq,
        "author": logged.author,
        "at": iso(logged.at),
        "type": "card" if content.card else "text",
        "text": content.text,
        "quick_replies": [{"title": reply.title} for reply in content.quick_replies],
    }
    if content.number:
        body["number"] = True
    if logged.name is not None:
        body["name"] = logged.name
    if logged.channel_message_id is not None:
        body["client_id"] = logged.channel_message_id
    if content.card:
        body["card"] = content.card
        body["data"] = dict(content.data)
    return {"type": "message", "message": body}


def prompt(offered: Prompt) -> dict[str, Any]:
    return {"prompt": offered.name, "title": offered.title, "own": offered.own}


def queue(served: ServedBy) -> dict[str, Any]:
    """Who serves, and the place in the queue."""
    return {
        "by": served.by,
        "name": served.name,
        "position": served.position,
        "wait": list(served.wait) if served.wait else None,
    }


def error(problem: HuitoukeError, client_id: str | None = None) -> dict[str, Any]:
    body: dict[str, Any] = {"type": "error", "code": problem.code, "text": problem.message}
    if client_id is not None:
        body["client_id"] = client_id
    if isinstance(problem, TooMany):
        body["retry_after"] = round(problem.retry_after, 2)
    return body
