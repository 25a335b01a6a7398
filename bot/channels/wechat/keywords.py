"""A template's keywords: what the platform lets stand in each kind, and our values written that way.

A keyword is called by its kind and a number: `amount2`. Kinds and limits are from the platform's page of
template messages ("参数值内容限制说明"). One value that breaks them, and the platform refuses the message.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Final

from bot.kit.errors import BadInput
from bot.messages import Amount, NoticeValue

_KIND: Final = re.compile(r"([a-z_]+?)\d*")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]+")

THING: Final = 20
DAY_ENDS: Final = time(23, 59)
"""A day that stands in a keyword for a time: until its end."""


class BadKeyword(BadInput):
    """模板的关键词和要填的内容对不上。"""

    code = "bad_keyword"


def filled(fields: Mapping[str, str], values: Mapping[str, NoticeValue]) -> dict[str, str]:
    """The keywords of a template (theirs → ours) as the platform takes them.

    Raises BadKeyword, saying which one cannot be filled with what it stands for.
    """
    return {theirs: written(theirs, values[ours]) for theirs, ours in fields.items()}


def written(keyword: str, value: NoticeValue) -> str:
    """One value as this keyword's kind wants it; a text that is too long for a `thing` is cut.

    Raises BadKeyword.
    """
    found = _KIND.fullmatch(keyword)
    kind = found.group(1) if found is not None else keyword
    text = _AS[kind](value) if kind in _AS else plain(value)
    text = _CONTROL.sub(" ", text).strip()
    if kind == "thing" and len(text) > THING:
        text = text[: THING - 1] + "…"
    form = _FORMS.get(kind)
    if not text or (form is not None and form.fullmatch(text) is None):
        raise BadKeyword(f"模板的 {keyword} 不能填“{text[:40]}”，请换一个关键词或换一项内容。")
    return text


def plain(value: NoticeValue) -> str:
    """A value as it is read where any text may stand."""
    if isinstance(value, Amount):
        return f"{_yuan(value)}元"
    if isinstance(value, datetime):
        return _moment(value)
    return _day(value) if isinstance(value, date) else str(value)


def _day(value: date) -> str:
    return f"{value.year}年{value.month}月{value.day}日"


def _moment(value: datetime) -> str:
    return f"{_day(value)} {value:%H:%M}"


def _yuan(value: Amount) -> str:
    yuan, fen = divmod(abs(value.fen), 100)
    return f"{'-' if value.fen < 0 else ''}{yuan}.{fen:02d}"


def _as_number(value: NoticeValue) -> str:
    return _yuan(value) if isinstance(value, Amount) else str(value)


def _as_amount(value: NoticeValue) -> str:
    """Only money: points that stand there would be read as money."""
    return f"{_yuan(value)}元" if isinstance(value, Amount) else ""


def _as_time(value: NoticeValue) -> str:
    if isinstance(value, datetime):
        return _moment(value)
    return _moment(datetime.combine(value, DAY_ENDS)) if isinstance(value, date) else str(value)


def _as_string(value: NoticeValue) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else _as_number(value)


_AS: Final[Mapping[str, Callable[[NoticeValue], str]]] = {
    "number": _as_number,
    "amount": _as_amount,
    "time": _as_time,
    "character_string": _as_string,
}

_HAN = "\u4e00-\u9fa5"
_DATE = r"[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日"
_FORMS: Final[Mapping[str, re.Pattern[str]]] = {
    "number": re.compile(r"-?(?=[0-9.]{1,31}$)[0-9]+(\.[0-9]+)?"),
    "letter": re.compile(r"[A-Za-z]{1,32}"),
    "symbol": re.compile(r"[^\w\s]{1,5}"),
    "character_string": re.compile(r"[\x20-\x7e]{1,32}"),
    "time": re.compile(rf"({_DATE} )?([01][0-9]|2[0-3]):[0-5][0-9]"),
    "date": re.compile(rf"{_DATE}( ([01][0-9]|2[0-3]):[0-5][0-9])?"),
    "amount": re.compile(r"-?[0-9]{1,10}(\.[0-9]+)?元"),
    "phone_number": re.compile(r"[0-9+ -]{1,17}"),
    "car_number": re.compile(rf"[{_HAN}A-Za-z0-9]{{1,8}}"),
    "name": re.compile(rf"[{_HAN}A-Za-z·. ]{{1,10}}|[A-Za-z·. ]{{1,20}}"),
    "phrase": re.compile(rf"[{_HAN}]{{1,5}}"),
    "const": re.compile(r".{1,20}"),
}
"""What a kind takes, whole. Kinds that are not here take any text."""
