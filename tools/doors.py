"""Every public function of the store has a caller in the product, or stands on a list that may only shrink.

python -m tools.doors    fails for a function that nothing but tests, the demo and seeding use and that is not
in tools/without_door.txt, and for a line there that has got a caller or names nothing any more.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIST = ROOT / "tools" / "without_door.txt"
STORE = "bot/store"
USERS = ("bot", "actions")
NO_USERS = (
    "bot/store/demo/",
    "bot/demo/",
    "bot/desk/demo.py",
    "bot/migrations/",
    "bot/brain/.venv/",
    "bot/web/",
)
"""What only fills a database for show, and what is not ours."""


def sources(root: Path) -> dict[str, ast.Module]:
    """Path below `root` → syntax tree of every file that may use the store."""
    files = (path for top in USERS for path in sorted((root / top).rglob("*.py")))
    named = ((path.relative_to(root).as_posix(), path) for path in files)
    return {
        name: ast.parse(path.read_text(encoding="utf-8"))
        for name, path in named
        if not name.startswith(NO_USERS)
    }


def functions(trees: dict[str, ast.Module]) -> Iterator[tuple[str, str]]:
    """File and name of each public function of the store."""
    for name, tree in trees.items():
        if not name.startswith(STORE):
            continue
        for node in tree.body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and not node.name.startswith("_"):
                yield name, node.name


def used(tree: ast.Module) -> Iterator[str]:
    """Names that a file uses, wherever; importing alone is no use, nor is a function that calls itself."""
    for top in tree.body:
        own = getattr(top, "name", None)
        for node in ast.walk(top):
            if isinstance(node, ast.Name) and node.id != own:
                yield node.id
            elif isinstance(node, ast.Attribute) and node.attr != own:
                yield node.attr


def without_door(root: Path = ROOT) -> set[str]:
    """`file:function` of every public function of the store that nothing of the product uses.

    A function that only such functions use has no door either.
    """
    trees = sources(root)
    unused: set[str] = set()
    while True:
        found = _unused(trees, unused)
        if found == unused:
            return unused
        unused = found


def _unused(trees: dict[str, ast.Module], known: set[str]) -> set[str]:
    names: set[str] = set()
    for name, tree in trees.items():
        dead = {each.partition(":")[2] for each in known if each.startswith(f"{name}:")}
        body = [node for node in tree.body if getattr(node, "name", None) not in dead]
        names.update(used(ast.Module(body=body, type_ignores=[])))
    return {f"{file}:{name}" for file, name in functions(trees) if name not in names}


def listed(lines: Iterable[str]) -> set[str]:
    """The functions that a list allows to stand; `#` begins a comment."""
    return {words for line in lines if (words := line.partition("#")[0].strip())}


def problems(found: set[str], allowed: set[str]) -> list[str]:
    """What is wrong, a sentence each."""
    new = [f"{each} is used by nothing: give it a door, or delete it." for each in sorted(found - allowed)]
    old = [f"{each} has a caller or is gone: take it off the list." for each in sorted(allowed - found)]
    return new + old


def main() -> None:
    told = problems(without_door(), listed(LIST.read_text(encoding="utf-8").splitlines()))
    print("\n".join(told) or "Every public function of the store has a door, or stands on the list.")
    sys.exit(1 if told else 0)


if __name__ == "__main__":
    main()
