"""What a customer does on the phone, turned into the platforms' callbacks."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

from bot.channels.wechat_platform.callbacks import Caller
from bot.channels.wechat_platform.state import Account, Phone, Platform


class OfficialCustomer:
    """A follower of an official account."""

    def __init__(self, platform: Platform, caller: Caller, account: Account, user: str) -> None:
        self._platform = platform
        self._caller = caller
        self._account = account
        self.user = user

    @property
    def phone(self) -> Phone:
        return self._platform.phone(self._account.id, self.user)

    def say(self, text: str, menu: str | None = None) -> asyncio.Task[int]:
        """Write a text, or click the item `menu` of a message's menu."""
        self._platform.grant(self.phone, "action" if menu else "message")
        self.phone.show({"who": "me", "type": "text", "text": text}, self._platform.clock())
        more = {"bizmsgmenuid": menu} if menu else {}
        return self.send(MsgType="text", Content=text, MsgId=self._id(), **more)

    def picture(self, name: str, data: bytes) -> asyncio.Task[int]:
        """Send a picture."""
        self._platform.grant(self.phone, "message")
        id_ = self._platform.keep(name, data)
        self.phone.show({"who": "me", "type": "image", "media": id_, "text": ""}, self._platform.clock())
        return self.send(MsgType="image", PicUrl="", MediaId=id_, MsgId=self._id())

    def voice(self, heard: str = "") -> asyncio.Task[int]:
        """Send a voice, which the platform heard as `heard`."""
        self._platform.grant(self.phone, "message")
        id_ = self._platform.keep("voice.amr", b"#!AMR\n" + bytes(40))
        self.phone.show({"who": "me", "type": "voice", "text": heard}, self._platform.clock())
        return self.send(MsgType="voice", MediaId=id_, Format="amr", Recognition=heard, MsgId=self._id())

    def follow(self, scene: str = "") -> asyncio.Task[int]:
        """Follow the account, perhaps by a QR code."""
        self.phone.follows = True
        self._platform.grant(self.phone, "action")
        return self.event("subscribe", EventKey=f"qrscene_{scene}" if scene else "")

    def leave(self) -> asyncio.Task[int]:
        """Stop following."""
        self.phone.follows = False
        self.phone.grants.clear()
        return self.event("unsubscribe", EventKey="")

    def press(self, key: str) -> asyncio.Task[int]:
        """Press a button of the account's menu."""
        self._platform.grant(self.phone, "action")
        return self.event("CLICK", EventKey=key)

    def agree(self, template: str, *, accept: bool = True) -> asyncio.Task[int]:
        """Answer the question whether a subscription message may be sent."""
        if accept:
            self.phone.consents[template] = self.phone.consents.get(template, 0) + 1
        status = "accept" if accept else "reject"
        entry = {"TemplateId": template, "SubscribeStatusString": status, "PopupScene": 2}
        return self.event("subscribe_msg_popup_event", SubscribeMsgPopupEvent={"List": [entry]})

    def event(self, name: str, **fields: Any) -> asyncio.Task[int]:
        """Any event."""
        return self.send(MsgType="event", Event=name, **fields)

    def send(self, **fields: Any) -> asyncio.Task[int]:
        """Any callback."""
        now = int(self._platform.clock())
        head = {"ToUserName": "gh_fake", "FromUserName": self.user, "CreateTime": now}
        return self._caller.call_soon(self._account, {**head, **fields})

    def _id(self) -> int:
        return 10**18 + secrets.randbelow(10**18)
