"""When Python looks for garbage: not while a brain loads or learns, when there is none to be found."""

from __future__ import annotations

import gc

USUAL = gc.get_threshold()


def collect_nothing() -> None:
    """From now on. Not `gc.disable()`: the library that spaCy reads its files with enables it again."""
    gc.set_threshold(0)


def collect_as_usual() -> None:
    """From now on, and all there is."""
    gc.set_threshold(*USUAL)


def keep_what_is_here() -> None:
    """It stays to the end of the process: nobody looks through it again, not even then."""
    gc.freeze()
