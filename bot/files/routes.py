"""GET /api/files/{id}: a file, with headers that keep a browser from running it."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from aiohttp import web

from bot.files.models import StoredFile
from bot.files.service import FileStore, NoFile
from bot.files.types import BY_TYPE

WAIT_SECONDS = 8.0
LOOK_SECONDS = 0.2


class FileRoutes:
    """Serves kept files to whoever has their signed url."""

    def __init__(self, files: FileStore) -> None:
        self._files = files

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/api/files/{id}", self.get)

    async def get(self, request: web.Request) -> web.StreamResponse:
        id_ = request.match_info["id"]
        self._files.check(id_, request.query.get("s", ""))
        row = await self._kept(id_)
        kind = BY_TYPE.get(row.content_type)
        shown = "inline" if kind and kind.inline else "attachment"
        return web.FileResponse(
            self._files.path(id_),
            headers={
                "Content-Type": row.content_type,
                "Content-Disposition": f"{shown}; filename*=UTF-8''{quote(row.name)}",
                "Content-Security-Policy": "default-src 'none'; sandbox",
                "X-Content-Type-Options": "nosniff",
                "Cross-Origin-Resource-Policy": "same-origin",
                "Referrer-Policy": "no-referrer",
                "Cache-Control": "private, max-age=86400",
            },
        )

    async def _kept(self, id_: str) -> StoredFile:
        """The row once the file is there; an expected one is waited for a little. Raises NoFile."""
        for _ in range(int(WAIT_SECONDS / LOOK_SECONDS)):
            row = await self._files.find(id_)
            if row is None or row.state == "missing":
                break
            if row.state == "kept":
                if not self._files.path(id_).is_file():
                    break
                return row
            await asyncio.sleep(LOOK_SECONDS)
        raise NoFile()
