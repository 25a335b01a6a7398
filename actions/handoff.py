"""A customer wants a person."""

from __future__ import annotations

from actions.base import Call, CustomerAction, Events


class RequestHuman(CustomerAction):
    """Tells honestly how to reach a person."""

    topic = "request_human"

    async def answer(self, call: Call) -> Events:
        settings = call.runtime.settings
        reach = (
            f"请拨打 {settings.service_phone}（{settings.service_hours}）"
            if settings.service_phone
            else (f"人工客服的服务时间是{settings.service_hours}")
        )
        call.say(
            f"好的。{reach}。您也可以先把问题留在这里，我会一字不差地交给同事，您不用再说一遍。",
            buttons={"查积分": "/ask_points", "查余额": "/ask_balance", "投诉进度": "/ask_complaint_status"},
        )
        return []
