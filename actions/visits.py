"""Appointments: book, move, cancel."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from actions.base import Call, Events
from actions.say import moment
from actions.tasks.heard import Heard, Narrow, Option
from actions.tasks.script import Again, Script, Stop
from actions.tasks.task import Task
from bot.kit.clock import local_date, zone
from bot.store.bookings.reads import service_of, services_offered
from bot.store.bookings.service import (
    BookingView,
    FreeSlot,
    SlotFull,
    book,
    cancel_booking,
    free_slots,
    move_booking,
    own_bookings,
)

AHEAD = timedelta(days=14)
MANY = 200
NEXT = {"改约时间": "/move_visit", "取消上门": "/cancel_visit", "转人工": "/request_human"}
WHEN = re.compile(r"几点|什么时候|啥时候|哪天|多久(能|会|才)?(到|来)|(到|来)了(没|吗)")
ABOUT = re.compile(r"[保包]修|质保|三包|包[退换]|网点|地址|在哪|电话|几点")
FEES = re.compile(r"多少钱|收费|要钱|收钱|费用|免费")
UNKNOWN = "保修期和服务网点要看您的购买凭证，我手里没有这份资料，不想说错。您可以看合同包含什么，或者问同事。"
PRICED = "收不收费要看您的合同和这次做什么。不在合同里的会先给您报价，一项一项写清楚，您同意了才做。"
INSTEAD = {"合同包含什么": "/ask_coverage", "预约上门": "/book_visit", "转人工": "/request_human"}
KINDS = {"维修": ("修", "坏", "故障"), "保养": ("保养", "维护", "清洗"), "安装": ("装",)}
OTHER_TIME = re.compile(r"[换改](个|一个|一下|下)?时间|[别其]他?的?时间|[换改](一|个)天|时间不(行|合适|方便)")
OTHER_TIMES = "还有 {} 个时间，说哪天、上午还是下午就行。"
TAKEN = "这个时间刚刚被别人约走了，您换一个。"


class BookVisit(Task):
    """Which service, what for, when: only times that are free are offered."""

    topic = "book_visit"
    intent = "book_visit"
    title = "预约上门"
    left = "好的，先不约了。需要时再找我。"
    told = (
        (re.compile("怎么约|咋约|如何约"), "不用您操作，您同意了我就约好，再把预约号告诉您。"),
        (re.compile("取消|改期|改时间|改约"), "约好以后可以改时间，也可以取消，跟我说一声就行。"),
        (FEES, PRICED),
    )
    kin = frozenset({"book_visit", "request_service", "move_visit"})
    quits = frozenset({"cancel_visit"})

    async def script(self, s: Script) -> None:
        services = await services_offered(s.session)
        if not services:
            raise Stop("现在没有开放预约的服务，请同事帮您安排。", {"转人工": "/request_human"})
        service = s.choose(
            "service",
            "您要约哪一项？",
            [
                Option(each.code, f"{each.name}（约 {each.minutes} 分钟）", each.name, _kind(each.name))
                for each in services
            ],
        )
        slot = await choose_slot(s, str(service.value))
        _change_the_time(s)
        s.confirm(f"帮您约：{slot.service}，{_when(s, slot)}，{slot.place}。可以吗？", "确认预约")
        try:
            booking = await book(s.session, s.customer, slot.slot_id, s.note("预约"))
        except SlotFull:
            raise Again(TAKEN, "slot") from None
        s.say(
            f"约好了：{slot.service}，{_when(s, slot)}，{slot.place}，预约号 {booking.number}。"
            f"要改时间随时告诉我。",
            NEXT,
        )


class RequestService(BookVisit):
    """Something is to be repaired or installed: that is an appointment, unless it is a question."""

    topic = "request_service"
    intent = "request_service"
    title = "安排维修或安装"

    async def answer(self, call: Call) -> Events:
        """What is the same for everybody is said without asking who is there."""
        told = _told_to_all(call.text)
        if told and not WHEN.search(call.text):
            call.say(told, buttons=INSTEAD)
            return []
        return await super().answer(call)

    async def script(self, s: Script) -> None:
        begins = s.heard is not None and s.state.asked is None
        if begins and s.heard and WHEN.search(s.heard.text) and (told := await _booked(s)):
            raise Stop(told, NEXT)
        if begins and s.heard and (told := _told_to_all(s.heard.text)):
            raise Stop(told, INSTEAD)
        await super().script(s)


def _told_to_all(text: str) -> str | None:
    """The answer to a question about fees or the warranty; None: it is none."""
    if FEES.search(text):
        return PRICED
    return UNKNOWN if ABOUT.search(text) else None


class MoveVisit(Task):
    """The old time is given up only when the new one is taken."""

    topic = "move_visit"
    intent = "move_visit"
    title = "改约时间"
    left = "好的，还是原来的时间，没有改。不想让师傅来了，就说“取消上门”。"
    kin = frozenset({"book_visit", "request_service"})

    async def script(self, s: Script) -> None:
        booking = await _own(s, "要改哪一个预约？")
        service = await service_of(s.session, booking.booking_id)
        slot = await choose_slot(s, service, other_than=booking.starts_at)
        _change_the_time(s)
        s.confirm(f"把{booking.service}从{_when(s, booking)}改到{_when(s, slot)}，可以吗？", "确认改约")
        try:
            await move_booking(s.session, booking.booking_id, slot.slot_id, s.note("改约"))
        except SlotFull:
            raise Again(f"{TAKEN}原来的预约还在。", "slot") from None
        s.say(
            f"改好了：{booking.service}，{_when(s, slot)}，{slot.place}，预约号还是 {booking.number}。", NEXT
        )


class CancelVisit(Task):
    """Shown once more before it is given up."""

    topic = "cancel_visit"
    intent = "cancel_visit"
    title = "取消上门"
    left = "好的，预约还在，没有取消。"
    replaces = frozenset({"move_visit", "book_visit", "request_service"})

    async def script(self, s: Script) -> None:
        booking = await _own(s, "要取消哪一个预约？")
        s.confirm(
            f"取消{booking.service}（{_when(s, booking)}，{booking.number}），确定吗？",
            "确定取消",
            change=False,
        )
        await cancel_booking(s.session, booking.booking_id, s.note("取消预约"))
        s.say("已经取消了，这个时间空出来了。需要时再约。", {"重新预约": "/book_visit"})


async def choose_slot(s: Script, service_code: str, other_than: datetime | None = None) -> FreeSlot:
    """A free time, by number, day, part of the day or hour."""
    slots = await free_slots(s.session, service_code, s.now, s.now + AHEAD, MANY)
    slots = [slot for slot in slots if slot.starts_at != other_than]
    if not slots:
        raise Stop("未来两周都约满了。我请同事帮您看看能不能加出时间来。", {"转人工": "/request_human"})
    options = [Option(slot.slot_id, f"{_when(s, slot)}，{slot.place}", _when(s, slot)) for slot in slots]
    chosen = s.choose(
        "slot",
        "这些时间有空，您看哪个方便？",
        options,
        narrow=_within(slots),
        near=_same_day(s, slots),
        gone=TAKEN,
        none_such="这个时间没有空位。",
        more=OTHER_TIMES,
    )
    return next(slot for slot in slots if slot.slot_id == chosen.value)


def _within(slots: Sequence[FreeSlot]) -> Narrow:
    """明天下午: the slots that begin in the time spoken of."""

    def narrow(heard: Heard) -> list[str | int] | None:
        if any(word in heard.text for word in ("最早", "最快", "尽快", "越早越好")):
            return [slots[0].slot_id]
        spoken = heard.time()
        if spoken is None:
            return None
        since, until = (datetime.fromisoformat(each) for each in spoken)
        return [slot.slot_id for slot in slots if since <= slot.starts_at < until]

    return narrow


def _same_day(s: Script, slots: Sequence[FreeSlot]) -> Narrow:
    """后天上午 10 点: the slots of that day, where none begins then."""

    def near(heard: Heard) -> list[str | int] | None:
        spoken = heard.time()
        if spoken is None:
            return None
        since, until = (local_date(datetime.fromisoformat(each), s.call.time_zone) for each in spoken)
        return [
            slot.slot_id for slot in slots if since <= local_date(slot.starts_at, s.call.time_zone) <= until
        ]

    return near


def _change_the_time(s: Script) -> None:
    """换个时间, to a time that was to be confirmed: the times are shown again."""
    heard = s.heard
    if heard is None or s.state.asked != "confirm" or heard.time() is not None:
        return
    if OTHER_TIME.search(heard.text):
        raise Again("好的，换一个时间。", "slot")


async def _booked(s: Script) -> str:
    """师傅几点到: what is booked, and when; empty when nothing is."""
    bookings = await own_bookings(s.session, s.customer, s.now)
    return "\n".join(
        f"您约的{each.service}是{_when(s, each)}，{each.place}，预约号 {each.number}。" for each in bookings
    )


async def _own(s: Script, ask: str) -> BookingView:
    bookings = await own_bookings(s.session, s.customer, s.now)
    if not bookings:
        raise Stop("您现在没有预约。要约一个吗？", {"预约上门": "/book_visit", "转人工": "/request_human"})
    options = [
        Option(
            each.booking_id,
            (f"{each.service}，{_when(s, each)}（{each.number}）"),
            each.service,
            (each.number,),
        )
        for each in bookings
    ]
    chosen = s.choose("booking", ask, options, gone="这个预约已经变了，您再看一下。")
    return next(each for each in bookings if each.booking_id == chosen.value)


def _when(s: Script, slot: FreeSlot | BookingView) -> str:
    """ "明天 9:00-10:00"."""
    end = slot.ends_at.astimezone(zone(s.call.time_zone))
    return f"{moment(slot.starts_at, s.call.time_zone, s.now)}-{end.hour}:{end.minute:02d}"


def _kind(name: str) -> tuple[str, ...]:
    return tuple(word for kind, words in KINDS.items() if kind in name for word in words)
