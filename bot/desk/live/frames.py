"""Frames of the desk's socket (docs/protocols/desk.md): reading the client's."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from bot.kit.bodies import read_union
from bot.kit.errors import BadInput, HuitoukeError


class BadFrame(BadInput):
    """这条数据的格式不对。"""

    code = "bad_frame"


ListView = Literal["queue", "mine", "all", "closed", "wall"]
Conversation = Annotated[str, Field(min_length=3, max_length=40)]


class _Frame(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class HelloFrame(_Frame):
    type: Literal["hello"]
    csrf: Annotated[str, Field(max_length=100)]
    since: Annotated[int | None, Field(ge=0)] = None


class ViewFrame(_Frame):
    type: Literal["view"]
    view: ListView | None = None


class WatchFrame(_Frame):
    type: Literal["watch"]
    conversation: Conversation
    since_seq: Annotated[int, Field(ge=0)] = 0
    ticket: int | None = None
    since_number: Annotated[int, Field(ge=0)] = 0


class UnwatchFrame(_Frame):
    type: Literal["unwatch"]
    conversation: Conversation


class TypingFrame(_Frame):
    type: Literal["typing"]
    conversation: Conversation
    on: bool


class SeenFrame(_Frame):
    type: Literal["seen"]
    conversation: Conversation
    seq: Annotated[int, Field(ge=0)]


class PingFrame(_Frame):
    type: Literal["ping"]


ClientFrame = HelloFrame | ViewFrame | WatchFrame | UnwatchFrame | TypingFrame | SeenFrame | PingFrame
_reader: TypeAdapter[ClientFrame] = TypeAdapter(Annotated[ClientFrame, Field(discriminator="type")])


def read(raw: str | bytes) -> ClientFrame:
    """The client's frame. Raises BadFrame with what is wrong in it."""
    try:
        return read_union(_reader, raw)
    except BadInput as error:
        raise BadFrame(f"Bad frame: {error.message}") from error


def dumps(frame: dict[str, Any]) -> str:
    """The text of a frame of ours."""
    return json.dumps(frame, ensure_ascii=False)


def error(problem: HuitoukeError, about: str) -> dict[str, Any]:
    return {"type": "error", "code": problem.code, "text": problem.message, "re": about}
