"""Keeps the work for one customer from stopping a process for everybody.

An event loop runs one step at a time: what does not yield, all others wait for. A step that takes too long
is interrupted where it is, in a regular expression too, and only the work it belongs to fails. What even
that does not reach ends the process, which is started again. Both environments use this: standard library
only.
"""

from __future__ import annotations

import asyncio
import atexit
import faulthandler
import math
import signal
import threading
from collections.abc import Coroutine, Generator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

T = TypeVar("T")

STROKE_SECONDS = 0.05
BEAT_SECONDS = 1.0
STUCK_SECONDS = 15.0
"""A loop that has not moved for so long does not come back."""


class StepTooLong(Exception):
    """A step took more processor time than it may; trying again would take as long."""


class _Rang(BaseException):
    """The bell. No `except Exception` on the way up takes it for a failure of its own."""


_wound = False
_left: int | None = None
"""How many strokes of the clock the step that runs has left; None between steps."""


def _ring(_number: int, _frame: object) -> None:
    global _left  # noqa: PLW0603 - there is one clock in a process, and one step at a time
    if _left is not None:
        _left -= 1
        if _left < 0:
            raise _Rang


def _wind() -> None:
    """Start the clock, once: it strikes as the process works, so beginning a step costs no system call."""
    global _wound  # noqa: PLW0603 - see above
    if not _wound:
        _wound = True
        atexit.register(signal.setitimer, signal.ITIMER_VIRTUAL, 0)  # else a stroke ends who is ending
        signal.signal(signal.SIGVTALRM, _ring)
        signal.siginterrupt(signal.SIGVTALRM, False)
        signal.setitimer(signal.ITIMER_VIRTUAL, STROKE_SECONDS, STROKE_SECONDS)


@contextmanager
def _bell(seconds: float) -> Generator[None]:
    """`_Rang` comes up in the body once it has used `seconds` of processor time, again if it is caught."""
    global _left  # noqa: PLW0603 - see above
    if _left is not None or threading.current_thread() is not threading.main_thread():
        yield
        return
    _wind()
    _left = math.ceil(seconds / STROKE_SECONDS)
    try:
        yield
    finally:
        _left = None


@contextmanager
def short(seconds: float) -> Generator[None]:
    """The body may use `seconds` of processor time. Raises StepTooLong."""
    try:
        with _bell(seconds):
            yield
    except _Rang as rang:
        raise StepTooLong(f"more than {seconds:g} s of work without a pause") from rang


class in_steps(Generic[T]):  # noqa: N801 - it is awaited like a function's result
    """`await in_steps(work, seconds)`: as `await work`, but no step of it may use more than `seconds` of
    processor time. Raises StepTooLong, and what `work` raises.
    """

    def __init__(self, work: Coroutine[Any, Any, T], seconds: float) -> None:
        self._work = work
        self._seconds = seconds

    def __await__(self) -> Generator[Any, Any, T]:
        steps = self._work.__await__()
        failure: BaseException | None = None
        value: Any = None
        while True:
            try:
                with _bell(self._seconds):
                    waits_for = steps.send(value) if failure is None else steps.throw(failure)
            except StopIteration as end:
                return end.value
            except _Rang as rang:
                self._work.close()
                raise StepTooLong(f"more than {self._seconds:g} s of work without a pause") from rang
            try:
                value, failure = (yield waits_for), None
            except GeneratorExit:
                self._work.close()
                raise
            except BaseException as error:
                value, failure = None, error


async def beat(seconds: float = STUCK_SECONDS) -> None:
    """Run beside everything else: a loop that stands still for `seconds` ends the process, its stack shown.

    The watch is kept by a thread of C that needs no interpreter, so nothing written in Python hinders it.
    """
    try:
        while True:
            faulthandler.dump_traceback_later(seconds, exit=True)
            await asyncio.sleep(min(BEAT_SECONDS, seconds / 3))
    finally:
        faulthandler.cancel_dump_traceback_later()
