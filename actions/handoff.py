"""A customer wants a person; and the bot goes on after one."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions.base import Call, CustomerAction, Events

PHONE_WORDS = ("电话", "热线", "号码")


class RequestHuman(CustomerAction):
    """Passes the wish on. The desk knows whether anybody is there, and tells the customer itself."""

    topic = "request_human"
    moves_on = True

    async def answer(self, call: Call) -> Events:
        phone = call.runtime.settings.service_phone
        if phone and any(word in call.text for word in PHONE_WORDS):
            call.say(f"我们的客服热线是 {phone}，也可以在这里直接找人工。")
        call.hand_over("requested")
        return []


class Handback(CustomerAction):
    """An agent has settled something and gives the conversation back."""

    topic = "handback"
    moves_on = True

    async def answer(self, call: Call) -> Events:
        settled = call.entity("settled")
        call.say(
            f"我知道了：{settled}。还有别的事，随时跟我说。" if settled else "我回来了，还有什么可以帮您？",
            buttons={"查积分": "/ask_points", "查余额": "/ask_balance", "投诉进度": "/ask_complaint_status"},
        )
        # Whatever was being asked before the person came is over.
        return [SlotSet(name, None) for name in ("pending_action", "task")]
