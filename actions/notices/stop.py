"""别再发了: what was refused ends at once, and the customer hears what has ended and what goes on."""

from __future__ import annotations

from actions.base import Call, CustomerAction, Events, named
from actions.notices.memory import Notice, meant, note, remember, remembered
from actions.notices.refusal import Refused, refused
from actions.notices.steps import STEPS
from bot.store.care.service import PURPOSES, SERVICE, refuse, resume_service

TEXT_VERSION = "notice-2026-11"
ENDED = {
    "marketing": "活动和推荐消息",
    "survey": "评价邀请",
    "birthday": "生日优惠和活动消息",
}
MARKETING = tuple(trigger for trigger, purposes in PURPOSES.items() if "marketing" in purposes)
GOES_ON = "办理进度、到期提醒这类和您的权益有关的通知照常。"
KEEP_SERVICE = "重要提醒还要"


class NoticeStop(CustomerAction):
    """Needs no proof of identity: it tells nothing, and refusing must be as easy as reading.

    The button and 别再发了 end the notice's own kind. Where the words leave open which of them is meant, the
    wider is taken at once, and a button brings back the other.
    """

    topic = "notice_stop"

    async def answer(self, call: Call) -> Events:
        notice = meant(call)
        said = refused(call.parse) if call.text else Refused("kind")
        if notice is None or said is None or said.scope == "resume":
            return await named("action_privacy_optout").answer(call)
        if call.entity("pick") == "service":
            return await _keep_service(call, notice)
        ended, words, buttons = _ends(said, notice)
        await _refuse(call, notice, ended)
        call.say(words, buttons=buttons)
        gone = set(ended)
        left = [other for other in remembered(call) if other.trigger not in gone]
        return remember(left if buttons is None else [*left, notice], waits=False)


def _ends(said: Refused, notice: Notice) -> tuple[tuple[str, ...], str, dict[str, str] | None]:
    """The triggers that end, what is said of it, and the way to less."""
    own = PURPOSES[notice.trigger]
    if said.scope == "marketing":
        return MARKETING, f"好的，以后不再给您发活动和推荐消息了，生日优惠也不发。{GOES_ON}", None
    if said.scope == "kind" and said.triggers:
        return said.triggers, f"好的，以后不再给您发{_called(said.triggers)}了。其他通知照常。", None
    if said.scope == "all":
        return tuple(PURPOSES), "好的，所有通知都停了，以后不再主动给您发消息。您有事随时来找我。", None
    if said.scope == "unclear" and own == ("service_notice",):
        back = {KEEP_SERVICE: f'/care_stop{{"pick": "service", "care_id": {notice.care_id}}}'}
        words = "好的，所有通知都停了，以后不再主动给您发消息，包括办理进度和到期提醒。"
        about = f"如果只想停{_called((notice.trigger,))}和活动消息，点“{KEEP_SERVICE}”。"
        return tuple(PURPOSES), words + about, back
    if "marketing" in own:
        return MARKETING, f"好的，以后不再给您发活动和推荐消息了，生日优惠也不发。{GOES_ON}", None
    return (notice.trigger,), f"好的，以后不再给您发{_called((notice.trigger,))}了。其他通知照常。", None


def _called(triggers: tuple[str, ...]) -> str:
    """What the customer calls them."""
    names = [
        ENDED.get(PURPOSES[trigger][0]) or f"{STEPS[trigger].about}的通知"
        for trigger in triggers
        if trigger in STEPS
    ]
    return "、".join(dict.fromkeys(names))


async def _refuse(call: Call, notice: Notice, triggers: tuple[str, ...]) -> None:
    evidence = f"对话 {call.conversation}：{call.text[:40] or '按钮「别再发了」'}"
    async with call.runtime.database.write() as session:
        for trigger in triggers:
            written = note(call, notice, f"stop:{trigger}")
            await refuse(
                session, notice.customer, trigger, written, evidence=evidence, text_version=TEXT_VERSION
            )


async def _keep_service(call: Call, notice: Notice) -> Events:
    """The notices about the customer's own rights again, all but the kind that was refused."""
    async with call.runtime.database.write() as session:
        await resume_service(
            session,
            notice.customer,
            [trigger for trigger in SERVICE if trigger != notice.trigger],
            note(call, notice, "keep"),
            evidence=f"对话 {call.conversation}：按钮「{KEEP_SERVICE}」",
            text_version=TEXT_VERSION,
        )
    call.say(f"好的，其他重要提醒照常发；{_called((notice.trigger,))}、活动消息和评价邀请不再发。")
    left = [other for other in remembered(call) if other.care_id != notice.care_id]
    return remember(left, waits=False)
