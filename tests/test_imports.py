"""Imports go in one direction. The table is DESIGN's; a new part must be added to it to be used."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

MAY_IMPORT: dict[str, set[str]] = {
    "bot.kit": set(),
    "bot.steps": set(),  # also for the other environment: the standard library only
    "bot.messages": {"bot.kit"},
    "bot.store": {"bot.kit"},
    "bot.conversations": {"bot.kit", "bot.messages", "bot.store", "bot.steps"},
    "bot.desk": {"bot.kit", "bot.messages", "bot.store", "bot.conversations"},
    "bot.care": {"bot.kit", "bot.messages", "bot.store", "bot.conversations"},
    "bot.insight": {"bot.kit", "bot.messages", "bot.store"},
    "bot.channels.web": {"bot.kit", "bot.messages"},
    "bot.channels.tencent": {"bot.kit", "bot.messages"},
    "bot.channels.wechat": {"bot.kit", "bot.messages", "bot.channels.tencent"},
    "bot.channels.wecom": {"bot.kit", "bot.messages", "bot.channels.tencent"},
    "bot.channels.wechat_platform": set(),  # plays WeChat's servers, so it shares no code with us
    "bot.files": {"bot.kit", "bot.messages"},
    "bot.http": {"bot.kit", "bot.conversations"},
    "bot.demo": {"bot.kit", "bot.store"},
    "bot.supervisor": {"bot.kit"},
    "bot.terminal": {"bot.kit"},
    "actions": {"bot.kit", "bot.store", "bot.steps"},
    "bot.brain": {"bot.steps"},
}
"""What each part may import besides itself."""

COMPOSE = {
    "bot.server",
    "bot.server_care",
    "bot.server_wechat",
    "bot.erasing",
    "bot.bookkeeping",
    "bot.complete",
    "bot.cli",
    "bot.migrations",
}
"""These put the parts together: they may import every part but the brain."""


def files() -> list[Path]:
    found = [path for top in ("bot", "actions") for path in (ROOT / top).rglob("*.py")]
    return sorted(path for path in found if not {".venv", "node_modules"} & set(path.parts))


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> Iterator[tuple[int, str]]:
    """Every module that the file imports, anywhere in it, with the line."""
    package = module_of(path) if path.name == "__init__.py" else module_of(path).rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            origin = ".".join([*base, *([node.module] if node.module else [])])
            # `from bot import store` imports the part bot.store.
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)


def part_of(module: str) -> str | None:
    """The part a module belongs to; None for a library's and for the empty packages above the parts."""
    known = [*MAY_IMPORT, *COMPOSE]
    return max((part for part in known if f"{module}.".startswith(f"{part}.")), key=len, default=None)


def wrong_imports() -> Iterator[str]:
    for path in files():
        here = part_of(module_of(path))
        for line, target in imports_of(path):
            there = part_of(target)
            if here is None or there is None or there == here:
                continue
            allowed = set(MAY_IMPORT) - {"bot.brain"} | COMPOSE if here in COMPOSE else MAY_IMPORT[here]
            if there not in allowed:
                yield f"{path.relative_to(ROOT)}:{line} imports {target}, but {here} may not import {there}"


def test_every_module_belongs_to_a_part() -> None:
    """A module outside the table would escape the rule."""
    empty = {"bot", "bot.channels"}
    strays = [module_of(path) for path in files() if part_of(module_of(path)) is None]
    assert set(strays) <= empty


def test_the_parts_import_in_one_direction() -> None:
    """No part imports one that it may not."""
    assert list(wrong_imports()) == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import bot.store.points", "bot.store.points"),
        ("from bot import store", "bot.store"),
        ("from ...store import points", "bot.store.points"),
        ("def late():\n    from bot.brain import serve", "bot.brain.serve"),
    ],
)
def test_every_way_of_importing_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, expected: str
) -> None:
    """Absolute, relative and late imports all count."""
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    path = tmp_path / "bot" / "channels" / "web" / "routes.py"
    path.parent.mkdir(parents=True)
    path.write_text(source)
    assert [target for _, target in imports_of(path)] == [expected]
