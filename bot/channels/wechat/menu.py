"""The menu file as the platform's menu (developers.weixin.qq.com, "创建自定义菜单")."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.kit.errors import BadInput

TOP_NAME_BYTES, NAME_BYTES, KEY_BYTES, URL_BYTES = 16, 60, 128, 1024


class BadMenu(BadInput):
    """The menu file is not valid."""

    code = "bad_menu"


class Button(BaseModel):
    """A button: it says something, opens a page, or has buttons below it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1)]
    say: str = ""
    intent: str = ""
    entities: dict[str, Any] = {}
    url: str = ""
    button: Annotated[list[Button], Field(max_length=5)] = []

    @model_validator(mode="after")
    def _does_one_thing(self) -> Button:
        if sum(map(bool, (self.say, self.url, self.button))) != 1:
            raise ValueError(f"button {self.name}: exactly one of say, url and button")
        if self.intent and not self.say:
            raise ValueError(f"button {self.name}: intent needs say")
        if len(self.key.encode()) > KEY_BYTES:
            raise ValueError(f"button {self.name}: say, intent and entities are too long together")
        if len(self.url.encode()) > URL_BYTES:
            raise ValueError(f"button {self.name}: the url is too long")
        if len(self.name.encode()) > NAME_BYTES:
            raise ValueError(f"button {self.name}: the name is too long")
        if any(below.button for below in self.button):
            raise ValueError(f"button {self.name}: only two levels")
        return self

    @property
    def key(self) -> str:
        """What comes back in the event: a text, or with its parse as JSON."""
        if not self.intent:
            return self.say
        says: dict[str, Any] = {"say": self.say, "intent": self.intent}
        if self.entities:
            says["entities"] = self.entities
        return json.dumps(says, ensure_ascii=False, separators=(",", ":"))

    def as_json(self) -> dict[str, Any]:
        if self.button:
            return {"name": self.name, "sub_button": [below.as_json() for below in self.button]}
        if self.url:
            return {"type": "view", "name": self.name, "url": self.url}
        return {"type": "click", "name": self.name, "key": self.key}


class Menu(BaseModel):
    """One to three buttons."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    button: Annotated[list[Button], Field(min_length=1, max_length=3)]

    @model_validator(mode="after")
    def _short_names(self) -> Menu:
        for each in self.button:
            if len(each.name.encode()) > TOP_NAME_BYTES:
                raise ValueError(f"button {each.name}: at most {TOP_NAME_BYTES // 3} Chinese characters")
        return self


def read_menu(path: Path) -> dict[str, Any]:
    """The menu in the file at `path` as the platform takes it. Raises BadMenu."""
    try:
        menu = Menu.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise BadMenu(f"The menu file {path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadMenu(f"The menu file {path} is not TOML: {error}.") from error
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in wrong["loc"])
        raise BadMenu(f"The menu file {path}: {where}: {wrong['msg']}.") from error
    return {"button": [each.as_json() for each in menu.button]}
