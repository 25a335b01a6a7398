"""Concessions by published rule: bounded, equal for all, beyond the bound a second person."""
