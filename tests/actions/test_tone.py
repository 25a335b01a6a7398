"""An apology is for who is angry, not for who might be."""

from __future__ import annotations

from typing import Any

from actions.tone import mood


def felt(label: str, score: float) -> dict[str, Any]:
    return {"emotion": {"label": label, "score": score}}


def test_a_feeling_that_is_not_sure_is_not_spoken_to() -> None:
    """Half sure is calm; sure is what it is; nothing read is calm."""
    assert mood(felt("angry", 0.4)) == "calm"
    assert mood(felt("angry", 0.8)) == "angry"
    assert mood({"emotion": None}) == "calm"
    assert mood({}) == "calm"
