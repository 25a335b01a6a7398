"""Prepaid cards: what was paid (principal) and what was given on top (bonus), kept apart."""
