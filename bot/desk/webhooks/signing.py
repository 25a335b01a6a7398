"""Signatures as the Standard Webhooks specification has them (standardwebhooks.com), so that any of its
libraries verifies ours: HMAC-SHA256 over `id.timestamp.body`."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Final

_PREFIX: Final = "whsec_"


def secret_of(house: str, webhook: int, salt: str) -> str:
    """A webhook's secret, for who sets up the other side; derived, so that no copy of the database has it."""
    return _PREFIX + base64.b64encode(_key(house, webhook, salt)).decode()


def headers(key: str, event_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers that let the receiver check who sent this, when, and whether they had it before."""
    stamp = str(int(at.timestamp()))
    raw = base64.b64decode(key.removeprefix(_PREFIX))
    digest = hmac.digest(raw, f"{event_id}.{stamp}.".encode() + body, "sha256")
    return {
        "Webhook-Id": event_id,
        "Webhook-Timestamp": stamp,
        "Webhook-Signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def _key(house: str, webhook: int, salt: str) -> bytes:
    return hmac.new(house.encode(), f"webhook:{webhook}:{salt}".encode(), hashlib.sha256).digest()
