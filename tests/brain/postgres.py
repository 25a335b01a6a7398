"""A private PostgreSQL from the installed binaries, gone at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NotInstalled(Exception):
    """There is no PostgreSQL here."""


@contextmanager
def running() -> Iterator[str]:
    """The URL of a server with an empty database, for the length of the block."""
    binaries = _binaries()
    owner = None if os.getuid() else _not_root()
    folder = Path(tempfile.mkdtemp(prefix="brain-pg-"))
    if owner:
        shutil.chown(folder, owner)
    initdb = [
        binaries / "initdb",
        "-D",
        folder / "data",
        "-U",
        "brain",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--no-sync",
    ]
    subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, user=owner)
    options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}"]
    server = subprocess.Popen(
        [binaries / "postgres", "-D", folder / "data", *options], stderr=subprocess.DEVNULL, user=owner
    )
    try:
        _wait(folder, server)
        yield f"postgresql://brain@/postgres?host={folder}"
    finally:
        server.terminate()
        server.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).resolve().parent)
    if not found:
        raise NotInstalled(
            "PostgreSQL is not installed here: apt-get install postgresql runs these tests too."
        )
    return found[-1]


def _not_root() -> str:
    return "postgres" if "postgres" in {entry.pw_name for entry in pwd.getpwall()} else "nobody"


def _wait(folder: Path, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while not (folder / ".s.PGSQL.5432").exists():
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("PostgreSQL did not start.")
        time.sleep(0.05)
    time.sleep(0.3)  # the socket is there a moment before the server takes connections
