"""A score with words: what they are about is tagged by the four values and four costs of a customer."""

from __future__ import annotations

import re
from typing import get_args

from actions.base import Call
from actions.notices.memory import newest
from actions.tasks.consent import asks
from actions.tasks.heard import Heard, Option
from actions.tasks.script import Script, Stop
from actions.tasks.task import Task
from bot.kit.errors import Conflict
from bot.kit.ids import CustomerId
from bot.store.identities.service import Access
from bot.store.surveys.models import ValueTag
from bot.store.surveys.service import answer_survey, ask_survey

SCORES = {5: "5 分", 4: "4 分", 3: "3 分", 2: "2 分", 1: "1 分"}
SAID = {"非常满意": 5, "很满意": 5, "满意": 4, "一般": 3, "不满意": 2, "很不满意": 1, "非常不满意": 1}
BARE = re.compile(r"\s*([1-5１-５]|[一二三四五])\s*")
TAG_WORDS: dict[ValueTag, tuple[str, ...]] = {
    "人员": ("态度", "师傅", "客服", "小哥", "店员", "骂", "热情", "耐心"),
    "产品": ("质量", "坏", "好用", "东西", "货", "味道", "做工"),
    "货币": ("贵", "钱", "价格", "便宜", "收费", "划算"),
    "时间": ("慢", "快", "等", "迟到", "准时", "拖"),
    "体力": ("跑", "远", "搬", "排队"),
    "精神": ("烦", "累", "闹心", "放心", "麻烦", "复杂"),
    "形象": ("环境", "干净", "店面", "门面", "牌子"),
    "服务": ("服务", "处理", "解决", "售后", "帮"),
}
assert set(TAG_WORDS) == set(get_args(ValueTag))


class RateService(Task):
    """A score; the words are optional."""

    topic = "rate_service"
    intent = "rate_service"
    title = "打个分"
    left = "好的，不打分也没关系，谢谢您。"

    def trusts(self, call: Call, seen: Access) -> CustomerId | None:
        """A score tells nothing: whom the survey was sent to may answer it unproved."""
        notice = newest(call, "survey")
        sent_to_them = notice is not None and notice.customer == seen.customer_id
        return seen.customer_id if sent_to_them else None

    async def script(self, s: Script) -> None:
        if s.heard is not None and s.state.asked is None:
            for name in ("about", "words"):
                if told := s.heard.entity(name):
                    s.given(name, str(told))
        score = s.choose(
            "score",
            "这次服务您打几分？5 分最满意，1 分最不满意。",
            [
                Option(
                    n,
                    title,
                    words=tuple(f"{said}{unit}" for said in (n, "零一二三四五"[n]) for unit in "分星"),
                )
                for n, title in SCORES.items()
            ],
            narrow=_score,
            part=lambda text: "" if asks(text) else text,
            listed=False,
            number=True,
        )
        words = s.words("words", "谢谢。哪里好、哪里不好，愿意说一句吗？", buttons={"没有了": ""})
        about = str(s.state.values.get("about") or f"chat:{s.state.key}")
        survey = await ask_survey(s.session, s.customer, "csat", about, s.now)
        try:
            await answer_survey(
                s.session, s.customer, survey, int(score.value), s.now, words=words, tag=tag_of(words)
            )
        except Conflict:
            raise Stop("这件事您已经打过分了，谢谢您。") from None
        if int(score.value) <= 3:
            s.say(
                "记下了，让您不满意了，对不起。要我们处理的话，现在就可以登记。",
                {"登记投诉": "/file_complaint"},
            )
        else:
            s.say("记下了，谢谢您，我们会一直这样做。")


def _score(heard: Heard) -> list[str | int] | None:
    """A bare number is the score; 非常满意 is one, too."""
    text = heard.text.strip(" 。.!！吧的了")
    if text in SAID:
        return [SAID[text]]
    number = heard.number() if BARE.fullmatch(text) else None
    return [int(number)] if number in SCORES else None


def tag_of(words: str) -> ValueTag | None:
    """What the words are about; None when they do not say."""
    best: ValueTag | None = None
    most = 0
    for tag, known in TAG_WORDS.items():
        if (hits := sum(word in words for word in known)) > most:
            best, most = tag, hits
    return best
