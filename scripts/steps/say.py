"""What the set-up prints: one line per step with its seconds, one sentence when something fails."""

import sys
import time


class Stop(Exception):
    """The set-up cannot go on; the message is one sentence that says what to do."""


class Step:
    """One step: `with Step("…") as step` prints its name at once and how it ended after it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.result = "done"
        self._begun = 0.0
        self._live = False

    def __enter__(self) -> "Step":
        self._begun = time.monotonic()
        if sys.stdout.isatty():
            self._show("  ...     {}".format(self.name))
        return self

    def beat(self, last_line: str) -> None:
        """Show that a long step is alive, with the last thing it said."""
        line = "  {:5.0f} s  {}: {}".format(self.seconds, self.name, last_line)
        if sys.stdout.isatty():
            self._show(line)
        else:
            print(line[:150], flush=True)

    def _show(self, line: str) -> None:
        sys.stdout.write("\r\x1b[K" + line[:110])
        sys.stdout.flush()
        self._live = True

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._begun

    def __exit__(self, kind: object, _error: object, _trace: object) -> None:
        if self._live:
            sys.stdout.write("\r\x1b[K")
        how = self.result if kind is None else "failed"
        print("  {:5.1f} s  {}: {}".format(self.seconds, self.name, how), flush=True)
