"""The training utterances, the rows to measure on, and the map between their labels."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
NLU = ROOT / "data" / "nlu"
DEV = ROOT.parent / "shared" / "eval" / "real_dev.jsonl"
MAP = Path(__file__).parent / "intents.yml"


@dataclass(frozen=True)
class Row:
    """A real utterance, its label, and other labels a fair judge accepts."""

    text: str
    label: str
    alt: list[str] = field(default_factory=list)

    def accepts(self, label: str) -> bool:
        return label == self.label or label in self.alt


def training() -> list[tuple[str, str]]:
    """(utterance, intent) of every line under data/nlu."""
    found: list[tuple[str, str]] = []
    for path in sorted(NLU.glob("*.yml")):
        for part in YAML(typ="safe").load(path.read_text("utf-8"))["nlu"]:
            lines = part["examples"].splitlines()
            found += [(line.removeprefix("- "), part["intent"]) for line in lines if line.strip()]
    return found


def rows(path: Path) -> list[Row]:
    """Rows of a file of {"text", "label" or "intent", "alt"?}, one JSON object a line."""
    read: list[Row] = []
    for line, raw in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not raw.strip():
            continue
        try:
            row = json.loads(raw)
        except json.JSONDecodeError as error:
            raise SystemExit(f"{path}:{line}: this is no JSON: {error}") from error
        if not isinstance(row, dict):
            raise SystemExit(f"{path}:{line}: a row is an object, not {type(row).__name__}")
        label = row.get("label", row.get("intent"))
        if not label or not isinstance(row.get("text"), str):
            raise SystemExit(f"{path}:{line}: a row needs text and label (or intent)")
        read.append(Row(row["text"], label, row.get("alt") or []))
    if not read:
        raise SystemExit(f"{path} has no rows")
    return read


def missing(path: Path, usual: Path, option: str) -> int:
    """Say that the file is not there. The usual one lies beside the project and may be away: no failure."""
    if path == usual:
        print(f"skipped: there is no {path}; name another with {option}")
        return 0
    print(f"There is no file {path}.", file=sys.stderr)
    return 1


def label_map() -> dict[str, str]:
    """Intent → label, where they differ."""
    return dict(YAML(typ="safe").load(MAP.read_text("utf-8")))
