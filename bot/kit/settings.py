"""Settings, from the environment or a file `.env`, each with a default that works on one machine."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.kit.errors import HuitoukeError
from bot.kit.ids import secret_token

ROOT = Path(__file__).resolve().parents[2]

SecretName = Literal["brain_secret", "actions_secret", "session_secret"]


class Settings(BaseSettings):
    """All settings. Variables are `HUITOUKE_<NAME>`; the database is `DATABASE_URL`."""

    model_config = SettingsConfigDict(env_prefix="HUITOUKE_", env_file=".env", extra="ignore", frozen=True)

    company: str = "回头客商城"
    data_dir: Path = ROOT / "var"
    database_url: str = Field(default="", validation_alias="DATABASE_URL")

    host: str = "127.0.0.1"
    port: int = 8080
    actions_port: int = 5055
    brain_port: int = 5005
    brain_urls: Annotated[list[str], NoDecode] = Field(default=[], validation_alias="BRAIN_URLS")
    brain_secret: SecretStr = SecretStr("")
    actions_secret: SecretStr = SecretStr("")

    demo: bool = True
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["console", "json"] = "console"

    session_secret: SecretStr = SecretStr("")
    session_days: int = 90
    allowed_origins: Annotated[list[str], NoDecode] = []
    merchant_key: SecretStr = SecretStr("")
    merchant_algorithm: Literal["HS256", "RS256", "ES256"] = "HS256"

    honest_after_seconds: float = 8.0
    brain_timeout_seconds: float = 30.0
    max_text: int = 2000
    rate_visitor_burst: int = 12
    rate_visitor_per_second: float = 1.0
    rate_address_burst: int = 120
    rate_address_per_second: float = 20.0
    rate_token_burst: int = 120
    rate_token_per_second: float = 20.0
    sockets_visitor: int = 10
    sockets_address: int = 200
    files_visitor_mb_hour: int = 60
    trusted_proxies: Annotated[list[str], NoDecode] = []
    webhook_allow: Annotated[list[str], NoDecode] = []

    code_minutes: int = 5
    code_tries: int = 5
    code_sends: int = 3
    code_send_minutes: int = 10
    code_sends_day: int = 10
    code_sends_address: int = 60
    code_sends_all: int = 5000
    code_guesses_day: int = 20
    lock_minutes: int = 15
    verified_hours: int = 12
    sms_url: str = ""
    sms_secret: SecretStr = SecretStr("")

    company_service_url: str = ""
    company_service_secret: SecretStr = SecretStr("")
    company_service_seconds: float = 2.0

    wechat_accounts: str = ""
    public_url: str = ""

    redis_url: str = ""

    service_phone: str = ""
    service_hours: str = "每天 9:00-21:00"
    top_up_places: str = "营业厅和官方商城"

    @field_validator("allowed_origins", "brain_urls", "trusted_proxies", "webhook_allow", mode="before")
    @classmethod
    def _comma_separated(cls, value: object) -> object:
        if isinstance(value, str):
            return [part.strip().rstrip("/") for part in value.split(",") if part.strip()]
        return value

    @field_validator("database_url")
    @classmethod
    def _a_database_we_know(cls, value: str) -> str:
        if value and value.split(":", 1)[0].split("+", 1)[0] not in ("sqlite", "postgresql", "postgres"):
            raise ValueError("begins with sqlite:/// or postgresql://")
        return value

    @cached_property
    def database(self) -> str:
        """The database's URL with an async driver; SQLite in the data folder when none is set."""
        url = self.database_url or f"sqlite:///{self.data_dir / 'huitouke.db'}"
        for plain, driven in (
            ("sqlite://", "sqlite+aiosqlite://"),
            ("postgresql://", "postgresql+psycopg://"),
            ("postgres://", "postgresql+psycopg://"),
        ):
            if url.startswith(plain):
                return driven + url.removeprefix(plain)
        return url

    @cached_property
    def brains(self) -> list[str]:
        """Addresses of the brains, without a trailing slash."""
        return self.brain_urls or [f"http://127.0.0.1:{self.brain_port}"]

    def secret(self, name: SecretName) -> str:
        """The secret `name`: as set, or made once and kept in the data folder, readable by its owner only."""
        configured: SecretStr = getattr(self, name)
        return configured.get_secret_value() or kept_secret(self.data_dir / "secrets" / name)


def kept_secret(path: Path) -> str:
    """The secret in `path`; made on first use. Two processes that start together agree on one."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secret_token())
        try:
            os.link(draft, path)  # atomic, and refuses to replace another process's secret
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def demo_desk_password(settings: Settings) -> Path:
    """Where the password of the demo company's people at the desk lies, once they were made."""
    return settings.data_dir / "secrets" / "demo_desk"


class BadSettings(HuitoukeError):
    """A setting cannot be used."""

    code = "bad_settings"


def load_settings() -> Settings:
    """The settings of this environment. BadSettings names every variable that cannot be read."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(f"{_variable(each['loc'])}: {each['msg']}" for each in error.errors())
        raise BadSettings(f"Settings that cannot be used (docs/settings.md): {wrong}.") from None


def _variable(place: tuple[int | str, ...]) -> str:
    name = str(place[0]) if place else "?"
    return name if name.isupper() else f"HUITOUKE_{name.upper()}"
