"""The commands that measure: what they say when something is missing or a peer fails."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tools.evaluation import readers
from tools.evaluation.utterances import missing, rows


def test_a_peer_that_fails_is_told_apart_from_ours() -> None:
    """Its exit code is the reason; whoever measures goes on with the next."""
    with pytest.raises(readers.PeerFailedError, match="code 3"):
        readers.run([sys.executable, "-c", "raise SystemExit(3)"], Path(), {})


def test_a_peer_that_takes_too_long_is_stopped(monkeypatch) -> None:
    """With all that it started, and the limit is named."""
    monkeypatch.setenv("PEER_MINUTES", "0.002")
    with pytest.raises(readers.PeerFailedError, match=r"stopped after 0\.002 minutes"):
        readers.run([sys.executable, "-c", "import time; time.sleep(600)"], Path(), {})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "no rows"),
        ("{", "1: this is no JSON"),
        ("[1]", "1: a row is an object"),
        ('{"text": "你好"}', "label"),
    ],
)
def test_a_file_that_cannot_be_measured_on_says_why(tmp_path: Path, content: str, reason: str) -> None:
    """With the line, where one is wrong."""
    path = tmp_path / "rows.jsonl"
    path.write_text(content, "utf-8")
    with pytest.raises(SystemExit, match=reason):
        rows(path)


def test_a_file_named_wrongly_is_an_error_and_an_absent_usual_one_is_none(tmp_path: Path, capsys) -> None:
    """The usual file lies beside the project, where not everybody has it."""
    usual = tmp_path / "usual.jsonl"
    assert missing(usual, usual, "FILE=…") == 0
    assert missing(tmp_path / "typo.jsonl", usual, "FILE=…") == 1
    said = capsys.readouterr()
    assert "FILE=…" in said.out
    assert "typo.jsonl" in said.err
