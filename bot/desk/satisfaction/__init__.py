"""Satisfaction: one question, once, and only after a matter is closed."""
