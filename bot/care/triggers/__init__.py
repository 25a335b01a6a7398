"""Every trigger is a file here with a `TRIGGER`; a new file is a new trigger."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import cast

from bot.care.trigger import Trigger
from bot.kit.errors import NotFound


@cache
def all_triggers() -> tuple[Trigger, ...]:
    """All of them, the most urgent first."""
    modules = (import_module(f"{__name__}.{each.name}") for each in iter_modules(__path__))
    return tuple(sorted((cast(Trigger, module.TRIGGER) for module in modules), key=_order))


def trigger_named(name: str) -> Trigger:
    """The trigger of this name. Raises NotFound."""
    for trigger in all_triggers():
        if trigger.name == name:
            return trigger
    raise NotFound(f"没有叫 {name} 的主动关怀。")


def _order(trigger: Trigger) -> tuple[int, str]:
    return trigger.priority, trigger.name
