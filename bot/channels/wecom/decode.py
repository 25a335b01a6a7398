"""What a line of sync_msg tells (developer.work.weixin.qq.com/document/path/94670)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.channels.tencent import sentences
from bot.channels.tencent.emoji import with_names
from bot.channels.tencent.intake import Media, Said
from bot.kit.errors import BadInput
from bot.messages import ChannelUser

FROM_CUSTOMER = 3

FAILURES = {
    0: "未知原因", 1: "客服账号已删除", 2: "应用已关闭", 4: "会话已过期，超过 48 小时", 5: "会话已关闭",
    6: "超过 5 条限制", 7: "未绑定视频号", 8: "主体未验证", 9: "未绑定视频号且主体未验证", 10: "客户拒收",
}  # fmt: skip


class BadLine(BadInput):
    """A line of sync_msg lacks what every line has."""

    code = "bad_line"


@dataclass(frozen=True, slots=True)
class Line:
    """A message of a customer (`said`), or an event (`event`, with its fields)."""

    id: str
    user: ChannelUser
    open_kfid: str
    at: datetime
    kind: str
    said: Said | None = None
    event: Mapping[str, Any] | None = None


def decode(line: Mapping[str, Any]) -> Line:
    """Raises BadLine."""
    kind, id_ = str(line.get("msgtype") or ""), str(line.get("msgid") or "")
    event = line.get("event") if isinstance(line.get("event"), dict) else None
    source: Mapping[str, Any] = event if kind == "event" and event else line
    user, kfid = str(source.get("external_userid") or ""), str(source.get("open_kfid") or "")
    if not id_ or not kind or len(user) > 128 or len(kfid) > 64:
        raise BadLine()
    sent = line.get("send_time")
    at = datetime.fromtimestamp(sent if isinstance(sent, int) and 0 < sent < 32_503_680_000 else 0, UTC)
    known = (f"m-{id_[:100]}", ChannelUser(user), kfid, at, kind)
    if kind == "event":
        return Line(*known, event=event or {})
    if line.get("origin") != FROM_CUSTOMER or not user:
        return Line(*known)
    part = line.get(kind)
    return Line(*known, said=_KINDS.get(kind, _unsupported)(part if isinstance(part, dict) else {}))


def _text(part: Mapping[str, Any]) -> Said:
    return Said(with_names(str(part.get("content") or "")), menu=str(part.get("menu_id") or "") or None)


def _media(name: str, content_type: str, text: str, answer: Any) -> Callable[[Mapping[str, Any]], Said]:
    def said(part: Mapping[str, Any]) -> Said:
        return Said(text, media=Media(str(part.get("media_id") or ""), name, content_type), answer=answer)

    return said


def _location(part: Mapping[str, Any]) -> Said:
    names = " ".join(str(part.get(key) or "") for key in ("name", "address")).strip()
    return Said(f"我的位置：{names}（{part.get('latitude')},{part.get('longitude')}）")


def _link(part: Mapping[str, Any]) -> Said:
    texts = (str(part.get(key) or "").strip() for key in ("title", "desc", "url"))
    return Said("分享链接：" + "\n".join(text for text in texts if text))


def _unsupported(_part: Mapping[str, Any]) -> Said:
    return Said("[暂不支持的消息]", answer=sentences.UNSUPPORTED)


_KINDS: dict[str, Callable[[Mapping[str, Any]], Said]] = {
    "text": _text,
    "image": _media("图片.jpg", "image/jpeg", "[图片]", sentences.PICTURE),
    "voice": _media("语音.amr", "audio/amr", "[语音]", sentences.VOICE),
    "video": _media("视频.mp4", "video/mp4", "[视频]", sentences.VIDEO),
    "file": _media("文件.txt", "application/octet-stream", "[文件]", sentences.FILE),
    "location": _location,
    "link": _link,
}
