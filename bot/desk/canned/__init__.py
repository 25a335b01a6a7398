"""Canned replies, and what to suggest."""
