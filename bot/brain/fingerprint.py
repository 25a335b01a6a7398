"""Which model belongs to this tree. Standard library only: asked before every start."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from bot.brain.settings import ROOT

READ = (
    "config.yml",
    "domain.yml",
    "data",
    "bot/brain/nlu",
    "bot/brain/policies",
    "bot/brain/plain_nlu.py",
    "bot/brain/reading.py",
    "bot/brain/training.py",
    "bot/brain/uv.lock",
)
"""What a trained model is made from. The rest of the brain only runs it."""

SUFFIXES = {".yml", ".yaml", ".py", ".txt", ".json", ".jsonl", ".csv", ".tsv", ".lock"}
SKIPPED = {".venv", "__pycache__"}


def fingerprint(root: Path = ROOT) -> str:
    """16 hex digits that change when anything a model depends on does."""
    digest = hashlib.sha256()
    for path in _files(root):
        digest.update(f"{path.relative_to(root).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def model_path(root: Path = ROOT) -> Path:
    """Where the model of this tree is, or belongs."""
    return root / "models" / f"{fingerprint(root)}.tar.gz"


def _files(root: Path) -> Iterator[Path]:
    for name in READ:
        path = root / name
        yield from [path] if path.is_file() else _below(path)


def _below(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.name in SKIPPED:
            continue
        if path.is_dir():
            yield from _below(path)
        elif path.suffix in SUFFIXES:
            yield path
