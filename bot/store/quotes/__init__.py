"""Quotes: every version, every line, and the consent to each line before it is charged."""
