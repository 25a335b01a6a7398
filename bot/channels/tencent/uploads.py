"""Files of ours on their way out: uploaded once, and known again as long as the platform keeps them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.channels.tencent.api import Api
from bot.kit.clock import Clock
from bot.messages import Files

UPLOAD = "/cgi-bin/media/upload"
LIVES = timedelta(days=2)
"""The platforms keep temporary media for three days."""
MOST = 1000


class Uploads:
    """The uploads of one channel."""

    def __init__(self, files: Files, clock: Clock, api_of: Callable[[str], Api]) -> None:
        self._files = files
        self._clock = clock
        self._api_of = api_of
        self._known: dict[tuple[str, str, str], tuple[str, datetime]] = {}

    async def media_id(self, account: str, kind: str, file_id: str) -> str:
        """The platform's id of our file, sent as `kind` (image, file). Raises NotFound, and as Api.upload."""
        key = (account, kind, file_id)
        id_, until = self._known.get(key, ("", self._clock()))
        if until <= self._clock():
            ref, data = await self._files.read(file_id)
            answer = await self._api_of(account).upload(UPLOAD, {"type": kind}, ref.name, data)
            id_ = str(answer["media_id"])
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[key] = (id_, self._clock() + LIVES)
        return id_
