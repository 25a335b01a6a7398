"""What a customer's message says, read against what was asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from actions.tasks.consent import Reply, reads

NODS = re.compile(r"(嗯+|哦|噢|好的?|行|可以|对|是的?|ok|收到)[吧啊呀呢哒嘞\s，,。.!！~]*", re.IGNORECASE)
"""Says nothing that could be written down."""
NO = re.compile(r"^[\s，,。.!！~]*(不|别|没(?!问题|错|毛病|有问题)|否|no\b|算了|错了|等等)", re.IGNORECASE)
QUESTION = re.compile(r"[?？]|吗|多少|多久|怎么|什么|啥|哪|几|还是|呢$|[没不]$")
NOTHING = re.compile(
    r"[\s，,。.!！]*(没有?|没有?了|没[啥别什]么?的?|无|不用|不要|不需要|不必|不说|不清楚|不知道|没要求|没想法|随便|算了|no)"
    r"[了吧的呀啊呢谢\s，,。.!！]*",
    re.IGNORECASE,
)
"""Nothing to tell: 没有, 不用了. Not: 没用过这项."""
GIVES_UP = re.compile(
    r"(那就?|还是|先|都)*"
    r"(取消|放弃|作罢|拉倒|[不别](办|弄|转|换|约|改|登记|投诉|兑换?|订|买|退|搞|核实|查|下单|撤|撤销|催|补充|注销|停)了"
    r"|不用(办|转|换|约|改|登记|兑换|催|补充)了?)"
    r"(掉|吧|了|啊|啦|呀|哈|谢谢|[\s，,。.!！~])*"
)
"""Wants no more of what is asked: 取消吧, 那就不转了. Not: 不要了, which may be one answer among others."""
WANTS_NONE = re.compile(r"(那就?|都|先)*(不要|不用|不需要)(了|吧|啦|[\s，,。.!！~])*")
RESUMES = re.compile(r"(好|行|那就?|我们|咱们)*(继续|接着)(来|办|弄|说|刚才的|吧|呀|啊|[\s，,。.!！~])*")
NOT_NOW = re.compile(r"(等|稍等|等会|等一|晚点|回头|待会|一会|先忙)")
DIGITS = re.compile(r"(?<![\d.])\d{1,9}(?:\.\d{1,2})?(?![\d.])")
NO_AMOUNT = re.compile(r"尾号|卡号|单号|月|日|点|号|第")
_SMALL = "一二两俩三四五六七八九十"
_CLASSIFIERS = "个张项种件条样号款台笔"
COUNT = re.compile(rf"(?<![第\d])(\d{{1,3}}|[{_SMALL}])\s*[个份件盒箱瓶袋桶支包套只杯把台张条双本部副](?!月)")
BARE_AMOUNT = re.compile(
    r"(不对|不|错了|是|改|成|为|换|要|就|转|[\s，,。.!！])*\d{1,7}(\.\d{1,2})?[元块吧\s。.!！]*"
)
"""不对，50: a number and nothing else that it could belong to."""
PLACE = re.compile(rf"第\s*(\d{{1,2}}|[{_SMALL}])")
BARE_PLACE = re.compile(rf"[\s就要选我那换来]*(\d{{1,2}}|[{_SMALL}])\s*[{_CLASSIFIERS}、.。吧的那]*")
LAST = re.compile("最后|最末")
CHINESE = {c: n for n, c in enumerate("零一二三四五六七八九十")} | {"两": 2, "俩": 2}

ENDING = re.compile(r"[没不][?？]?$")
"""有优惠没, 能换不: at the end it only asks."""
TROUBLE = re.compile(r"[没错坏差不乱骂扣]|(?<!多)少")
COURTESIES = frozenset({"greet", "thank", "help"})
QUESTIONS = frozenset(
    {
        "ask_points",
        "ask_points_expiry",
        "ask_points_history",
        "ask_balance",
        "ask_order",
        "ask_bill",
        "ask_referral",
        "ask_membership",
        "ask_promotion",
        "ask_complaint_status",
        "ask_commitment",
        "verify_agent",
        "chitchat",
    }
)
NO_REQUEST = frozenset({None, "inform", "affirm", "deny", "nlu_fallback", "out_of_scope", "several_requests"})
"""Intents that ask for nothing of their own: what a task cannot read of them, it did not understand."""
REQUESTS = frozenset(
    {
        "redeem_points",
        "transfer_balance",
        "file_complaint",
        "urge_complaint",
        "add_to_complaint",
        "reopen_complaint",
        "withdraw_complaint",
        "dispute_charge",
        "request_service",
        "book_visit",
        "move_visit",
        "cancel_visit",
        "reorder",
        "privacy_optout",
        "my_data",
        "verify_agent",
    }
)
"""Intents that want something done."""
CERTAIN = 0.8
SURE = 0.5
"""An intent less likely than this is no reason to leave a task's question."""


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose. `label` is what the customer reads, `short` what a button says."""

    value: str | int
    label: str
    short: str = ""
    words: tuple[str, ...] = ()
    """Other words that mean it: the tail of a card, a number."""

    @property
    def title(self) -> str:
        return self.short or self.label


@dataclass(frozen=True, slots=True)
class Heard:
    """A message: its words (empty when a button was pressed), its intent, its entities."""

    parse: Mapping[str, Any]

    @property
    def text(self) -> str:
        text = str(self.parse.get("text") or "")
        return "" if self.intent and text.startswith(f"/{self.intent}") else text.strip()

    @property
    def intent(self) -> str | None:
        return (self.parse.get("intent") or {}).get("name")

    @property
    def sure(self) -> float:
        return float((self.parse.get("intent") or {}).get("confidence") or 0.0)

    def entities(self, *names: str) -> list[Any]:
        return [e.get("value") for e in self.parse.get("entities") or () if e.get("entity") in names]

    def entity(self, *names: str) -> Any | None:
        return next(iter(self.entities(*names)), None)

    @property
    def picked(self) -> Any | None:
        """The value of the button that was pressed."""
        return self.entity("pick")

    def reply(self, button: str, mark: str) -> Reply:
        """What it says to what is shown above the yes button `button`, which carries `mark`."""
        if self.text:
            return reads(self.text, button)
        if self.intent == "affirm" and self.picked == mark:
            return Reply.YES
        return Reply.NO if self.intent == "deny" else Reply.OTHER

    @property
    def says_no(self) -> bool:
        return self.intent == "deny" if not self.text else bool(NO.search(self.text))

    @property
    def says_nothing(self) -> bool:
        """Has nothing to tell, asked for words."""
        return self.intent == "deny" if not self.text else NOTHING.fullmatch(self.text) is not None

    @property
    def nods(self) -> bool:
        """嗯, asked for words: somebody is listening, and has told nothing."""
        return NODS.fullmatch(self.text) is not None

    @property
    def gives_up(self) -> bool:
        """Wants nothing more of the task, in words that cannot be an answer to it."""
        return GIVES_UP.fullmatch(self.text) is not None

    @property
    def wants_none(self) -> bool:
        """不要了, which gives up where something is to be chosen or confirmed."""
        return WANTS_NONE.fullmatch(self.text) is not None

    @property
    def resumes(self) -> bool:
        """Wants to go on with what was put aside."""
        return RESUMES.fullmatch(self.text) is not None

    def saying(self, text: str) -> Heard:
        """The same message, of which only `text` counts, with the values that stand in it."""
        kept = [
            each
            for each in self.parse.get("entities") or ()
            if str(each.get("text") or each.get("value")) in text
        ]
        return Heard({**self.parse, "text": text, "entities": kept})

    @property
    def is_aside(self) -> bool:
        """Whether a short, sure question or courtesy is meant for itself, where any words would do."""
        if self.intent in COURTESIES:
            return self.sure >= CERTAIN and len(self.text) <= 8
        asks = self.intent in QUESTIONS and QUESTION.search(self.text) is not None
        return (
            asks
            and self.sure >= CERTAIN
            and len(self.text) <= 14
            and not TROUBLE.search(ENDING.sub("", self.text))
        )

    @property
    def is_wish(self) -> bool:
        """Whether it surely asks for something of its own."""
        return self.intent not in NO_REQUEST and self.sure >= CERTAIN

    def number(self) -> float | None:
        """The number the message is: an entity's, in digits, or a small Chinese one. Not a card's tail."""
        for value in self.entities("number"):
            if isinstance(value, int | float):
                return value
        if len(self.text) > 12 or NO_AMOUNT.search(self.text):
            return None
        if found := DIGITS.search(self.text):
            return float(found.group())
        return _small_chinese(self.text)

    @property
    def is_bare_amount(self) -> bool:
        """A number alone, which where an amount was given is another amount."""
        return BARE_AMOUNT.fullmatch(self.text) is not None

    def count(self) -> int | None:
        """How many pieces: 换两个, 来3箱."""
        found = COUNT.search(self.text)
        if not found:
            return None
        said = found.group(1)
        return int(said) if said.isdigit() else CHINESE[said]

    def points(self) -> int | None:
        """So many points as a `points` entity says; None when it says none or only about how many."""
        for value in self.entities("points"):
            if isinstance(value, Mapping) and isinstance(value.get("points"), int):
                return value["points"]
        return None

    def fen(self) -> int | None:
        """An exact amount of money; None when there is none or only about how much."""
        for value in self.entities("amount"):
            if isinstance(value, Mapping) and isinstance(value.get("fen"), int):
                return value["fen"]
        return None

    def time(self) -> tuple[str, str] | None:
        """From and to (exclusive), ISO 8601, of the first time spoken of."""
        for value in self.entities("time"):
            if isinstance(value, Mapping) and value.get("from") and value.get("to"):
                return str(value["from"]), str(value["to"])
        return None


def _small_chinese(text: str) -> float | None:
    found = re.search(r"([一二两俩三四五六七八九]?十[一二三四五六七八九]?|[一二两俩三四五六七八九])", text)
    if not found:
        return None
    tens, ten, ones = found.group().partition("十")
    if not ten:
        return CHINESE[tens]
    return (CHINESE[tens] if tens else 1) * 10 + (CHINESE[ones] if ones else 0)


def place(heard: Heard, shown: int, *, bare: bool = True) -> int | None:
    """Which of `shown` numbered things is meant, from 0: 第二个, 最后一个; if it may be `bare`, 2."""
    for value in heard.entities("ordinal"):
        if isinstance(value, int) and -shown <= value <= shown and value:
            return value - 1 if value > 0 else shown + value
    if LAST.search(heard.text):
        return shown - 1
    numbered = PLACE.search(heard.text) or (BARE_PLACE.fullmatch(heard.text) if bare else None)
    if not numbered:
        return None
    said = numbered.group(1)
    which = int(said) if said.isdigit() else CHINESE[said]
    return which - 1 if 1 <= which <= shown else None


NAMING = ("product", "category", "card_number", "order_number", "complaint_number", "quote_number")
Narrow = Callable[[Heard], list[str | int] | None]
"""Which values a message leaves possible; None when it says nothing about them."""


def matching(heard: Heard, options: Sequence[Option], *, asked: bool, alike: bool = True) -> list[Option]:
    """The options that the message names, or with `alike` is like. Asked for them, fewer words are enough."""
    text = heard.text.lower()
    if not text:
        return []
    named = [o for o in options if any(w and w.lower() in text for w in (o.short, *o.words))]
    if not named:
        entities = {
            str(v)
            for v in heard.entities("product", "category", "card_number", "order_number", "complaint_number")
        }
        named = [o for o in options if entities & {o.label, o.short, *o.words}]
    if named:
        return _most_specific(named, text)
    if heard.is_aside or not alike:  # 会员有啥用 is no choice of the line 视频会员
        return []
    return _alike(text, options, least=2 if not asked else 1)


def _most_specific(named: list[Option], text: str) -> list[Option]:
    """ "电信卡套餐" names the option of that name, not the one called 电信卡."""
    longest = {
        o: max((len(w) for w in (o.short, *o.words) if w and w.lower() in text), default=0) for o in named
    }
    most = max(longest.values())
    return [o for o in named if longest[o] == most]


def _alike(text: str, options: Sequence[Option], least: int) -> list[Option]:
    """Options whose label shares a piece of `least` or more characters that no other option has."""
    scores = {o: _shared(text, o, [other for other in options if other is not o]) for o in options}
    best = max(scores.values(), default=0)
    return [o for o in options if scores[o] == best] if best >= least else []


def _shared(text: str, option: Option, others: Sequence[Option]) -> int:
    label = (option.short or option.label).lower()
    elsewhere = "\n".join((o.short or o.label).lower() for o in others)
    best = 0
    for start in range(len(label)):
        for end in range(start + best + 1, len(label) + 1):
            piece = label[start:end]
            if piece not in text:
                break
            if piece not in elsewhere and not re.fullmatch(r"[\s\W\d的了个张一]+", piece):
                best = end - start
    return best
