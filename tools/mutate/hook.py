"""The import hook that gives a room's modules with their faults built in, and the switch they ask."""

from __future__ import annotations

import builtins
import importlib.util
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from tools.mutate.instrument import SWITCH, Mutant, instrument


class Switch:
    """Which fault is on, and which places were passed since `reached` was emptied."""

    def __init__(self) -> None:
        self.active: int | None = None
        self.reached: set[int] = set()

    def __call__(self, number: int) -> bool:
        self.reached.add(number)
        return number == self.active


class Loader(SourceFileLoader):
    """Loads one module from its tree with the faults."""

    def __init__(self, name: str, path: str, tree: Any) -> None:
        super().__init__(name, path)
        self._tree = tree

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._tree, self.path, "exec", dont_inherit=True)


class Finder(MetaPathFinder):
    """Finds a room's modules before anybody else does."""

    def __init__(self, root: Path, files: Sequence[Path]) -> None:
        self.mutants: list[Mutant] = []
        self._trees: dict[str, tuple[Path, Any]] = {}
        for path in files:
            file = str(path.relative_to(root))
            tree, mutants = instrument(path, file, len(self.mutants))
            self.mutants += mutants
            parts = list(path.relative_to(root).with_suffix("").parts)
            self._trees[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = (path, tree)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        found = self._trees.get(fullname)
        if found is None:
            return None
        file, tree = found
        places = [str(file.parent)] if file.name == "__init__.py" else None
        return importlib.util.spec_from_file_location(
            fullname, file, loader=Loader(fullname, str(file), tree), submodule_search_locations=places
        )


def install(root: Path, files: Sequence[Path]) -> tuple[Switch, Finder]:
    """From now on `files` are imported with their faults. None of them may have been imported yet."""
    switch, finder = Switch(), Finder(root, files)
    setattr(builtins, SWITCH, switch)
    sys.meta_path.insert(0, finder)
    return switch, finder
