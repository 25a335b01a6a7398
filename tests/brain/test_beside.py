"""Work in a copy of the process."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from bot.brain.beside import BesideFailed, beside


class Odd(Exception):
    """Cannot be made again from its arguments."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} and {other}")


def _raise(error: Exception) -> None:
    raise error


def test_what_it_raises_is_raised_at_the_end(tmp_path: Path) -> None:
    """After the body has been done."""
    with (
        pytest.raises(ValueError, match="a rule contradicts"),
        beside(lambda: _raise(ValueError("a rule contradicts"))),
    ):
        (tmp_path / "body").touch()
    assert (tmp_path / "body").exists()


def test_what_cannot_be_handed_over_is_told() -> None:
    """With the place it comes from."""
    with pytest.raises(BesideFailed, match=r"one and other"), beside(lambda: _raise(Odd("one", "other"))):
        pass


def test_a_process_that_dies_is_no_success() -> None:
    """Out of memory, say."""
    with (
        pytest.raises(BesideFailed, match="ended before"),
        beside(lambda: os.kill(os.getpid(), signal.SIGKILL)),
    ):
        pass


def test_a_body_that_fails_ends_the_other_work(tmp_path: Path) -> None:
    """Nobody waits an hour to hear of it."""

    def long() -> None:
        (tmp_path / "pid").write_text(str(os.getpid()))
        time.sleep(3600)

    def body() -> None:
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            time.sleep(0.01)
        raise KeyError("no such label")

    with pytest.raises(KeyError, match="no such label"), beside(long):
        body()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_what_it_writes_stays(tmp_path: Path) -> None:
    """Both are done at the end, in two processes."""
    with beside(lambda: (tmp_path / "there").write_text(str(os.getpid()))):
        here = os.getpid()
    assert int((tmp_path / "there").read_text()) != here


def test_the_body_may_ask_for_what_it_returns() -> None:
    """As often as it likes; a megabyte, too, which no pipe holds."""
    with beside(lambda: (os.getpid(), "x" * 2**20)) as made:
        there, text = made()
        assert made() == (there, text)
    assert there != os.getpid()
    assert len(text) == 2**20


def test_what_it_raises_can_be_met_where_the_body_asks(tmp_path: Path) -> None:
    """The body goes on then, and nothing is raised twice."""
    with beside(lambda: _raise(ValueError("no"))) as made:
        with pytest.raises(ValueError, match="no"):
            made()
        (tmp_path / "after").touch()
    assert (tmp_path / "after").exists()


def test_small_work_has_no_process_of_its_own() -> None:
    """It would take longer to make one."""
    with beside(os.getpid, worth=False) as made:
        assert made() == os.getpid()


def test_the_copy_may_work_beside_a_copy_of_its_own() -> None:
    """Learning intents does, in the half of the training that is a copy."""

    def work() -> list[int]:
        with beside(os.getpid) as made:
            return [os.getpid(), made()]

    with beside(work) as made:
        assert len({os.getpid(), *made()}) == 3
