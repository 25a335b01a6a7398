"""The moments at which the suite pretends to run, one for each day of the week.

A test that reads the calendar passes on most days and fails on one: so each run lives at another moment, and
within a week all of them are seen. `make test MOMENT=monday` chooses one, `MOMENT=now` pretends nothing.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

PRETEND = Path(__file__).resolve().parents[1] / "tests" / "pretend"
AHEAD = "HUITOUKE_TESTS_AHEAD_SECONDS"


@dataclass(frozen=True)
class Moment:
    """`at` is ISO 8601 with its offset; `zone` is the time zone of the machine."""

    name: str
    at: str
    zone: str = "UTC"


MOMENTS = (
    Moment("monday", "2027-03-01T09:30:00+08:00"),
    Moment("friday", "2027-06-11T23:57:00+08:00", "Asia/Shanghai"),
    Moment("newyear", "2026-12-31T23:56:00+08:00"),
    Moment("february", "2027-02-28T23:55:00+08:00", "Asia/Shanghai"),
    Moment("leapday", "2028-02-29T12:00:00+08:00", "Pacific/Auckland"),
    Moment("spring", "2027-03-14T06:58:00+00:00", "America/New_York"),  # the hour in which its clocks change
    Moment("autumn", "2027-10-31T00:58:00+00:00", "Europe/Berlin"),
)
"""In the order of the days of the week, from Monday."""


def chosen(name: str | None) -> Moment | None:
    """The moment called `name`; without a name the one of today; None for "now". Exits on an unknown name."""
    if name == "now":
        return None
    if not name:
        return MOMENTS[datetime.now(timezone.utc).weekday()]
    found = [moment for moment in MOMENTS if moment.name == name]
    if not found:
        sys.exit(f"There is no moment {name}: choose from {', '.join(m.name for m in MOMENTS)} or now.")
    return found[0]


def environment(moment: Moment | None) -> dict[str, str]:
    """The environment of a process that lives at `moment`, and of all that it starts."""
    env = dict(os.environ)
    if moment is None:
        return env
    ahead = datetime.fromisoformat(moment.at) - datetime.now(timezone.utc)
    paths = [str(PRETEND), *filter(None, [env.get("PYTHONPATH")])]
    return {
        **env,
        AHEAD: f"{ahead.total_seconds():.0f}",
        "TZ": moment.zone,
        "PYTHONPATH": os.pathsep.join(paths),
    }
