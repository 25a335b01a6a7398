"""Tickets: one matter that a person takes care of, as a thread of entries that are only added."""
