"""What an official account's callback tells: one Arrival for each message or event.

Fields as on developers.weixin.qq.com, "接收普通消息" and "接收事件推送".
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from bot.channels.tencent import sentences, xml
from bot.channels.tencent.emoji import with_names
from bot.channels.tencent.intake import Media, Said
from bot.channels.tencent.xml import BadXml, Fields
from bot.messages import ChannelUser

SCENE = "qrscene_"
Follow = Literal["subscribed", "unsubscribed"]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A callback's message or event. `grants`: the allowance it gives; `said` is None when it is no talk."""

    user: ChannelUser
    id: str
    at: datetime
    kind: str
    fields: Fields
    said: Said | None = None
    grants: Literal["message", "action"] | None = None
    follow: Follow | None = None
    scene: str = ""


def decode(fields: Fields) -> Arrival:
    """The arrival in a callback's tags. Raises BadXml when it lacks what every callback has."""
    user = xml.text(fields, "FromUserName").strip()
    kind = xml.text(fields, "MsgType").strip().lower()
    created = xml.text(fields, "CreateTime").strip()
    if not user or len(user) > 64 or not kind or not created.isascii() or not created.isdigit():
        raise BadXml("A callback has FromUserName, MsgType and CreateTime.")
    at = datetime.fromtimestamp(min(int(created[:12]), 32_503_680_000), UTC)
    if kind == "event":
        return _event(fields, ChannelUser(user), at)
    said = _MESSAGES.get(kind, _unsupported)(fields)
    id_ = xml.text(fields, "MsgId").strip()[:64] or _digest(fields)
    # A click on a message's menu counts as a menu's click, not as a message ("客服消息介绍", 特别说明).
    grants = "action" if said.menu else "message"
    return Arrival(ChannelUser(user), f"m-{id_}", at, kind, fields, said, grants)


def _text(fields: Fields) -> Said:
    return Said(
        with_names(xml.text(fields, "Content")), menu=xml.text(fields, "bizmsgmenuid").strip() or None
    )


def _image(fields: Fields) -> Said:
    media = Media(xml.text(fields, "MediaId"), "图片.jpg", "image/jpeg")
    return Said("[图片]", media=media, answer=sentences.PICTURE)


def _voice(fields: Fields) -> Said:
    """With the platform's recognition a voice is text; without it the customer is asked to type."""
    media = Media(xml.text(fields, "MediaId"), "语音.amr", "audio/amr")
    heard = with_names(xml.text(fields, "Recognition")).strip()
    return Said(heard, media=media) if heard else Said("[语音]", media=media, answer=sentences.VOICE)


def _video(fields: Fields) -> Said:
    media = Media(xml.text(fields, "MediaId"), "视频.mp4", "video/mp4")
    return Said("[视频]", media=media, answer=sentences.VIDEO)


def _location(fields: Fields) -> Said:
    label = xml.text(fields, "Label").strip()
    place = f"{xml.text(fields, 'Location_X')},{xml.text(fields, 'Location_Y')}"
    return Said(f"我的位置：{label}（{place}）" if label else f"我的位置：{place}")


def _link(fields: Fields) -> Said:
    parts = (xml.text(fields, name).strip() for name in ("Title", "Description", "Url"))
    return Said("分享链接：" + "\n".join(part for part in parts if part))


def _unsupported(fields: Fields) -> Said:
    return Said(f"[{xml.text(fields, 'MsgType')[:20]}]", answer=sentences.UNSUPPORTED)


_MESSAGES: dict[str, Callable[[Fields], Said]] = {
    "text": _text,
    "image": _image,
    "voice": _voice,
    "video": _video,
    "shortvideo": _video,
    "location": _location,
    "link": _link,
}


def _event(fields: Fields, user: ChannelUser, at: datetime) -> Arrival:
    name = xml.text(fields, "Event").strip()
    key = xml.text(fields, "EventKey").strip()
    about = hashlib.sha256(f"{key}|{xml.text(fields, 'MsgID')}".encode()).hexdigest()[:16]
    id_ = f"e-{int(at.timestamp())}-{name[:40]}-{about}"
    make = _EVENTS.get(name.lower())
    if make is None:
        return Arrival(user, id_, at, name.lower(), fields)
    return make(fields, Arrival(user, id_, at, name.lower(), fields), key)


def _subscribe(_fields: Fields, bare: Arrival, key: str) -> Arrival:
    # Whoever follows after a payment comes with `last_trade_no_…`: that is an order, not a code they scanned.
    scene = key.removeprefix(SCENE)[:64] if key.startswith(SCENE) else ""
    said = Said("关注了公众号", event={"kind": "subscribe", "scene": scene}, greet=True)
    return _with(bare, said, grants="action", follow="subscribed", scene=scene)


def _unsubscribe(_fields: Fields, bare: Arrival, _key: str) -> Arrival:
    said = Said("取消了关注", event={"kind": "unsubscribe"}, silent=True)
    return _with(bare, said, follow="unsubscribed")


def _scan(_fields: Fields, bare: Arrival, key: str) -> Arrival:
    said = Said("扫描了二维码", event={"kind": "scan", "scene": key[:64]}, greet=True)
    return _with(bare, said, grants="action", scene=key[:64])


def _click(_fields: Fields, bare: Arrival, key: str) -> Arrival:
    return _with(bare, said_by_key(key), grants="action")


def _scancode(fields: Fields, bare: Arrival, key: str) -> Arrival:
    inside = xml.inside(fields, "ScanCodeInfo")
    found = xml.text(inside[0], "ScanResult").strip() if inside else ""
    said = Said(found[:500], event={"kind": "scancode", "key": key[:64]}) if found else None
    return _with(bare, said, grants="action")


_EVENTS: dict[str, Callable[[Fields, Arrival, str], Arrival]] = {
    "subscribe": _subscribe,
    "unsubscribe": _unsubscribe,
    "scan": _scan,
    "click": _click,
    "scancode_push": _scancode,
    "scancode_waitmsg": _scancode,
}


def said_by_key(key: str) -> Said | None:
    """What a menu's button says: its key is the JSON that `menu.py` writes, or a text."""
    try:
        says = json.loads(key)
    except ValueError:
        says = None
    if not isinstance(says, dict):
        return Said(key, event={"kind": "menu"}) if key else None
    text, intent, entities = says.get("say"), says.get("intent"), says.get("entities")
    if not isinstance(text, str) or not text:
        return None
    return Said(
        text,
        intent=intent if isinstance(intent, str) else None,
        entities=entities if isinstance(entities, dict) else {},
        event={"kind": "menu"},
    )


def _with(bare: Arrival, said: Said | None, **more: Any) -> Arrival:
    return Arrival(bare.user, bare.id, bare.at, bare.kind, bare.fields, said, **more)


def _digest(fields: Fields) -> str:
    return hashlib.sha256(repr(sorted(fields.items(), key=lambda item: item[0])).encode()).hexdigest()[:40]
