"""The one reader of refusals: what somebody who wants no more messages wants no more of.

A text is cut into words of a closed list, after width, case, blanks, signs and courtesies are gone: TD, ＴＤ,
"T D" and “td，谢谢。” are one text. Nothing is read into words that are not in the list: 退订酒店 is another wish.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

Scope = Literal["marketing", "kind", "all", "unclear", "resume", "other"]
"""Advertising; one kind of notice; every notice; a refusal that does not say of what; the opposite of one; and
a 退订 of something that is no message."""

LONGEST: Final = 60
"""A refusal is short; a longer text tells a story, which the model reads."""

_WORDS: Final[dict[str, str]] = {
    "self": "td tdd 退订 拒收 unsubscribe",
    "neg": "别 不要 不用 不想 不许 不需要 不必 不准 停止 停掉 停了 停 取消 关掉 关闭 关了 拒绝 屏蔽 勿 甭 不再 不愿 "
    "不接受 stop 不 没有 没 未",
    "do": "发送 发 推送 推 接收 收到 收 打扰 骚扰 烦 联系 看到 sendingme sending send receive",
    "msg": "消息 短信 信息 通知 提醒 推送消息 推送 邮件 微信消息 messages message texts sms",
    "ad": "广告 营销 推销 促销 推广 宣传 ads marketing spam",
    "offer": "活动 优惠 推荐 福利",
    "kind": "这种 这类 这个 这样 这些 这条 此类 那种 那类 同类 这一类",
    "all": "什么消息 什么短信 什么通知 所有 全部 一切 任何 全都 统统 通通 什么都 全 都 all any",
    "topic": "余额 积分 卡片 会员卡 卡 到期 过期 投诉 进度 进展 保养 账单 报价 补货 满意度 调查 问卷 评价 打分 回访 生日",
    "again": "恢复 重新 开启 打开 订阅 subscribe resume",
    "fill": "我们 我 咱 给 向 跟 对 往 再 以后 今后 从今 往后 之后 了 吧 的 请 麻烦 你们 您们 你 您 老是 老 总是 总 一直 继续 "
    "也 就 那 吗 帮 把 要 想 啊 呀 哦 嘛 啦 呢 哈 谢谢 谢了 多谢 感谢 谢 辛苦 好吗 行吗 可以吗 好不好 行不行 求求 拜托 真的 "
    "能不能 可不可以 可以 能 好的 好 嗯 ok okay thanks thankyou thx please pls you me the to no more 您好 你好 掉 类 种 关于 一下 下",
}
_CLASS: Final[dict[str, str]] = {word: kind for kind, words in _WORDS.items() for word in words.split()}
_TOKEN: Final = re.compile("|".join(sorted(map(re.escape, _CLASS), key=len, reverse=True)))
_ASKS: Final = re.compile(r"怎么|如何|怎样|哪里|哪儿|成功|什么时候|什么意思|是什么|为什么|吗$")
_COURTEOUS: Final = re.compile(r"能|可以|好吗|行吗")
"""能别发了吗 is a wish, and no question."""
_BUTTON: Final = "别再发了"
"""What stands under a notice: typed, it is the button."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """`about`: which kind of notice was named, in the customer's word; empty where none was."""

    scope: Scope
    about: str = ""


def read_refusal(text: str) -> Refusal | None:
    """What `text` refuses or resumes; None where it is about neither, or where only the model may tell."""
    core = _core(text)
    if not core or len(core) > LONGEST:
        return None
    words: list[tuple[str, str]] = []
    rest, end = "", 0
    for found in _TOKEN.finditer(core):
        rest += core[end : found.start()]
        words.append((_CLASS[found.group()], found.group()))
        end = found.end()
    rest += core[end:]
    return _meaning([word for word in words if word[0] != "fill"], rest, core)


def _core(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text[: LONGEST * 4]).casefold()
    return "".join(each for each in plain if each.isalnum())


def _meaning(words: list[tuple[str, str]], rest: str, core: str) -> Refusal | None:
    kinds = [kind for kind, _ in words]
    if _ASKS.search(core) and not (_COURTEOUS.search(core) and core.endswith("吗")):
        return None
    if "self" in kinds and _is_undone(words):
        return Refusal("resume") if ("neg", "取消") in words else None
    about_messages = any(kind in kinds for kind in ("msg", "ad"))
    if "self" in kinds and rest and not about_messages:
        return Refusal("other")
    if "self" in kinds and not rest and "topic" in kinds and not about_messages:
        return Refusal("kind", _topic(words)) if _is_notice_like(words) else Refusal("other")
    if rest and "self" not in kinds:
        return None
    if "self" not in kinds and "neg" not in kinds:
        return _resumed(words)
    if "self" not in kinds and not _forbids(words):
        return None
    return _scope(words, core)


def _scope(words: list[tuple[str, str]], core: str) -> Refusal:
    kinds = {kind for kind, _ in words}
    if kinds & {"ad", "offer"}:
        return Refusal("marketing")
    if "topic" in kinds:
        return Refusal("kind", _topic(words))
    if "all" in kinds:
        return Refusal("all")
    if "kind" in kinds or (_BUTTON in core and "我" not in core):
        return Refusal("kind")
    return Refusal("unclear")


def _forbids(words: list[tuple[str, str]]) -> bool:
    """A no to messages, and not to a thing: 不要 alone, or 不要优惠, is an answer to something else."""
    kinds = {kind for kind, _ in words}
    strong = any(kind == "neg" and word not in ("不", "没", "没有", "未") for kind, word in words)
    weak = any(
        first == ("neg", "不") and second[0] in ("do", "msg")
        for first, second in zip(words, words[1:], strict=False)
    )
    return (strong or weak) and bool(kinds & {"do", "msg", "ad"})


def _is_undone(words: list[tuple[str, str]]) -> bool:
    """不要退订, 没退订, 取消退订."""
    return any(
        first[0] == "neg" and second[0] == "self" for first, second in zip(words, words[1:], strict=False)
    )


def _resumed(words: list[tuple[str, str]]) -> Refusal | None:
    kinds = {kind for kind, _ in words}
    if "again" not in kinds or not (kinds & {"msg", "ad", "offer"} or ("again", "订阅") in words):
        return None
    return Refusal("resume", _topic(words))


def _topic(words: list[tuple[str, str]]) -> str:
    return next((word for kind, word in words if kind == "topic"), "")


def _is_notice_like(words: list[tuple[str, str]]) -> bool:
    """退订问卷 names a kind of message; 退订积分 and 退订卡 a thing."""
    return _topic(words) in {"到期", "过期", "满意度", "调查", "问卷", "评价", "回访", "生日", "进度", "进展"}
