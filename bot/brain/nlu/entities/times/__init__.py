"""Dates and times of day as customers say them, worked out from their own now and zone."""

from bot.brain.nlu.entities.times.reader import read_times

__all__ = ["read_times"]
