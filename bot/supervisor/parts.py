"""The processes: how each is started, and how one knows that it is ready."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from bot.kit.settings import ROOT, Settings

BRAIN_PYTHON = ROOT / "bot" / "brain" / ".venv" / "bin" / "python"
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Part:
    """One process. `health` answers 200 when it is ready; `port_setting` names the port in messages."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    host: str
    port: int
    port_setting: str
    health: str
    headers: Mapping[str, str] = field(default_factory=dict)
    needs_database: bool = True


def huitouke(*arguments: str) -> tuple[str, ...]:
    """The command line of this environment with `arguments`."""
    return (str(Path(sys.executable).with_name("huitouke")), *arguments)


def parts(settings: Settings) -> list[Part]:
    """The processes of one machine, the slowest first. Brains that `BRAIN_URLS` names run elsewhere."""
    env = environment(settings)
    brain = Part(
        name="brain",
        argv=(str(BRAIN_PYTHON), "-m", "bot.brain.serve"),
        env=env,
        host=LOOPBACK,
        port=settings.brain_port,
        port_setting="HUITOUKE_BRAIN_PORT",
        health=f"http://{LOOPBACK}:{settings.brain_port}/webhooks/brain/health",
        headers={"Authorization": f"Bearer {settings.secret('brain_secret')}"},
        needs_database=False,
    )
    actions = Part(
        name="actions",
        argv=huitouke("actions"),
        env=env,
        host=LOOPBACK,
        port=settings.actions_port,
        port_setting="HUITOUKE_ACTIONS_PORT",
        health=f"http://{LOOPBACK}:{settings.actions_port}/health",
    )
    server = Part(
        name="server",
        argv=huitouke("serve"),
        env=env,
        host=settings.host,
        port=settings.port,
        port_setting="HUITOUKE_PORT",
        # Not /readyz: a server that starts again beside a brain that is down is a server that is ready.
        health=f"http://{LOOPBACK}:{settings.port}/readyz/messages",
    )
    return [actions, server] if settings.brain_urls else [brain, actions, server]


def environment(settings: Settings) -> dict[str, str]:
    """What the processes need: this environment, exactly these settings, and the shared secrets."""
    env = dict(os.environ)
    for name, field_ in Settings.model_fields.items():
        alias = field_.validation_alias
        env[alias if isinstance(alias, str) else f"HUITOUKE_{name.upper()}"] = _plain(getattr(settings, name))
    env |= {
        "HUITOUKE_DATA_DIR": str(settings.data_dir.absolute()),
        "HUITOUKE_BRAIN_PORT": str(settings.brain_port),
        "HUITOUKE_BRAIN_SECRET": settings.secret("brain_secret"),
        "HUITOUKE_ACTIONS_SECRET": settings.secret("actions_secret"),
        "HUITOUKE_ACTIONS_URL": f"http://{LOOPBACK}:{settings.actions_port}/webhook",
        "RASA_TELEMETRY_ENABLED": "false",
        "PYTHONUNBUFFERED": "1",
    }
    return env


def _plain(value: object) -> str:
    """A setting's value as it stands in an environment variable."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, list):
        return ",".join(str(item) for item in value)
    return str(value)
