"""Contracts: what is included, what is not."""
