"""What happens with a line that was pulled: a customer's words, or an event of the session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from bot.channels.tencent.intake import Intake, Said
from bot.channels.tencent.media import MediaFetcher
from bot.channels.tencent.meter import Meter
from bot.channels.tencent.sending import Sender
from bot.channels.wecom import sessions
from bot.channels.wecom.decode import FAILURES, BadLine, Line, decode
from bot.kit.clock import Clock
from bot.kit.db import Database, WriteSession
from bot.messages import Deliveries

log = structlog.get_logger(__name__)

CHANNEL = "wecom"
TAKEN, PASSED_ON, CLOSED = 1, 2, 3
"""How a session changed (`change_type`): a person took it from the pool, passed it on, closed it."""


def account_of(corp_id: str, open_kfid: str) -> str:
    """What `account` is in messages: a customer has one conversation with each customer-service account."""
    return f"{corp_id}/{open_kfid}"


@dataclass(frozen=True, slots=True)
class Inbound:
    """Takes the lines of all companies."""

    database: Database
    clock: Clock
    deliveries: Deliveries
    intake: Intake
    meter: Meter
    media: MediaFetcher
    sender: Sender

    async def take(self, corp_id: str, raw: Mapping[str, Any]) -> None:
        """Hand on a line; twice is once. Raises Unavailable."""
        try:
            line = decode(raw)
        except BadLine:
            log.warning("line_skipped", corp=corp_id, kind=str(raw.get("msgtype"))[:20])
            return
        account = account_of(corp_id, line.open_kfid)
        if line.event is not None:
            await self._event(account, line, line.event)
        elif line.said is not None:
            await self._said(account, line, line.said)

    async def _said(self, account: str, line: Line, said: Said) -> None:
        file = await self.intake.expected(account, line.user, line.id, said)

        freed = False

        async def note(session: WriteSession) -> None:
            nonlocal freed
            granted = await self.meter.grant(session, account, line.user, "message", line.id, line.at)
            if granted:
                # Every message may begin a new session: its state has to be asked.
                await sessions.set_state(session, account, line.user, None, line.at)
                freed = await self.deliveries.resume(session, CHANNEL, account, line.user)
            if file is not None and said.media:
                await self.media.want(session, file.id, account, said.media.media_id)

        await self.intake.say(account, line.user, line.id, said, file, note, words=line.kind == "text")
        if file is not None:
            self.media.wake()
        if freed:
            self.deliveries.wake()

    async def _event(self, account: str, line: Line, event: Mapping[str, Any]) -> None:
        match event.get("event_type"):
            case "enter_session":
                await self._entered(account, line, event)
            case "msg_send_fail":
                await self._failed(event)
            case "session_status_change":
                state = {TAKEN: 3, PASSED_ON: 3, CLOSED: sessions.ENDED}.get(event.get("change_type") or 0)
                async with self.database.write() as session:
                    await sessions.set_state(session, account, line.user, state, line.at)
            case _:
                return

    async def _entered(self, account: str, line: Line, event: Mapping[str, Any]) -> None:
        """Opening the chat is a reason to speak only when the platform lets us: with a welcome code."""
        code, scene = str(event.get("welcome_code") or ""), str(event.get("scene") or "")

        async def note(session: WriteSession) -> None:
            await sessions.entered(session, account, line.user, code, scene, line.at)

        said = Said(
            "打开了客服会话",
            event={"kind": "enter", "scene": scene},
            greet=bool(code),
            silent=not code,
        )
        await self.intake.say(account, line.user, line.id, said, None, note, words=False)

    async def _failed(self, event: Mapping[str, Any]) -> None:
        """A message that the platform had taken did not arrive: the agent must know."""
        why = FAILURES.get(event.get("fail_type") or 0, "未知原因")
        message = await self.sender.message_of(str(event.get("fail_msgid") or ""))
        if message is not None:
            await self.deliveries.failed(message, f"没有送达客户：{why}。")
