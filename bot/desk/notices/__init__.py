"""Notices: what one agent must hear of (a mention, an offer, a clock that runs out)."""
