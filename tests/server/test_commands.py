"""Whatever is wrong around a command is one sentence that says what to do, from the real processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

HUITOUKE = str(Path(sys.executable).with_name("huitouke"))
NOWHERE = "postgresql://nobody@127.0.0.1:1/none"
SMS = {"HUITOUKE_SMS_URL": "http://127.0.0.1:1/sms", "HUITOUKE_SMS_SECRET": "secret"}


def command(folder: Path, *arguments: str, **settings: str) -> subprocess.Popen[str]:
    """A command of ours in a house of its own."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("HUITOUKE_")}
    env |= {"HUITOUKE_DATA_DIR": str(folder), "COLUMNS": "60", **settings}
    return subprocess.Popen(
        [HUITOUKE, *arguments],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
    )


def said(process: subprocess.Popen[str]) -> tuple[int, str]:
    out, _ = process.communicate(timeout=120)
    return process.returncode, out


EMPTY = "huitouke db upgrade"
BROKEN: dict[str, tuple[list[str], dict[str, str], str]] = {
    "the server on an empty database": (["serve"], {}, EMPTY),
    "the actions on an empty database": (["actions"], {}, EMPTY),
    "a worker on an empty database": (["worker"], {"HUITOUKE_REDIS_URL": "redis://127.0.0.1:1"}, EMPTY),
    "the ledger of an empty database": (["ledger", "check"], {}, EMPTY),
    "an export from an empty database": (["export", "13800138000"], {}, EMPTY),
    "people at the desk without tables": (["admin", "create", "bob"], {}, EMPTY),
    "care without tables": (["care", "triggers"], {}, EMPTY),
    "the demo without tables": (["demo", "seed"], {}, EMPTY),
    "no SMS service": (["run"], {"HUITOUKE_DEMO": "false"}, "HUITOUKE_SMS_URL"),
    "an SMS service without a secret": (["serve"], {**SMS, "HUITOUKE_DEMO": "false",
                                        "HUITOUKE_SMS_SECRET": ""}, "HUITOUKE_SMS_SECRET"),
    "a port that is no number": (["serve"], {"HUITOUKE_PORT": "eighty"}, "HUITOUKE_PORT"),
    "a database that we do not know": (["db", "upgrade"], {"DATABASE_URL": "mysql://here/x"}, "DATABASE_URL"),
    "a database that is away": (["serve"], {"DATABASE_URL": NOWHERE}, "out of reach"),
    "an upgrade of what is away": (["db", "upgrade"], {"DATABASE_URL": NOWHERE}, "out of reach"),
    "accounts that are not there": (["serve"], {**SMS, "HUITOUKE_DEMO": "false",
                                    "HUITOUKE_WECHAT_ACCOUNTS": "/nowhere.toml"}, "HUITOUKE_WECHAT_ACCOUNTS"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_it_ends_with_one_sentence(tmp_path: Path, case: str) -> None:
    """No traceback, status 1, and the last line says what to do."""
    arguments, settings, hint = BROKEN[case]
    code, out = said(command(tmp_path, *arguments, **settings))
    assert code == 1, out
    assert "Traceback" not in out
    assert hint in out.strip().splitlines()[-1], out


def test_two_upgrades_at_once_are_one(tmp_path: Path) -> None:
    """The second waits and finds everything done; a worker then misses only its Redis."""
    both = [command(tmp_path, "db", "upgrade") for _ in range(2)]
    for process in both:
        code, out = said(process)
        assert code == 0, out
    code, out = said(command(tmp_path, "worker", HUITOUKE_REDIS_URL="redis://127.0.0.1:1"))
    assert (code, "Traceback" in out) == (1, False)
    assert "HUITOUKE_REDIS_URL" in out


def test_a_database_of_another_version_is_not_touched(tmp_path: Path) -> None:
    """Of a later one nothing can be said but which; of an earlier one, how to bring it up to date."""
    assert said(command(tmp_path, "db", "upgrade"))[0] == 0
    engine = create_engine(f"sqlite:///{tmp_path / 'huitouke.db'}")
    for version, hint in (("9999_later", "later version"), ("0010_care", "earlier version")):
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})
        code, out = said(command(tmp_path, "serve"))
        assert (code, "Traceback" in out) == (1, False)
        assert hint in out
        if version == "9999_later":
            code, out = said(command(tmp_path, "db", "upgrade"))
            assert (code, "Traceback" in out) == (1, False)
            assert hint in out
    engine.dispose()
