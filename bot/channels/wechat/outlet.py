"""The way out to an official account's followers: customer-service messages, typing, what is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.channels.tencent.accounts import OfficialAccount
from bot.channels.tencent.api import Api
from bot.channels.tencent.errors import Refused
from bot.channels.tencent.meter import Meter
from bot.channels.tencent.offers import Offers
from bot.channels.tencent.sending import Sender
from bot.channels.tencent.uploads import Uploads
from bot.channels.wechat import followers, render
from bot.kit.clock import Clock
from bot.kit.db import Database
from bot.kit.errors import Conflict, Held, HuitoukeError
from bot.messages import Allowance, Channel, ChannelUser, Files, OutboundMessage

SEND = "/cgi-bin/message/custom/send"
TYPING = "/cgi-bin/message/custom/typing"
NO_MENUS = 40200
"""Accounts of some types know no menus: they get numbered text."""


class OnlyReplies(Held):
    """这个公众号只能在客户发消息时回复，客户下次发消息（比如“继续”）时送出。"""

    code = "only_replies"


class Unfollowed(Conflict):
    """客户已取消关注公众号，消息无法送达。"""

    code = "unfollowed"


class OfficialOutlet:
    """Delivers for all official accounts. The real `ChannelOutlet` of wechat."""

    name: Channel = "wechat"

    def __init__(
        self,
        database: Database,
        clock: Clock,
        account_of: Callable[[str], OfficialAccount],
        api_of: Callable[[str], Api],
        files: Files,
        meter: Meter,
        offers: Offers,
        site: str,
    ) -> None:
        self._database = database
        self._account_of = account_of
        self._api_of = api_of
        self._meter = meter
        self._offers = offers
        self._site = site
        self._sender = Sender(database, clock, meter, repeatable=False)
        self._uploads = Uploads(files, clock, api_of)
        self._without_menus: set[str] = set()

    async def deliver(self, message: OutboundMessage) -> None:
        """See ChannelOutlet.deliver."""
        account = self._account_of(message.account)
        if not await followers.follows(self._database, message.account, message.channel_user):
            raise Unfollowed()
        if account.reply == "passive":
            raise OnlyReplies()
        menus = account.msgmenu and message.account not in self._without_menus
        try:
            await self._send(message, menus=menus)
        except Refused as error:
            if error.errcode != NO_MENUS or not menus:
                raise
            self._without_menus.add(message.account)
            await self._send(message, menus=False)
        await self._offers.made(message)

    async def _send(self, message: OutboundMessage, *, menus: bool) -> None:
        bodies = [
            await self._with_media(message.account, body)
            for body in render.bodies(message.content, message.seq, msgmenu=menus, site=self._site)
        ]
        api = self._api_of(message.account)

        async def call(body: Mapping[str, Any], _part_id: str) -> None:
            await api.post(SEND, {"touser": message.channel_user, **body})

        await self._sender.send(message, bodies, call)

    async def _with_media(self, account: str, body: render.Body) -> render.Body:
        """Upload the picture that a body names, and put its media id in."""
        if body["msgtype"] != "image":
            return body
        media_id = await self._uploads.media_id(account, "image", str(body["image"]["file"]))
        return {"msgtype": "image", "image": {"media_id": media_id}}

    async def allowance(self, account: str, user: ChannelUser) -> Allowance:
        """See ChannelOutlet.allowance."""
        if not await followers.follows(self._database, account, user):
            return Allowance(left=0, reachable=False)
        if self._account_of(account).reply == "passive":
            return Allowance(left=0)
        return await self._meter.read(account, user)

    async def typing(self, account: str, user: ChannelUser, *, on: bool) -> None:
        """See ChannelOutlet.typing."""
        known = self._account_of(account)
        if not known.typing or known.reply == "passive":
            return
        command = "Typing" if on else "CancelTyping"
        try:
            await self._api_of(account).post(TYPING, {"touser": user, "command": command}, again=True)
        except HuitoukeError:
            return  # counted by the Api; an answer does not wait for it
