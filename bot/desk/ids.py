"""Ids of the desk's own nouns."""

from __future__ import annotations

from typing import NewType

TicketId = NewType("TicketId", int)
TeamId = NewType("TeamId", int)
CannedId = NewType("CannedId", int)
