"""Which model belongs to the tree, and how one is made."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.brain import train
from bot.brain.fingerprint import fingerprint, model_path
from bot.brain.settings import ROOT


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in (
        "config.yml",
        "domain.yml",
        "data/nlu/greet.yml",
        "bot/brain/nlu/words.txt",
        "bot/brain/uv.lock",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    return tmp_path


@pytest.mark.parametrize(
    "name", ["config.yml", "domain.yml", "data/nlu/greet.yml", "bot/brain/nlu/words.txt"]
)
def test_a_change_is_seen(tree: Path, name: str) -> None:
    """In what a model is made from."""
    before = fingerprint(tree)
    (tree / name).write_text("y")
    assert fingerprint(tree) != before


def test_a_new_and_a_renamed_file_are_seen(tree: Path) -> None:
    """Names count, not only what is in them."""
    before = fingerprint(tree)
    (tree / "data/nlu/greet.yml").rename(tree / "data/nlu/hello.yml")
    assert fingerprint(tree) != before


@pytest.mark.parametrize(
    "name", ["README.md", "bot/brain/channel.py", "bot/brain/nlu/__pycache__/x.pyc", "data/x.swp"]
)
def test_what_does_not_matter_is_not_seen(tree: Path, name: str) -> None:
    """Code that only runs a model, caches, editors' files."""
    before = fingerprint(tree)
    (tree / name).parent.mkdir(parents=True, exist_ok=True)
    (tree / name).write_text("y")
    assert fingerprint(tree) == before


def test_the_check_needs_nothing_of_rasa(model: Path) -> None:
    """It is asked before every start: the standard library alone answers."""
    command = [sys.executable, "-S", "-m", "bot.brain.train", "--check"]
    found = subprocess.run(command, cwd=ROOT, check=False).returncode
    assert found == (0 if model_path().exists() else 1)


def test_the_check_says_when_to_train(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Exit status 1 without the model."""
    monkeypatch.setattr(train, "model_path", lambda: tmp_path / "none.tar.gz")
    assert train.main(["--check"]) == 1


def test_a_model_that_is_there_is_not_trained_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence instead."""
    there = ROOT / "models" / "x.tar.gz"
    monkeypatch.setattr(train, "model_path", lambda: there)
    monkeypatch.setattr(Path, "exists", lambda self: self == there)
    assert train.main([]) == 0


def test_a_training_that_fails_leaves_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No half model takes the place of a whole one."""
    from bot.brain import training

    def fail(draft: Path, say: object) -> None:
        draft.write_text("half")
        raise training.NotTrainable("no")

    monkeypatch.setattr(training, "train", fail)
    monkeypatch.setattr(os, "chdir", lambda path: None)
    target = tmp_path / "m.tar.gz"
    with pytest.raises(training.NotTrainable):
        train._train(target)
    assert list(tmp_path.iterdir()) == []


def test_old_models_are_removed(tmp_path: Path) -> None:
    """All but the newest three and the one just made."""
    for age in range(6):
        path = tmp_path / f"{age}.tar.gz"
        path.write_text("x")
        os.utime(path, (1000 - age, 1000 - age))
    train._remove_older(tmp_path / "5.tar.gz")
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{age}.tar.gz" for age in (0, 1, 2, 5)]
