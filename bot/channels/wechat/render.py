"""What an official account can show: a message as the bodies of customer-service calls.

Limits: developers.weixin.qq.com, "发送客服消息". A menu's head and items have the limits that WeCom
documents for its own; a message that does not fit into a menu becomes numbered text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.channels.tencent.offers import menu_id
from bot.channels.tencent.words import in_words, numbered, split
from bot.messages import Content

MENU_ITEMS = 10
MENU_HEAD_BYTES = 1024
MENU_ITEM_BYTES = 128

Body = Mapping[str, Any]


def bodies(content: Content, seq: int, *, msgmenu: bool, site: str) -> list[Body]:
    """The calls that show `content`, in order; a picture's `media_id` is still to be put in.

    `site` is our public address, for files that can only be linked to.
    """
    if content.card == "file":
        return [_file(content, site)]
    text = in_words(content)
    replies = content.quick_replies
    if not replies:
        return [_text(piece) for piece in split(text)]
    if msgmenu and _fits_menu(text, content):
        items = [{"id": menu_id(seq, index), "content": reply.title} for index, reply in enumerate(replies)]
        menu = {"head_content": text, "list": items, "tail_content": ""}
        return [{"msgtype": "msgmenu", "msgmenu": menu}]
    return [_text(piece) for piece in split(numbered(text, replies, number=content.number))]


def _fits_menu(text: str, content: Content) -> bool:
    return (
        len(content.quick_replies) <= MENU_ITEMS
        and len(text.encode()) <= MENU_HEAD_BYTES
        and all(len(reply.title.encode()) <= MENU_ITEM_BYTES for reply in content.quick_replies)
    )


def _text(text: str) -> Body:
    return {"msgtype": "text", "text": {"content": text}}


def _file(content: Content, site: str) -> Body:
    data = content.data
    if str(data.get("content_type", "")) in ("image/png", "image/jpeg", "image/gif"):
        return {"msgtype": "image", "image": {"file": data["id"]}}
    return _text(f"{content.text}\n{site}{data.get('url', '')}")
