"""What a reply to "shall I do exactly this?" says: the one place that decides whether it is a yes.

A yes is a text that is put together of the words below and of nothing else. No model has a vote: whatever was
not thought of is no yes, and the customer is shown again what would be done.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from enum import Enum
from functools import cache

LONGEST = 20
"""Characters; nobody agrees in more."""


class Reply(Enum):
    """What the customer says to what is about to be done."""

    YES = "yes"
    NO = "no"
    PART = "part"
    QUESTION = "question"
    CONDITION = "condition"
    OTHER = "other"


_FORMS = str.maketrans(
    "確認對沒問題轉換約這樣麼兌辦給幫請還錯個單買訂發銷係",
    "确认对没问题转换约这样么兑办给帮请还错个单买订发销系",
)


def _with(word: str, *endings: str) -> set[str]:
    return {word, *(word + ending for ending in endings)}


_SHORT = frozenset("好行对是要中成妥嗯恩")
"""Before a bare verb these make another word: 好转, 好办, 中转, 对换."""
_AGREE = frozenset(
    _with("好", *"的吧呀啊哒滴嘞勒咧噻哈呢哦啦嘅", "的呀", "的呢", "的哈", "的吧", "的啊", "的哦", "的嘞")
    | _with("行", *"的啊呀吧嘞哈", "的呀")
    | _with("可以", *"的呀啊哒滴嘅", "的呀", "的呢")
    | _with("对", *"的呀啊头滴嘞", "的呀")
    | _with("是", *"的啊呀滴嘞", "的呀")
    | _with("嗯", *"呢呐那哪")
    | _with("恩", *"呢呐那哪")
    | _with("成", *"的啊吧")
    | _with("中", *"啊嘞")
    | _with("没问题", *"的啊呀哒")
    | _with("没错", *"的啊呀")
    | _with("确认", *"的吧了")
    | _with("确定", *"的了")
    | _with("同意", *"的")
    | _with("继续", *"吧")
    | _with("要", *"的得")
    | _with("就这样", *"吧", "办", "办吧", "做", "做吧", "定了")
    | {"就这么办", "就这么办吧", "就这么定了", "就这么着", "就这么着吧"}
    | {"就按这个办", "就按这个来", "就按这个办吧", "就按这个来吧"}
    | _with("按这个办", "吧")
    | _with("就这个", "吧")
    | {"妥", "系"}
    | {"没有问题", "没毛病", "无误", "信息无误", "正确", "我同意", "我确认", "我确定", "我要", "需要的"}
    | {"当然", "当然可以", "当然要", "必须的", "妥妥的", "得嘞", "得勒", "欧克", "欧了", "系呀", "冇问题"}
    | {"走起", "来吧"}
    | {"都对", "都可以", "都同意", "都没问题", "全部同意", "全都同意", "是这样", "是这样的", "是我本人"}
    | {"ok", "okay", "okk", "okok", "ok的", "ok啊", "ok呀", "ok哒", "yes", "yep", "yeah", "y", "sure"}
    | {"confirm", "goahead", "doit", "yesplease", "上面没错", "没错就这样", "安排", "安排吧"}
)  # fmt: skip
_TO_BEGIN = frozenset({"哦", "噢", "喔", "啊", "哎", "诶", "那", "亲", "嗯", "恩", "欸"})
_DONE = frozenset({"好了", "行了", "弄好了", "看好了", "看过了", "看了"})
"""Ready: it agrees to nothing yet."""
_THANKS = frozenset(
    _with("谢谢", "啊", "你", "您", "了", "哈", "亲")
    | {"谢了", "多谢", "辛苦了", "辛苦", "麻烦了", "麻烦你了", "麻烦您了", "拜托了"}
    | {"thanks", "thankyou", "thx", "唔该", "谢谢师傅"}
)  # fmt: skip
_BEFORE = frozenset(
    {"那", "那就", "就", "请", "你", "您", "帮我", "给我", "替我", "请帮我", "麻烦", "麻烦你", "麻烦您"}
    | {"帮忙", "你帮我", "您帮我", "现在", "马上", "赶紧", "直接", "快", "快点", "立即", "立刻", "我要"}
    | {"要", "可以", "这样", "就这样", "那你", "那您", "你就", "您就"}
)  # fmt: skip
_ENDINGS = ("", "吧", "了吧", "一下", "一下吧", "呗", "哈", "啦")
_ANY_VERB = ("办", "办理", "操作", "弄", "处理", "执行", "整", "搞")
_VERBS = {
    "转": ("转", "转账", "转过去", "转余额"),
    "兑换": ("换", "兑", "兑换", "兑了它"),
    "预约": ("约", "预约", "约上", "定", "订"),
    "改约": ("改约", "改过去"),
    "提交": ("提交", "交", "登记"),
    "下单": ("下单", "买", "订", "再来一单"),
    "停发": ("停发",),
    "催": ("催", "催催", "催一催"),
    "注销": ("注销",),
    "撤销": (),
    "取消": (),
}
"""By what the yes button says: its verb in other words."""
_EITHER = {
    "改约": ("改", "改时间"),
    "停发": ("停", "停掉", "关掉", "别发了"),
    "撤销": ("撤", "撤销", "撤掉"),
    "取消": ("取消", "取消掉", "退掉"),
}
"""Yes only with a word of agreement: 取消吧 alone may be about the question or about the visit."""

_PAUSES = re.compile(r"[，,。.!！~、;；:：]")
_HESITATES = re.compile(r"\.\.|。。|…|、、|，，|,,|~~~")
_ENDED = re.compile(r"[，,。.!！~、;；:：]+$")

_NO = re.compile(
    r"(算了|取消|停|停下|停止|打住|退出|返回|放弃|作罢|拉倒|免了|拒绝|我拒绝|cancel|stop|no|nope|quit|exit|改一下|改下|修改|我要改"
    r"|那算了|还是算了|那还是算了|还是不了|还是别了|不|不了|不用|不要|不行|不是|不对|不好|不可以|不同意|不确定|否|别|没有|没有没有|错|错了|弄错了|搞错了"
    r"|点错了|按错了|后悔了|反悔了|我反悔了|我后悔了|改主意了|我改主意了|当我没说|唔使|唔要|莫|冇|莫得|不得行|不中|不成|先不转?|先不[换约办要用]|暂时不){1,3}"
    r"(算了|不了|不用了|不要了|吧|了吧|了|啊|啦|呀|哈|的|谢谢|谢谢您|谢谢你|哦|噢|嘛)*"
)
_NO_INSIDE = re.compile(
    r"^(不|别(?!的)|没(?!问题|错|毛病|有问题|事)|否|no\b|算了|错了|唔|莫|冇(?!问题))"
    r"|[不别](想)?(要|办|弄|转|换|约|改|登记|投诉|兑|订|买|退|搞|下单|撤|注销|停|做|来|提交|用|了)[了啦吧]|算了|不同意|我没同意|取消吧"
)
_ASKS = re.compile(
    r"[?]|吗|嘛|么$|咩|多少|多久|多长|怎|什么|啥|咋|哪|几(?!十|百|千)|谁|为何|难道|来着|是否|有无|何时|是.{1,8}还是|凭|"
    r"([^不没])[不没]\1|(?<!^)[没不]$|呢$|(是|对|问题|可以|没错|应该|能|会|不会|免费|安全|收费)的?吧$"
)
_ONLY_IF = re.compile(
    r"如果|要是|假如|只要|除非|前提|的话|但|不过|可是|然而|先.{1,12}再|等.{0,10}[再后]|等[下一会等我]|稍等|待会|晚点|回头|"
    r"再说|再看|考虑|想想|想一想|商量|问问|问一下|看看|看一下|看下|过[会两]|之后|以后|下次|改天|明天|后天|先别|慢着|且慢"
)
_WAITS = re.compile(
    r"等[下一会等我]|稍等|待会|晚点|回头|再说|考虑|想想|想一想|商量|问问|再看|看看|过会|慢着|且慢|先别"
)
_ONLY_SOME = re.compile(
    r"只|光|仅|除了|除掉|除去|其[他它]|别的|剩下|一半|部分|有的|有些|[前后][一二两三四五六七八九\d]|那项|这项|第.{1,2}[项个条行张]|"
    r"不是全|没说全|没全|不全|不都|不是都|少[一一点些转换]|先[转换约做修办].*[一两二三半]|.[不别][做要换修转约]"
)

_RATHER_NOT = re.compile(r"(那|我)?要不.{0,2}(算了|不|别)")
"""It asks nothing."""
_NO_PLAIN = re.compile(r"^[我先都]*(不|别(?!的))想?.{0,4}$|全部?不|都不|算了")


def asks(text: str) -> bool:
    """Whether it asks something: what is asked is answered, and is no wish."""
    return _ASKS.search(_plain(text)) is not None


def reads(text: str, button: str) -> Reply:
    """What `text` says to what is shown above the yes button called `button`."""
    plain = _plain(text)
    bare = _ENDED.sub("", plain.replace(" ", ""))
    if is_yes(text, button):
        return Reply.YES
    either = bare.startswith(_EITHER.get(_kind(button), ()))
    if _NO.fullmatch(_PAUSES.sub("", bare)) and not either:
        return Reply.NO
    if _ASKS.search(bare) and not _RATHER_NOT.match(bare):
        return Reply.QUESTION
    if _ONLY_IF.search(bare):
        return Reply.CONDITION
    if _ONLY_SOME.search(bare) and not _NO_PLAIN.search(bare):
        return Reply.PART
    if _NO_INSIDE.search(bare) and not either:
        return Reply.NO
    return Reply.OTHER


def waits(text: str) -> bool:
    """等一下, 我再想想: neither yes nor no yet."""
    return _WAITS.search(_plain(text)) is not None


def is_yes(text: str, button: str) -> bool:
    """Whether `text` agrees, and says nothing else."""
    plain = _plain(text)
    if len(plain) > LONGEST or _HESITATES.search(plain):
        return False
    title = _plain(button).replace(" ", "")
    if _ENDED.sub("", plain.replace(" ", "")) == title and title:
        return True
    words = _Words.of(_kind(button))
    joined = [each for each in _PAUSES.split(plain.replace(" ", "")) if each]
    apart = [each for each in _PAUSES.split(plain.replace(" ", "，")) if each]
    return words.agree(joined) or words.agree(apart)


def shown(key: str, summary: str) -> str:
    """What the button under `summary` carries: pressed under anything else, it is no yes to this."""
    return hashlib.sha256(f"{key}\n{summary}".encode()).hexdigest()[:16]


def _plain(text: str) -> str:
    """One way of writing: half width, lower case, simplified."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().translate(_FORMS).split())


def _kind(button: str) -> str:
    return next((verb for verb in sorted(_VERBS, key=len, reverse=True) if verb in button), "")


class _Words:
    """The words that a yes to one kind of question is made of."""

    def __init__(self, kind: str) -> None:
        verbs = (*_ANY_VERB, *_VERBS.get(kind, ()))
        self._bare = frozenset(verbs)
        self._acts = frozenset(
            verb + ending
            for verb in verbs
            for ending in _ENDINGS
            if not (verb == "换" and ending.startswith("一下"))
        )
        self._either = frozenset(
            verb + ending for verb in _EITHER.get(kind, ()) for ending in ("", "吧", "了吧")
        )

    @staticmethod
    @cache
    def of(kind: str) -> _Words:
        return _Words(kind)

    def agree(self, parts: list[str]) -> bool:
        """Every part is made of these words, and one of them agrees."""
        found = [self._part(part) for part in parts]
        return bool(found) and all(each is not None for each in found) and any(found)

    def _part(self, text: str) -> bool | None:
        """None: there is another word in it. Else whether it agrees; 谢谢 alone does not."""
        # Where it can be read up to, in what state, and whether something agreed so far.
        places: dict[int, set[tuple[str, bool]]] = {0: {("start", False)}}
        for start in range(len(text)):
            for state, agreed in places.get(start, ()):
                for word, after, agrees in self._next(text[start:], state):
                    places.setdefault(start + len(word), set()).add((after, agreed or agrees))
        ends = [agreed for state, agreed in places.get(len(text), ()) if state != "before"]
        return any(ends) if ends else None

    def _next(self, rest: str, state: str) -> Iterable[tuple[str, str, bool]]:
        """Words that may stand here: what comes, the state after it, whether it agrees."""
        for length in range(1, min(len(rest), 8) + 1):
            word = rest[:length]
            if state in ("start", "began") and word in _TO_BEGIN:
                yield word, "began", False
            if state != "before" and word in _AGREE:
                yield word, "short" if word in _SHORT else "agreed", True
            if state != "done" and word in _BEFORE:
                yield word, "before", False
            if word in self._acts and not (state == "short" and word in self._bare):
                yield word, "done", True
            if word in self._either and state != "done":
                yield word, "done", False
            if state in ("start", "began") and word in _DONE:
                yield word, "done", False
            if state not in ("before", "began") and word in _THANKS:
                yield word, "done", False
