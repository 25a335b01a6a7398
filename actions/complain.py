"""Filing a complaint: what happened, what is wished for; a number and a promise."""

from __future__ import annotations

import re
from datetime import datetime

from actions.base import Call, Events
from actions.complaint_steps import add_words
from actions.promises import ALWAYS
from actions.say import moment
from actions.tasks.heard import Option
from actions.tasks.script import Script
from actions.tasks.task import Task
from bot.store.complaints.models import Complaint
from bot.store.complaints.reads import complaint_status
from bot.store.complaints.service import By, NewComplaint, open_complaint

CATEGORIES = {
    "服务态度": ("态度", "骂", "凶", "不耐烦", "不理", "推诿", "踢皮球", "敷衍", "挂电话", "没礼貌", "冷漠"),
    "收费": ("扣", "收费", "多收", "乱收", "费用", "退款", "退钱", "价格", "贵", "账单", "钱", "发票"),
    "时效": (
        "迟到",
        "没来",
        "等了",
        "拖",
        "慢",
        "还没",
        "一直没",
        "几天",
        "不按时",
        "超时",
        "没发货",
        "没送",
    ),
    "质量": (
        "坏",
        "质量",
        "修不好",
        "没修好",
        "破",
        "漏",
        "假",
        "过期",
        "瑕疵",
        "故障",
        "不能用",
        "少了",
        "错发",
    ),
}
OTHER = "其他"
WISHES = {"尽快处理": "尽快处理", "退款": "退款", "换货或重做": "换货或重做"}
TIMES = {"随时": "随时", "工作日白天": "工作日白天", "晚上": "晚上"}
OPENING = re.compile(
    r"我要|我想|要|想|请|帮我|给我|你们|投诉|举报|申诉|升级|一下|了|吧|你|这个|件|事|个|人|客服|公司|店家|商家|"
    r"[\s，,。.！!？?~]"
)
ADDING = re.compile(rf"补充|这一件|这件|那件|同一件|就是|还是|加|再|点|{OPENING.pattern}")
LEAST_STORY = 6
HOW_LONG = re.compile(
    r"(多久|几天|多长时间|几个工作日|多少天|什么时候).{0,8}(处理|答复|回复|解决|结果|办)|(处理|答复|回复|解决).{0,6}(多久|几天|多长时间)"
)
MOST_OF_A_QUESTION = 16
"""Characters; a longer text may be the story of what happened."""
FOLLOW = {"投诉进度": "/ask_complaint_status", "补充说明": "/add_to_complaint", "转人工": "/request_human"}


class FileComplaint(Task):
    """Listens first; the category is worked out, not asked."""

    topic = "file_complaint"
    intent = "file_complaint"
    title = "登记投诉"
    left = "好的，投诉先不登记。您说的我都记着，想登记的时候随时告诉我。"
    told = (
        (re.compile("编号|单号"), "投诉编号提交以后才有，我会马上告诉您。"),
        (HOW_LONG, ALWAYS),
    )

    async def answer(self, call: Call) -> Events:
        """How long it takes is promised to everybody, and is no complaint yet."""
        if call.is_general and len(call.text) <= MOST_OF_A_QUESTION and HOW_LONG.search(call.text):
            call.say(ALWAYS, buttons={"登记投诉": "/file_complaint", "投诉进度": "/ask_complaint_status"})
            return []
        return await super().answer(call)

    async def script(self, s: Script) -> None:
        _take_story_told_at_once(s)
        if await self._is_about_the_open_one(s):
            return
        what = s.words("what", "您受委屈了。请说说发生了什么：什么事、什么时候、和谁有关，几句话就行。")
        wish = s.words("wish", "记下了。您希望我们怎么处理？", buttons=WISHES)
        when = s.words("when", "工作人员什么时候联系您方便？", buttons=TIMES)
        s.confirm(_summary(what, wish, when), "确认提交")
        complaint = await open_complaint(
            s.session,
            NewComplaint(
                s.customer, subject_of(what), _body(what, wish, when), s.call.channel, category_of(what)
            ),
            By("customer", "本人", s.now, s.state.key),
        )
        s.say(receipt(complaint, s.call.time_zone, s.now), FOLLOW)

    async def _is_about_the_open_one(self, s: Script) -> bool:
        """Whether the customer would rather add to the complaint they have; then this one ends here."""
        status = await complaint_status(s.session, s.customer, None, s.now)
        if status is None or status.state in ("responded", "closed"):
            return False
        chosen = s.choose(
            "which",
            f"您有一件投诉正在处理：{status.number}（{status.subject}）。"
            f"是要补充这一件，还是另外一件新的事？",
            [
                Option("new", "新的一件", words=("新的", "另外", "另一件", "不是这件", "别的事", "重新")),
                Option(
                    "same", "补充这一件", words=("补充", "这件", "这一件", "还是那件", "同一件", "就是这个")
                ),
            ],
            listed=False,
        )
        if chosen.value == "new":
            return False
        if s.heard is not None and len(ADDING.sub("", s.heard.text)) >= LEAST_STORY:
            s.given("more", s.heard.text)
        more = s.state.values.get("what") or s.words("more", "好的，要补充什么？您直接说，我原样加进去。")
        await add_words(s, status, more)
        return True


def _take_story_told_at_once(s: Script) -> None:
    """我要投诉，昨天师傅迟到三小时还骂人: the story is there, and is not asked for again."""
    if s.heard is not None and s.state.asked is None and len(OPENING.sub("", s.heard.text)) >= LEAST_STORY:
        s.given("what", s.heard.text)


def category_of(text: str) -> str:
    """The category with most of its words in the text; 其他 when none has any."""
    hits = {name: sum(word in text for word in words) for name, words in CATEGORIES.items()}
    best = max(hits, key=lambda name: hits[name])
    return best if hits[best] else OTHER


def subject_of(text: str) -> str:
    """The first clause that says something, for lists."""
    clauses = [
        clause for clause in re.split(r"[，,。.！!？?；;\n]", text) if len(OPENING.sub("", clause)) >= 2
    ]
    return (clauses[0] if clauses else text).strip()[:30]


def _body(what: str, wish: str, when: str) -> str:
    parts = [what, f"希望：{wish}" if wish else "", f"方便联系：{when}" if when else ""]
    return "\n".join(part for part in parts if part)


def _summary(what: str, wish: str, when: str) -> str:
    lines = ["请看一下，没问题我就提交：", f"· 事情：{what}"]
    if wish:
        lines.append(f"· 希望：{wish}")
    if when:
        lines.append(f"· 联系时间：{when}")
    return "\n".join(lines)


def receipt(complaint: Complaint, time_zone: str, now: datetime) -> str:
    """The number, and what is promised until when."""
    due = moment(complaint.first_reply_due, time_zone, now)
    text = f"已为您登记，投诉编号 {complaint.number}。我们承诺 24 小时内给您首次答复，也就是{due}前。"
    if complaint.green_channel:
        text += "您是我们的重点客户，这件已走绿色通道，优先处理。"
    return text + "您随时可以问我进度，也可以补充或者催办。"
