"""What strangers send as JSON, read once and for every door: bounded, storable, and of the expected shape."""

from __future__ import annotations

import json
from typing import Any, Final, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from bot.kit.errors import BadInput
from bot.kit.text import storable

DEEPEST: Final = 16
LARGEST_NUMBER: Final = 2**53
"""Beyond it JSON's numbers are not exact (RFC 8259, section 6), and no column of ours holds them."""

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")


def read_model(model: type[M], raw: str | bytes) -> M:
    """`raw` (nothing is an empty object) as `model`. Raises BadInput with the problems; a field that the
    model does not have is one."""
    try:
        return model.model_validate_json(clean_json(raw or b"{}"), extra="forbid")
    except ValidationError as error:
        raise problems_of(error) from error


def read_union(adapter: TypeAdapter[T], raw: str | bytes) -> T:
    """The same for one of several models."""
    try:
        return adapter.validate_json(clean_json(raw), extra="forbid")
    except ValidationError as error:
        raise problems_of(error) from error


def problems_of(error: ValidationError) -> BadInput:
    """What is wrong, by where it is; what was sent is not repeated."""
    problems = [
        {"at": ".".join(str(part) for part in each["loc"])[:100], "message": each["msg"]}
        for each in error.errors(include_url=False, include_input=False)[:20]
    ]
    first = problems[0]
    return BadInput(f"{first['at'] or 'JSON'}：{first['message']}", problems=problems)


def clean_json(raw: str | bytes) -> bytes:
    """`raw` as JSON that every reader and every database takes. Raises BadInput."""
    text = raw if isinstance(raw, str) else raw.decode("utf-8", "replace")
    try:
        value = json.loads(text, parse_constant=_no_number)
    except RecursionError as error:
        raise BadInput("JSON 的层次太深了。") from error
    except ValueError as error:  # also an integer of more digits than Python reads
        raise BadInput("请求的内容不是有效的 JSON。") from error
    return json.dumps(_checked(value, DEEPEST), ensure_ascii=False).encode()


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number in JSON.")


def _checked(value: Any, depth: int) -> Any:
    if depth == 0:
        raise BadInput(f"JSON 的层次太深了，最多 {DEEPEST} 层。")
    match value:
        case str():
            return storable(value)
        case bool() | None:
            return value
        case int() | float():
            if not -LARGEST_NUMBER <= value <= LARGEST_NUMBER:
                raise BadInput("有一个数字太大了。")
            return value
        case list():
            return [_checked(each, depth - 1) for each in value]
        case _:
            return {storable(name): _checked(each, depth - 1) for name, each in value.items()}
