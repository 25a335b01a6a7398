"""Doing two things at once on two processors, in one process and a copy of it."""

from __future__ import annotations

import pickle
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import current_process, get_context
from multiprocessing.connection import Connection
from typing import Any, TypeVar

Made = TypeVar("Made")


class BesideFailed(Exception):
    """The copy of the process died, or raised what cannot be handed over; the message says which."""


@contextmanager
def beside(work: Callable[[], Made], worth: bool = True) -> Iterator[Callable[[], Made]]:
    """Do `work` in a copy of this process while the body runs; the body may ask for what it returns.

    What `work` changes in memory is lost, what it returns (if it can be pickled) and writes to disk stays.
    What it raises is raised where the body asks, else at the end of the body, when both are done. A body that
    raises ends `work`. Where it is not `worth` a process, or processes cannot be copied safely (macOS,
    Windows), `work` comes first.
    """
    if not worth or sys.platform != "linux" or current_process().daemon:
        made = work()
        yield lambda: made
        return
    told, telling = get_context("fork").Pipe(duplex=False)
    process = get_context("fork").Process(target=_do, args=(work, telling))
    process.start()
    telling.close()
    answers: list[tuple[bool, Any]] = []

    def made_beside() -> Made:
        if not answers:
            answers.append(_heard(told))
        done, answer = answers[0]
        if not done:
            raise answer
        return answer

    try:
        yield made_beside
        if not answers:
            made_beside()
    finally:
        if sys.exc_info()[0] is not None:
            process.terminate()
        process.join()
        told.close()


def made_here_if_not_there(made: Callable[[], Made], work: Callable[[], Made]) -> Made:
    """What the copy made of `work`; made here when it died before, perhaps for want of memory."""
    try:
        return made()
    except BesideFailed:
        return work()


def _do(work: Callable[[], object], telling: Connection) -> None:
    try:
        packed = pickle.dumps((True, work()), pickle.HIGHEST_PROTOCOL)
    except Exception as raised:
        packed = _packed(raised)
    with suppress(BrokenPipeError):  # nobody waits any more
        telling.send_bytes(packed)


def _packed(raised: Exception) -> bytes:
    try:
        packed = pickle.dumps((False, raised))
        pickle.loads(packed)  # noqa: S301  (made here)
    except Exception:  # not every exception can be made again from its arguments
        return pickle.dumps((False, BesideFailed("".join(traceback.format_exception(raised)))))
    return packed


def _heard(told: Any) -> tuple[bool, Any]:
    try:
        return pickle.loads(told.recv_bytes())  # noqa: S301  (from our own copy)
    except EOFError:
        return False, BesideFailed("the process beside this one was ended before it was done")
