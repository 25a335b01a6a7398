"""How things are said in Chinese: money, dates, points."""

from __future__ import annotations

from datetime import date, datetime

from bot.kit.clock import zone


def yuan(fen: int) -> str:
    """Money: 12000 → "120 元", 12050 → "120.50 元"."""
    whole, cents = divmod(abs(fen), 100)
    sign = "-" if fen < 0 else ""
    return f"{sign}{whole:,} 元" if cents == 0 else f"{sign}{whole:,}.{cents:02d} 元"


def day(when: date, today: date) -> str:
    """A date as people say it: "今天", "明天", "12月31日", "2027年3月1日"."""
    distance = (when - today).days
    if distance in (0, 1, 2):
        return ("今天", "明天", "后天")[distance]
    return (
        f"{when.month}月{when.day}日"
        if when.year == today.year
        else f"{when.year}年{when.month}月{when.day}日"
    )


def moment(when: datetime, time_zone: str, now: datetime) -> str:
    """A time as people say it: "今天 15:30", "明天 9:00", "12月1日 9:00"."""
    local = when.astimezone(zone(time_zone))
    return f"{day(local.date(), now.astimezone(zone(time_zone)).date())} {local.hour}:{local.minute:02d}"
