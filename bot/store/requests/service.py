"""Idempotency: carry a request out once, however often it is sent."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from json.encoder import encode_basestring

from sqlalchemy import select, update

from bot.kit.db import WriteSession, insert_into
from bot.kit.errors import BadInput, Conflict
from bot.store.requests.models import DoneRequest

_canonical = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


class KeyReused(Conflict):
    """This idempotency key belongs to a different operation: make a new key for a new operation."""

    code = "key_reused"


@dataclass(frozen=True, slots=True)
class Note:
    """What every write says about itself. `key` makes sending it again safe; `actor` is who did it."""

    key: str
    at: datetime
    actor: str
    reason: str = ""
    approved_by: str | None = None


def fingerprint(kind: str, *content: object) -> bytes:
    """What makes two requests with one key the same request. Times stay out: a retry comes later."""
    written = ",".join([_written(kind), *map(_written, content)])
    return hashlib.sha256(f"[{written}]".encode()).digest()[:16]


def _written(value: object) -> str:
    """A value as canonical JSON; text and whole numbers, as nearly all are, without making an encoder."""
    if type(value) is str:
        return encode_basestring(value)
    return str(value) if type(value) is int else _canonical(value)


def require_key(key: str) -> None:
    """BadInput unless `key` can be an idempotency key."""
    if not key or len(key) > 80:
        raise BadInput("An idempotency key has 1 to 80 characters.")


async def already_done(session: WriteSession, note: Note, kind: str, *content: object) -> int | None:
    """The result of this request when it was carried out before; None when it is new.

    A new key is taken at once: the same request at the same time waits here until this transaction ends.
    Call `done` with the result before the end. KeyReused when the key was used for something else.
    """
    require_key(note.key)
    print_ = fingerprint(kind, *content)
    taken = (
        insert_into(session, DoneRequest)
        .values(key=note.key, fingerprint=print_, at=note.at)
        .on_conflict_do_nothing(index_elements=[DoneRequest.key])
        .returning(DoneRequest.key)
    )
    if (await session.execute(taken)).scalar_one_or_none() is not None:
        return None
    statement = select(DoneRequest.fingerprint, DoneRequest.result_id).where(DoneRequest.key == note.key)
    row = (await session.execute(statement)).one()
    if row.fingerprint != print_:
        raise KeyReused
    if row.result_id is None:
        raise AssertionError("An operation ended without saying what it did: call `done`.")
    return row.result_id


async def was_done(session: WriteSession, key: str) -> bool:
    """Whether a request with this key was carried out."""
    return await session.get(DoneRequest, key) is not None


async def done(session: WriteSession, note: Note, result_id: int) -> None:
    """Remember what the request with this key resulted in."""
    await session.execute(update(DoneRequest).where(DoneRequest.key == note.key).values(result_id=result_id))
