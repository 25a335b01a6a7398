"""What the check of doors finds: functions that only tests use, and lines that are out of date."""

from __future__ import annotations

from pathlib import Path

from tools.doors import listed, problems, without_door

SERVICE = """
def used(): ...
def alone(): alone()
def only_by_alone(): ...
def _own(): ...
"""


def house(root: Path, action: str, service: str = SERVICE) -> Path:
    for name, text in {"bot/store/x/service.py": service, "actions/a.py": action}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_a_function_that_nothing_uses_is_found(tmp_path: Path):
    """Importing is no use, and neither is calling itself."""
    root = house(tmp_path, "from bot.store.x.service import used, alone\nused()\n")
    assert without_door(root) == {"bot/store/x/service.py:alone", "bot/store/x/service.py:only_by_alone"}


def test_who_is_used_only_by_the_unused_has_no_door_either(tmp_path: Path):
    """A chain that begins nowhere leads nowhere."""
    service = SERVICE.replace("def alone(): alone()", "def alone(): only_by_alone()")
    root = house(tmp_path, "from bot.store.x import service\nservice.used()\n", service)
    assert without_door(root) == {"bot/store/x/service.py:alone", "bot/store/x/service.py:only_by_alone"}


def test_the_list_may_only_shrink():
    """New ones fail, and so do lines that have a caller by now or are gone."""
    allowed = listed(["# comment", "a.py:one  # until later", ""])
    assert allowed == {"a.py:one"}
    assert problems({"a.py:one"}, allowed) == []
    assert [each.split()[0] for each in problems({"b.py:two"}, allowed)] == ["b.py:two", "a.py:one"]
