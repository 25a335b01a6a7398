"""Entities with normalised values: where they are in the text and what they mean."""

from bot.brain.nlu.entities.finder import find
from bot.brain.nlu.entities.found import Found, Moment

__all__ = ["Found", "Moment", "find"]
