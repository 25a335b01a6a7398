"""Complaints: every one gets a number, a first answer within 24 hours, and an end."""
