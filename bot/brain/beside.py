"""Doing two things at once on two processors, in one process and a copy of it."""

from __future__ import annotations

import pickle
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any


class BesideFailed(Exception):
    """The copy of the process died, or raised what cannot be handed over; the message says which."""


@contextmanager
def beside(work: Callable[[], object]) -> Iterator[None]:
    """Do `work` in a copy of this process while the body runs; both are done at the end of the body.

    What `work` changes in memory is lost, what it writes to disk stays, and what it raises is raised at the
    end. A body that raises ends `work`. Where processes cannot be copied safely (macOS, Windows), `work`
    comes first.
    """
    if sys.platform != "linux":
        work()
        yield
        return
    told, telling = get_context("fork").Pipe(duplex=False)
    process = get_context("fork").Process(target=_do, args=(work, telling), daemon=True)
    process.start()
    telling.close()
    try:
        yield
        raised = _heard(told)
    finally:
        if sys.exc_info()[0] is not None:
            process.terminate()
        process.join()
        told.close()
    if raised is not None:
        raise raised


def _do(work: Callable[[], object], telling: Connection) -> None:
    try:
        work()
    except Exception as raised:
        telling.send_bytes(_packed(raised))
    else:
        telling.send_bytes(pickle.dumps(None))


def _packed(raised: Exception) -> bytes:
    try:
        packed = pickle.dumps(raised)
        pickle.loads(packed)  # noqa: S301  (made here)
    except Exception:  # not every exception can be made again from its arguments
        return pickle.dumps(BesideFailed("".join(traceback.format_exception(raised))))
    return packed


def _heard(told: Any) -> Exception | None:
    try:
        return pickle.loads(told.recv_bytes())  # noqa: S301  (from our own copy)
    except EOFError:
        return BesideFailed("the process beside this one was ended before it was done")
