"""What who waits types about the waiting itself: to leave the queue, and to ask where they stand.

Closed lists, and whole texts only: 退款还要等多久 is about a refund, 不等了先说事 goes on.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Literal

LONGEST: Final = 24

_COURTESY: Final = (
    "那就 那 算了 算啦 唉 哎 我们 我 咱 就 先 了 吧 啦 谢谢 谢 麻烦 请问 请 帮 好吧 行吧 好的 好 啊 呀 呢 的 你们 您们 你 您 也 "
    "再 继续 实在 真的 太久 太慢 嘛 哦 喔 哈 还是 直接"
)
_LEAVES: Final = (
    "不等 不等人工 不等客服 不想等 不用等 不要等 不必等 不愿意等 不等待 不排 不排队 不想排 不想排队 不用排 不用排队 不要排队 别排 别排队 "
    "取消排队 取消等待 取消等 退出排队 退出队列 退出等待 离开队列 离开排队 结束排队 停止排队 等不及 等不下去 等不起 等不到 "
    "不要人工 不用人工 不需要人工 不找人工 不转人工 不用转人工 取消人工 取消转人工 不要客服 不用客服 quit leavequeue leavethequeue stopwaiting"
)
_AROUND: Final = (
    "现在 目前 到底 还要 还得 还 要 得 需要 大概 大约 估计 排队 人工 客服 转接 接通 转 吗 没有 没 是 到 在 位 个 人 个人 能 才 会 "
    "号 队 等待 时间"
)
_ASKS: Final = re.compile(
    r"排到第?几|排在?第?几|排到哪|第几位|第几个|等多久|等多长时间|等多长|等几分钟|等多少分钟|等到什么时候|等到几点|排多久|排多长时间|"
    r"排到什么时候|前面几|前面有几|前面还有几|前面还有多少|前面有多少|多久能?轮到|什么时候能?轮到|啥时候能?轮到|几点能?轮到|"
    r"什么时候到我|啥时候到我|多久到我|轮到我|还有几个人|还有几位|还有多少人|多久能?接通|什么时候能?接通|什么时候有人|howlong|whatnumber|myposition"
)


def _any(words: str) -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, words.split()), key=len, reverse=True)))


_POLITE: Final = _any(_COURTESY)
_BESIDE: Final = _any(f"{_COURTESY} {_AROUND}")
_LEAVE: Final = frozenset(_LEAVES.split())


def about_waiting(text: str) -> Literal["leave", "place"] | None:
    """Whether `text` leaves the queue or asks for the place in it; None where it is about anything else."""
    core = "".join(each for each in unicodedata.normalize("NFKC", text[:200]).casefold() if each.isalnum())
    if not core or len(core) > LONGEST:
        return None
    if _POLITE.sub("", core) in _LEAVE:
        return "leave"
    asked = _ASKS.search(core)
    if asked is not None and not _BESIDE.sub("", core[: asked.start()] + core[asked.end() :]):
        return "place"
    return None
