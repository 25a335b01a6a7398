"""The way out to customers of WeCom's customer service: send_msg, the welcome, what is left.

send_msg knows our msgid again, so after a time-out it is simply called once more
(developer.work.weixin.qq.com/document/path/94677).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import structlog

from bot.channels.tencent.api import Api
from bot.channels.tencent.errors import CallFailed
from bot.channels.tencent.meter import Meter
from bot.channels.tencent.offers import Offers, menu_id
from bot.channels.tencent.sending import Sender, part_id
from bot.channels.tencent.uploads import Uploads
from bot.channels.tencent.words import in_words, numbered, shorten, split
from bot.channels.wecom import sessions
from bot.kit.clock import Clock
from bot.kit.db import Database
from bot.kit.errors import Held, HuitoukeError
from bot.messages import Allowance, Channel, ChannelUser, Content, Files, OutboundMessage

log = structlog.get_logger(__name__)

SEND = "/cgi-bin/kf/send_msg"
SEND_ON_EVENT = "/cgi-bin/kf/send_msg_on_event"
GET_STATE = "/cgi-bin/kf/service_state/get"
SET_STATE = "/cgi-bin/kf/service_state/trans"
MENU_ITEMS, MENU_HEAD_BYTES, MENU_ITEM_BYTES = 10, 1024, 128
PICTURES = frozenset({"image/png", "image/jpeg"})
"""What the platform takes as a picture (document/path/90253); others go as files."""
WRONG_STATE = 95018

Body = Mapping[str, Any]


class WithPerson(Held):
    """这个会话正由企业微信里的同事接待，这边发不出去；对方结束接待、客户再发消息后会自动送出。"""

    code = "with_person"


def bodies(content: Content, seq: int) -> list[Body]:
    """The calls that show `content`, in order; a file's `media_id` is still to be put in."""
    if content.card == "file":
        kind = "image" if content.data.get("content_type") in PICTURES else "file"
        return [{"msgtype": kind, kind: {"file": content.data["id"]}}]
    text, replies = in_words(content), content.quick_replies
    if replies and len(replies) <= MENU_ITEMS and len(text.encode()) <= MENU_HEAD_BYTES:
        items = [
            {
                "type": "click",
                "click": {"id": menu_id(seq, index), "content": shorten(reply.title, MENU_ITEM_BYTES)},
            }
            for index, reply in enumerate(replies)
        ]
        return [{"msgtype": "msgmenu", "msgmenu": {"head_content": text, "list": items}}]
    return [
        {"msgtype": "text", "text": {"content": piece}}
        for piece in split(numbered(text, replies, number=content.number))
    ]


class WecomOutlet:
    """Delivers for all companies. The real `ChannelOutlet` of wecom."""

    name: Channel = "wecom"

    def __init__(
        self,
        database: Database,
        clock: Clock,
        api_of: Callable[[str], Api],
        files: Files,
        meter: Meter,
        offers: Offers,
        sender: Sender,
    ) -> None:
        self._database = database
        self._clock = clock
        self._api_of = api_of
        self._meter = meter
        self._offers = offers
        self._sender = sender
        self._uploads = Uploads(files, clock, api_of)

    async def deliver(self, message: OutboundMessage) -> None:
        """See ChannelOutlet.deliver."""
        api = self._api_of(message.account)
        parts = [
            await self._with_media(message.account, body) for body in bodies(message.content, message.seq)
        ]
        if not await self._welcomed(api, message, parts):
            await self._ours(api, message)
            await self._sender.send(message, parts, self._call(api, message))
        await self._offers.made(message)

    def _call(self, api: Api, message: OutboundMessage) -> Any:
        kfid = message.account.rpartition("/")[2]

        async def call(body: Body, msgid: str) -> str | None:
            whole = {"touser": message.channel_user, "open_kfid": kfid, "msgid": msgid, **body}
            try:
                return str((await api.post(SEND, whole, again=True)).get("msgid") or msgid)
            except CallFailed as error:
                if error.errcode == WRONG_STATE:
                    await self._forget_state(message)
                raise

        return call

    async def _welcomed(self, api: Api, message: OutboundMessage, parts: list[Body]) -> bool:
        """Send the first message after the chat was opened with its welcome code: that costs no allowance."""
        if len(parts) != 1 or parts[0]["msgtype"] not in ("text", "msgmenu") or message.author == "agent":
            return False
        now = self._clock()
        code = await sessions.take_welcome(self._database, message.account, message.channel_user, now)
        if code is None:
            return False
        msgid = part_id(message.message_id, 0)
        try:
            await api.post(SEND_ON_EVENT, {"code": code, "msgid": msgid, **parts[0]}, again=True)
        except HuitoukeError as error:
            log.warning("welcome_failed", account=message.account, code=error.code)
            return False
        await self._sender.went_out(message.message_id, range(1), msgid)
        return True

    async def _ours(self, api: Api, message: OutboundMessage) -> None:
        """See that the session is the bot's before anything is sent. Raises WithPerson."""
        account, user = message.account, message.channel_user
        state = await sessions.state_of(self._database, account, user)
        if state == sessions.BOT:
            return
        who = {"open_kfid": account.rpartition("/")[2], "external_userid": user}
        if state is None:
            state = int((await api.post(GET_STATE, who, again=True)).get("service_state") or 0)
        if state == 0:
            await api.post(SET_STATE, {**who, "service_state": sessions.BOT}, again=True)
            state = sessions.BOT
        async with self._database.write() as session:
            await sessions.set_state(session, account, user, state, self._clock())
        if state in (2, 3):
            await self._forget_state(message)
            raise WithPerson()

    async def _forget_state(self, message: OutboundMessage) -> None:
        async with self._database.write() as session:
            await sessions.set_state(session, message.account, message.channel_user, None, self._clock())

    async def _with_media(self, account: str, body: Body) -> Body:
        """Upload the file that a body names, and put its media id in."""
        kind = str(body["msgtype"])
        if kind not in ("image", "file"):
            return body
        media_id = await self._uploads.media_id(account, kind, str(body[kind]["file"]))
        return {"msgtype": kind, kind: {"media_id": media_id}}

    async def allowance(self, account: str, user: ChannelUser) -> Allowance:
        """See ChannelOutlet.allowance."""
        return await self._meter.read(account, user)

    async def typing(self, account: str, user: ChannelUser, *, on: bool) -> None:
        """WeCom has no such call."""
