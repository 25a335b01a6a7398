"""Seasonal care projects, and the care file each customer agreed to."""
