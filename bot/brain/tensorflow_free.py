"""Rasa without TensorFlow, for a model that has no part in it.

Rasa 3.6.21 imports TensorFlow at start whatever the model is made of: 2 s and 300 MB for nothing. Here its
place is taken by an empty module whose names can be subclassed and written in annotations, which is all Rasa
does with them before a neural component is built; building one says what is wrong.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

STOOD_IN_FOR = {"tensorflow", "keras", "tensorflow_hub", "tensorflow_text"}

NEURAL = {
    "DIETClassifier",
    "ResponseSelector",
    "TEDPolicy",
    "UnexpecTEDIntentPolicy",
    "LanguageModelFeaturizer",
    "ConveRTFeaturizer",
}
"""Rasa's components that do need it."""


class TensorFlowNeeded(ImportError):
    """Something of TensorFlow is used, which this process was started without.

    An ImportError, because libraries that can do without it (thinc) try it and look for just that.
    """


def is_neural(components: Iterable[str]) -> bool:
    """Whether one of these components, named as in config.yml or by module path, needs TensorFlow."""
    return any(name.rpartition(".")[2] in NEURAL for name in components)


def without_tensorflow() -> None:
    """Let nothing in this process import TensorFlow. Without effect if it was imported before."""
    if "tensorflow" not in sys.modules and not any(isinstance(each, _Finder) for each in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Anything(type):
    """A class that stands for whatever name is asked of TensorFlow."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Anything(name, (), {})

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        raise TensorFlowNeeded(
            f"{cls.__name__} needs TensorFlow, which is left out because no component named in config.yml "
            f"is one of {', '.join(sorted(NEURAL))}: add yours there (bot/brain/tensorflow_free.py)."
        )


class _Absent(ModuleType):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__ = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Anything(name, (), {})


class _Finder(MetaPathFinder, Loader):
    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if fullname.partition(".")[0] in STOOD_IN_FOR:
            return ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Absent(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing in it."""
