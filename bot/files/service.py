"""Keeping files: in `<data folder>/files`, named by their id, written whole or not at all."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import delete, update

from bot.files.models import StoredFile
from bot.files.types import BY_TYPE, TEXT, kind_of, safe_name
from bot.kit.clock import Clock
from bot.kit.db import Database
from bot.kit.errors import Forbidden, NotFound
from bot.kit.ids import time_ordered
from bot.messages import FileRef


class NoFile(NotFound):
    """这个文件不存在，或者已经取不到了。"""

    code = "no_file"


class BadUrl(Forbidden):
    """这个文件的链接不对。"""

    code = "bad_url"


class FileStore:
    """The real `Files`. A file's url is signed: who has it may read the file, nobody can guess it."""

    def __init__(self, database: Database, folder: Path, key: str, clock: Clock) -> None:
        self._database = database
        self._folder = folder
        self._key = hashlib.sha256(f"files:{key}".encode()).digest()
        self._clock = clock

    @property
    def types(self) -> Sequence[str]:
        """See Files.types."""
        return list(BY_TYPE)

    async def keep(self, name: str, data: bytes) -> FileRef:
        """See Files.keep."""
        kind = kind_of(data)
        row = self._row(safe_name(name, kind), kind.content_type, "kept", data)
        await asyncio.to_thread(self._write, row.id, data)
        async with self._database.write() as session:
            session.add(row)
        return self._ref(row)

    async def expect(self, name: str, content_type: str, key: str) -> FileRef:
        """See Files.expect."""
        id_ = f"f-{hashlib.sha256(key.encode()).hexdigest()[:32]}"
        async with self._database.write() as session:
            row = await session.get(StoredFile, id_)
            if row is None:
                row = self._row(
                    safe_name(name, BY_TYPE.get(content_type, TEXT)), content_type, "expected", b""
                )
                row.id = id_
                session.add(row)
        return self._ref(row)

    async def fill(self, id_: str, data: bytes) -> FileRef:
        """See Files.fill."""
        try:
            kind = kind_of(data)
        except Exception:
            await self.give_up(id_)
            raise
        await asyncio.to_thread(self._write, id_, data)
        async with self._database.write() as session:
            row = await session.get(StoredFile, id_)
            if row is None:
                raise NoFile()
            row.name, row.content_type = safe_name(row.name, kind), kind.content_type
            row.size, row.sha256, row.state = len(data), hashlib.sha256(data).hexdigest(), "kept"
        return self._ref(row)

    async def give_up(self, id_: str) -> None:
        """See Files.give_up."""
        async with self._database.write() as session:
            await session.execute(
                update(StoredFile)
                .where(StoredFile.id == id_, StoredFile.state == "expected")
                .values(state="missing")
            )

    async def read(self, id_: str) -> tuple[FileRef, bytes]:
        """See Files.read."""
        row = await self.find(id_)
        if row is None or row.state != "kept":
            raise NoFile()
        return self._ref(row), await asyncio.to_thread(self.path(id_).read_bytes)

    async def forget(self, ids: Sequence[str]) -> None:
        """Delete files, contents first; ids that are not known are fine."""
        for id_ in ids:
            await asyncio.to_thread(self.path(id_).unlink, missing_ok=True)
        async with self._database.write() as session:
            await session.execute(delete(StoredFile).where(StoredFile.id.in_(ids)))

    async def find(self, id_: str) -> StoredFile | None:
        """The file's row, whatever its state."""
        async with self._database.read() as session:
            return await session.get(StoredFile, id_)

    def path(self, id_: str) -> Path:
        """Where the file `id_` lies."""
        return self._folder / id_[-2:] / id_

    def check(self, id_: str, signature: str) -> None:
        """Raises BadUrl."""
        if not hmac.compare_digest(self._signature(id_), signature.encode("utf-8", "replace")):
            raise BadUrl()

    def _row(self, name: str, content_type: str, state: str, data: bytes) -> StoredFile:
        return StoredFile(
            id=f"f-{time_ordered()}",
            name=name,
            content_type=content_type,
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest() if data else None,
            state=state,
            created_at=self._clock(),
        )

    def _ref(self, row: StoredFile) -> FileRef:
        url = f"/api/files/{row.id}?s={self._signature(row.id).decode()}"
        return FileRef(row.id, row.name, row.content_type, row.size, url)

    def _signature(self, id_: str) -> bytes:
        return hmac.new(self._key, id_.encode(), hashlib.sha256).hexdigest()[:40].encode()

    def _write(self, id_: str, data: bytes) -> None:
        path = self.path(id_)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_suffix(f".{os.getpid()}.part")
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(0o600)
        draft.replace(path)
