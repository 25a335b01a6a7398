"""A private PostgreSQL server from the installed binaries: no network, own folder, gone at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from bot.migrations import upgrade

USER = "huitouke"
PATIENCE = 600
"""Seconds that a server with gigabytes of its own may take to start or to stop."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, reachable through the socket in `folder`."""

    folder: Path

    def url(self, database: str) -> str:
        """The address of `database` as our settings write it."""
        return f"postgresql+psycopg://{USER}@/{database}?host={self.folder}"

    def execute(self, statement: str, database: str = "postgres") -> None:
        """Run one statement outside any transaction."""
        with psycopg.connect(
            host=str(self.folder), user=USER, dbname=database, autocommit=True
        ) as connection:
            connection.execute(statement.encode())

    def databases(self) -> set[str]:
        """The names of the databases."""
        with psycopg.connect(host=str(self.folder), user=USER, dbname="postgres") as connection:
            return {name for (name,) in connection.execute("SELECT datname FROM pg_database")}


def binaries() -> Path | None:
    """The folder with `initdb` and `postgres`, of the newest version installed; None when there is none."""
    found = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr/pgsql").glob("*/bin")]
    found.sort(key=lambda path: float(path.parent.name), reverse=True)
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).parent)
    return next((path for path in found if (path / "initdb").exists() and (path / "postgres").exists()), None)


@contextmanager
def running(*settings: str, where: Path | None = None, keep: Path | None = None) -> Generator[Server]:
    """A server for the length of the block, with `settings` ("name=value") on top of ours.

    Its data go away with it, unless they are to `keep`: then they lie there, for the next time.
    """
    bin_ = binaries()
    if bin_ is None:
        raise FileNotFoundError("PostgreSQL is not installed: apt-get install postgresql.")
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
    folder = keep or Path(tempfile.mkdtemp(prefix="huitouke-pg-", dir=where))
    owner = _owner()
    if owner:
        shutil.chown(folder, owner, pwd.getpwnam(owner).pw_gid)
    log = (folder / "log").open("w")
    data = folder / "data"
    initdb = [bin_ / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    if not data.exists():
        subprocess.run(initdb, check=True, stdout=log, stderr=log, user=owner)
    options = ["listen_addresses=", f"unix_socket_directories={folder}", "max_connections=120", *settings]
    command = [bin_ / "postgres", "-D", data, *(part for option in options for part in ("-c", option))]
    process = subprocess.Popen(command, stdout=log, stderr=log, user=owner)
    try:
        _wait(folder, process, 20 if keep is None else PATIENCE)
        yield Server(folder)
    finally:
        process.send_signal(signal.SIGINT)  # its fast shutdown: does not wait for clients
        try:
            # What is kept has to be written out; a server that was killed would read its log for minutes.
            process.wait(10 if keep is None else PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def with_template(name: str) -> Generator[Server]:
    """A server with the migrated database `name` to copy. Skips the test where PostgreSQL is missing."""
    if binaries() is None:
        pytest.skip("PostgreSQL is not installed here: apt-get install postgresql runs these tests too.")
    with running("fsync=off", "synchronous_commit=off", "full_page_writes=off") as server:
        server.execute(f"CREATE DATABASE {name}")
        upgrade(server.url(name))
        yield server


def _owner() -> str | None:
    """PostgreSQL refuses to run as root: then as whom."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _wait(folder: Path, process: subprocess.Popen[bytes], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError("PostgreSQL did not start:\n" + (folder / "log").read_text()[-2000:])
        try:
            with psycopg.connect(host=str(folder), user=USER, dbname="postgres"):
                return
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise RuntimeError(
        f"PostgreSQL did not start within {seconds} s:\n" + (folder / "log").read_text()[-2000:]
    )
