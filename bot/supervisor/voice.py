"""What the supervisor prints: its own lines, and those of the processes with their name in front."""

from __future__ import annotations

import json
import sys
import time
from typing import Literal

COLOURS = {"brain": 35, "actions": 33, "server": 36, "database": 34, "huitouke": 32}


class Voice:
    """Prints for a person, or one JSON object per line for a machine (`HUITOUKE_LOG_FORMAT=json`)."""

    def __init__(self, style: Literal["console", "json"] = "console") -> None:
        self._style = style
        self._began = time.monotonic()
        self._colour = sys.stdout.isatty()

    @property
    def seconds(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._began

    def hear(self, name: str, line: str) -> None:
        """A line that a process said."""
        self._print(line if self._style == "json" else f"{self._name(name)} | {line}")

    def say(self, event: str, name: str = "huitouke") -> None:
        """A line of the supervisor's own about the part `name`."""
        if self._style == "json":
            self._print(json.dumps({"part": name, "event": event, "level": "info"}, ensure_ascii=False))
        else:
            self._print(f"  {self.seconds:5.1f} s  {name}: {event}")

    def tell(self, text: str) -> None:
        """Several lines for the person in front of the terminal; a machine is not told."""
        if self._style == "console":
            self._print(text)

    def _name(self, name: str) -> str:
        padded = f"{name:8}"
        return f"\x1b[{COLOURS.get(name, 37)}m{padded}\x1b[0m" if self._colour else padded

    def _print(self, text: str) -> None:
        print(text, flush=True)  # noqa: T201 - this is the terminal's voice
