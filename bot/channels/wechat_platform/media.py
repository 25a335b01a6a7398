"""Media, the same on both platforms: upload and download by id."""

from __future__ import annotations

from aiohttp import web

from bot.channels.wechat_platform.official import error, faulty
from bot.channels.wechat_platform.state import Platform


class Media:
    """The calls."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def add_to(self, app: web.Application) -> None:
        app.router.add_post("/cgi-bin/media/upload", self.upload)
        app.router.add_get("/cgi-bin/media/get", self.get)

    async def upload(self, request: web.Request) -> web.StreamResponse:
        _, code = self._platform.token_error(request.query.get("access_token", ""))
        if code:
            return error(code)
        if (answer := await faulty(self._platform, "/cgi-bin/media/upload")) is not None:
            return answer
        part = (await request.post()).get("media")
        if not isinstance(part, web.FileField):
            return error(41005)
        id_ = self._platform.keep(part.filename, part.file.read())
        return web.json_response({"errcode": 0, "type": request.query.get("type"), "media_id": id_})

    async def get(self, request: web.Request) -> web.StreamResponse:
        _, code = self._platform.token_error(request.query.get("access_token", ""))
        if code:
            return error(code)
        if (answer := await faulty(self._platform, "/cgi-bin/media/get")) is not None:
            return answer
        kept = self._platform.media.get(request.query.get("media_id", ""))
        if kept is None:
            return error(40007)
        disposition = f'attachment; filename="{kept[0]}"'
        return web.Response(
            body=kept[1],
            headers={"Content-Disposition": disposition, "Content-Type": "application/octet-stream"},
        )
