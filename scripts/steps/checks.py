"""What must hold before the work begins, and the lock that keeps two set-ups apart."""

import fcntl
import os
import shutil
import sys
from contextlib import contextmanager
from typing import Generator, Tuple

from steps.paths import BRAIN, ROOT, TOOLS, venv_python
from steps.say import Stop

GIB = 1 << 30
OLDEST_GLIBC = (2, 28)
FIRST_TIME, AGAIN = 6 * GIB, GIB // 4


def machine() -> None:
    """The C library and the free disk space. Raises Stop."""
    if sys.platform not in ("linux", "darwin"):
        raise Stop("Huitouke runs on Linux and macOS; on Windows use WSL.")
    if sys.platform == "linux" and _glibc() < OLDEST_GLIBC:
        raise Stop(
            "Huitouke's Python packages need the GNU C library {}.{} or newer, which this system lacks: "
            "take a current Debian, Ubuntu, Fedora or the like.".format(*OLDEST_GLIBC)
        )
    needed = AGAIN if os.path.exists(venv_python(BRAIN)) else FIRST_TIME
    free = shutil.disk_usage(ROOT).free
    if free < needed:
        raise Stop(
            "{:.1f} GB of disk space are free in {} and {:.1f} are needed: free some and try again.".format(
                free / GIB, ROOT, needed / GIB
            )
        )


def _glibc() -> Tuple[int, ...]:
    """The version of the GNU C library; (0,) when the system has another one."""
    try:
        said = os.confstr("CS_GNU_LIBC_VERSION") or ""
    except (AttributeError, ValueError, OSError):
        return (0,)
    return tuple(int(part) for part in said.split()[-1].split(".")[:2])


@contextmanager
def alone() -> Generator[None, None, None]:
    """Hold the set-up's lock; wait, and say so, while another one holds it."""
    os.makedirs(TOOLS, exist_ok=True)
    with open(os.path.join(TOOLS, "lock"), "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("  another set-up is running in this folder: waiting for it", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
