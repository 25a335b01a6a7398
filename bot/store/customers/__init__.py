"""Customers and the tiers they have reached."""
