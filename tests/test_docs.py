"""What the documentation says is true of the code."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from bot.kit.settings import ROOT, Settings

ROW = re.compile(r"^\| `([A-Z_]+)` \| (.+?) \| .+ \|$", re.MULTILINE)
BRAIN_ONLY = {"BRAIN_DATABASE_URL"}


def variable(name: str) -> str:
    alias = Settings.model_fields[name].validation_alias
    return alias if isinstance(alias, str) else f"HUITOUKE_{name.upper()}"


def default(name: str) -> str:
    """A setting's default as the page writes it."""
    value: object = Settings.model_fields[name].default
    assert value is not PydanticUndefined
    if isinstance(value, SecretStr):
        return "(made)" if name in {"brain_secret", "actions_secret", "session_secret"} else "(none)"
    if isinstance(value, Path):
        return f"`{value.relative_to(ROOT)}` in the repository"
    if value in ("", []):
        return "(none)"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def test_every_setting_is_documented_with_its_default() -> None:
    """docs/settings.md names exactly the settings there are."""
    documented = dict(ROW.findall((ROOT / "docs" / "settings.md").read_text(encoding="utf-8")))
    real = {variable(name): default(name) for name in Settings.model_fields}
    assert {name: value for name, value in documented.items() if name not in BRAIN_ONLY} == real


def test_links_between_documents_lead_somewhere() -> None:
    """Every relative link in a Markdown file names a file that exists."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_make_targets_in_documents_exist() -> None:
    """Every `make …` that a document tells a reader to run is a target."""
    makefiles = [
        ROOT / "Makefile",
        *ROOT.glob("bench/*.mk"),
        *ROOT.glob("tools/*.mk"),
        *ROOT.glob("bot/*/*.mk"),
    ]
    targets = {
        name
        for path in makefiles
        for name in re.findall(r"^([a-z][a-z-]*):", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    named = {
        name
        for page in pages
        for name in re.findall(r"`?make ([a-z][a-z-]+)`", page.read_text(encoding="utf-8"))
    }
    assert named <= targets
