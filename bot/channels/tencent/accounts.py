"""The accounts file: which official accounts and which companies' customer service we answer for.

It is TOML (docs/wechat.md). A secret may stand in it, or be named: `env:NAME`, `file:/path`.
"""

from __future__ import annotations

import os
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)

from bot.channels.tencent.crypto import BadKey, Envelope
from bot.kit.errors import BadInput

OFFICIAL_API = "https://api.weixin.qq.com"
WECOM_API = "https://qyapi.weixin.qq.com"


class BadAccounts(BadInput):
    """The accounts file is not valid."""

    code = "bad_accounts"


def _named(value: Any) -> Any:
    """What `env:NAME` or `file:/path` stands for."""
    if not isinstance(value, str):
        return value
    kind, _, name = value.partition(":")
    if kind == "env":
        if name not in os.environ:
            raise ValueError(f"the environment has no {name}")
        return os.environ[name]
    if kind == "file":
        try:
            return Path(name).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ValueError(f"{name} cannot be read: {error.strerror}") from error
    return value


def _aes_key(value: SecretStr) -> SecretStr:
    if value.get_secret_value():
        try:
            Envelope([value.get_secret_value()], "")
        except BadKey as error:
            raise ValueError(error.message) from error
    return value


Secret = Annotated[SecretStr, BeforeValidator(_named)]
AesKey = Annotated[SecretStr, BeforeValidator(_named), AfterValidator(_aes_key)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,32}$")]
TemplateName = Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,32}$")]
Address = Annotated[str, AfterValidator(lambda value: value.rstrip("/"))]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Quotas(_Part):
    """How many messages a customer's message or action (menu, follow, scan) allows, and for how long.

    Defaults: developers.weixin.qq.com, "客服消息介绍", and developer.work.weixin.qq.com/document/path/94677.
    """

    message: Annotated[int, Field(ge=1)] = 5
    message_hours: Annotated[float, Field(gt=0)] = 48
    action: Annotated[int, Field(ge=0)] = 3
    action_seconds: Annotated[float, Field(gt=0)] = 60

    def of(self, kind: Literal["message", "action"]) -> tuple[int, timedelta]:
        """How many, and for how long."""
        if kind == "message":
            return self.message, timedelta(hours=self.message_hours)
        return self.action, timedelta(seconds=self.action_seconds)


class Template(_Part):
    """A template of the platform under a name of ours; `fields` are theirs → what we fill in.

    Several may have one name: the first whose fields can all be filled is used. Template messages carry
    service notices only, no marketing; a subscription is one sending per consent.
    """

    name: TemplateName
    id: Annotated[str, Field(min_length=1)]
    kind: Literal["template", "subscription"] = "template"
    purpose: Literal["service", "marketing"] = "service"
    fields: dict[str, str] = {}

    @model_validator(mode="after")
    def _no_marketing_by_template(self) -> Template:
        if self.kind == "template" and self.purpose == "marketing":
            raise ValueError(f"template {self.name}: template messages must not carry marketing")
        return self


class _Account(_Part):
    """What both platforms have. `name` stands in the callback's address."""

    name: Name
    token: Secret
    aes_key: AesKey = SecretStr("")
    previous_aes_key: AesKey = SecretStr("")
    quotas: Quotas = Quotas()

    @property
    def keys(self) -> list[str]:
        """The EncodingAESKeys, the current one first."""
        both = (self.aes_key.get_secret_value(), self.previous_aes_key.get_secret_value())
        return [key for key in both if key]


class OfficialAccount(_Account):
    """An official account (公众号)."""

    app_id: Annotated[str, Field(min_length=6, max_length=40)]
    app_secret: Secret
    mode: Literal["plain", "compatible", "safe"] = "safe"
    reply: Literal["service", "passive"] = "service"
    msgmenu: bool = True
    typing: bool = True
    menu: Path | None = None
    templates: list[Template] = []
    api: Address = OFFICIAL_API

    @model_validator(mode="after")
    def _safe_needs_a_key(self) -> OfficialAccount:
        if self.mode != "plain" and not self.keys:
            raise ValueError(f"official account {self.name}: mode {self.mode} needs aes_key")
        return self


class WecomAccount(_Account):
    """A company's WeChat customer service (微信客服)."""

    corp_id: Annotated[str, Field(min_length=6, max_length=40)]
    secret: Secret
    open_kfids: list[str] = []
    quotas: Quotas = Quotas()
    api: Address = WECOM_API

    @model_validator(mode="after")
    def _needs_a_key(self) -> WecomAccount:
        if not self.keys:
            raise ValueError(f"wecom account {self.name}: aes_key is missing")
        return self


class Accounts(_Part):
    """All accounts; names are unique within a platform."""

    official: list[OfficialAccount] = []
    wecom: list[WecomAccount] = []

    @model_validator(mode="after")
    def _unique(self) -> Accounts:
        for kind, names in (
            ("official", [account.name for account in self.official]),
            ("official app_id", [account.app_id for account in self.official]),
            ("wecom", [account.name for account in self.wecom]),
            ("wecom corp_id", [account.corp_id for account in self.wecom]),
        ):
            if len(set(names)) != len(names):
                raise ValueError(f"two {kind} accounts have the same name or id")
        return self


def read_accounts(path: Path | None) -> Accounts:
    """The accounts in the file at `path`; none without a path. Raises BadAccounts, which shows no secret."""
    if path is None:
        return Accounts()
    try:
        return parse_accounts(tomllib.loads(path.read_text(encoding="utf-8")), path.parent)
    except OSError as error:
        raise BadAccounts(f"The accounts file {path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadAccounts(f"The accounts file {path} is not TOML: {error}.") from error


def parse_accounts(content: dict[str, Any], folder: Path) -> Accounts:
    """The accounts in `content`; paths in it start at `folder`."""
    try:
        accounts = Accounts.model_validate(content)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in wrong["loc"])
        raise BadAccounts(f"The accounts file: {where + ': ' if where else ''}{wrong['msg']}.") from error
    official = [
        account.model_copy(update={"menu": folder / account.menu}) if account.menu else account
        for account in accounts.official
    ]
    return accounts.model_copy(update={"official": official})
