"""What a parse of the brain's says (docs/protocols/brain.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def intent_of(parse: Mapping[str, Any] | None) -> tuple[str | None, float]:
    """The intent and the confidence in it."""
    intent = (parse or {}).get("intent") or {}
    return intent.get("name"), float(intent.get("confidence") or 0)


def emotion_of(parse: Mapping[str, Any] | None) -> tuple[str | None, float]:
    """The emotion and the confidence in it."""
    emotion = (parse or {}).get("emotion") or {}
    return emotion.get("label"), float(emotion.get("score") or 0)
