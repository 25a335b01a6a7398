"""Where Rasa has no extension point: what we replace in it, why, and for which version.

Each override names the function it replaces and the digest of that function's source as it was read. A Rasa
that differs refuses to start with the name of the override to look at again.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import rasa.version

HOLDS_FOR = "3.6.21"


class OverrideOutdated(Exception):
    """Rasa is not the version an override was written for."""


@dataclass(frozen=True)
class Override:
    """`name` of a class attribute in `owner` ("module:Class") is replaced by `replacement`."""

    owner: str
    name: str
    reason: str
    digest: str
    replacement: Callable[..., Any] | staticmethod[..., Any]

    def apply(self) -> None:
        """Replace it, once; raises `OverrideOutdated` if what is there is not what was read."""
        owner = self._owner()
        found = inspect.getattr_static(owner, self.name)
        if found is self.replacement:
            return
        if source_digest(found) != self.digest:
            raise OverrideOutdated(
                f"{self.owner}.{self.name} is not the one of Rasa {HOLDS_FOR}: look again at "
                f"bot/brain/overrides, which replaces it because {self.reason}"
            )
        setattr(owner, self.name, self.replacement)

    def _owner(self) -> Any:
        module, _, path = self.owner.partition(":")
        return getattr(import_module(module), path)


def source_digest(function: Any) -> str:
    """The first 12 hex digits of the SHA-256 of a function's source."""
    plain = function.__func__ if isinstance(function, staticmethod) else function
    return hashlib.sha256(inspect.getsource(plain).encode()).hexdigest()[:12]


def apply_overrides() -> None:
    """Apply the overrides of a brain that serves to the Rasa of this process."""
    from bot.brain.overrides import events, forms, remote_action

    _apply(*events.OVERRIDES, *forms.OVERRIDES, *remote_action.OVERRIDES)


def apply_training_overrides() -> None:
    """Apply those of a training."""
    from bot.brain.overrides import training_data

    _apply(*training_data.OVERRIDES)


def _apply(*overrides: Override) -> None:
    if rasa.version.__version__ != HOLDS_FOR:
        raise OverrideOutdated(f"The overrides hold for Rasa {HOLDS_FOR}, not {rasa.version.__version__}.")
    for override in overrides:
        override.apply()
