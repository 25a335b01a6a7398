"""Idempotency keys: the same key does the same thing once, and nothing else.

As the IETF's draft has it (draft-ietf-httpapi-idempotency-key-header, section 2.7): a key that comes with
another request is a mistake of the caller, answered 422.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Final

from pydantic import BaseModel
from sqlalchemy import delete, select

from bot.desk.api.models import ApiRequest
from bot.kit.clock import Clock
from bot.kit.db import Database, insert_into
from bot.kit.errors import BadInput

KEPT: Final = timedelta(days=30)


class KeyUsed(BadInput):
    """This Idempotency-Key was used for another request: take a new one for a new request."""

    status = 422
    code = "idempotency_key_reused"


class Keys:
    """Remembers what each key of a token was used for."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def claim(self, token: int, key: str, method: str, path: str, body: BaseModel | None) -> None:
        """The key is for this request from now on, for `KEPT`. Raises KeyUsed when it was for another.

        The body counts as it was understood: the order of its fields, or a default that is left out, make
        no other request.
        """
        said = body.model_dump_json() if body is not None else ""
        digest = hashlib.sha256(f"{method}\0{path}\0{said}".encode()).hexdigest()
        now = self._clock()
        async with self._database.write() as session:
            added = await session.execute(
                insert_into(session, ApiRequest)
                .values(token_id=token, key=key, digest=digest, made_at=now)
                .on_conflict_do_nothing(index_elements=["token_id", "key"])
            )
            if added.rowcount == 1:  # pyright: ignore[reportAttributeAccessIssue]
                await session.execute(delete(ApiRequest).where(ApiRequest.made_at < now - KEPT))
                return
            known = await session.scalar(
                select(ApiRequest.digest).where(ApiRequest.token_id == token, ApiRequest.key == key)
            )
        if known != digest:
            raise KeyUsed()
