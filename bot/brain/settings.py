"""What the brain reads from its environment. Standard library only: the set-up reads it too."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

MAX_TEXT = 4000
ACTION_SECONDS = 6.0


class Misconfigured(Exception):
    """A setting is missing or wrong; the sentence says which and what to do."""


@dataclass(frozen=True)
class Settings:
    """Addresses without a trailing slash; `database_url` is an SQLAlchemy URL."""

    brain_secret: str = field(repr=False)
    actions_secret: str = field(repr=False)
    actions_url: str
    database_url: str = field(repr=False)
    models: Path = ROOT / "models"


def load_settings(env: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process.

    `HUITOUKE_BRAIN_SECRET` (needed), `HUITOUKE_ACTIONS_SECRET`, `HUITOUKE_ACTIONS_URL`,
    `HUITOUKE_DATA_DIR`, `BRAIN_DATABASE_URL`. A secret that is not set is read from `secrets/` in the
    data folder, where the server keeps the ones it made.
    """
    data_dir = Path(env.get("HUITOUKE_DATA_DIR") or ROOT / "var")
    brain_secret = _secret(env, "brain_secret", data_dir)
    if not brain_secret:
        raise Misconfigured(
            "The brain has no secret: set HUITOUKE_BRAIN_SECRET to the same value as for the server."
        )
    return Settings(
        brain_secret=brain_secret,
        actions_secret=_secret(env, "actions_secret", data_dir),
        actions_url=(env.get("HUITOUKE_ACTIONS_URL") or "http://127.0.0.1:5055/webhook").rstrip("/"),
        database_url=database_url(env),
    )


def database_url(env: Mapping[str, str] = os.environ) -> str:
    """Where conversations are kept: `BRAIN_DATABASE_URL`, else SQLite in the data folder."""
    data_dir = Path(env.get("HUITOUKE_DATA_DIR") or ROOT / "var")
    return env.get("BRAIN_DATABASE_URL") or f"sqlite:///{data_dir / 'brain.db'}"


def _secret(env: Mapping[str, str], name: str, data_dir: Path) -> str:
    kept = data_dir / "secrets" / name
    return env.get(f"HUITOUKE_{name.upper()}", "") or (kept.read_text().strip() if kept.exists() else "")
