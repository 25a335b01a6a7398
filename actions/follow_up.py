"""A number or a time without a question: taken up where the conversation is."""

from __future__ import annotations

from actions.base import Call, CustomerAction, Events, named

BY_ENTITY = {
    "complaint_number": "action_complaint_status",
    "order_number": "action_order",
    "card_number": "action_balance",
    "phone": "action_identity",
    "member_number": "action_identity",
}
BY_ENDING = {"balance": "action_balance", "points": "action_points", "order": "action_order"}
"""油卡呢, after the balance was told: the same is asked of something else."""
BY_TOPIC = {"verify_agent": "action_verify_agent", "coverage": "action_coverage"}
MENU = {
    "查积分": "/ask_points",
    "查余额": "/ask_balance",
    "投诉进度": "/ask_complaint_status",
    "转人工": "/request_human",
}


class FollowUp(CustomerAction):
    """A complaint's number asks for that complaint; after a name was checked, another name is checked."""

    topic = "follow_up"
    moves_on = True

    async def answer(self, call: Call) -> Events:
        for entity, action in BY_ENTITY.items():
            if call.entity(entity) is not None:
                return await named(action).answer(call)
        if call.entity("code") is not None:
            call.say("现在没有等您输入的验证码。需要查询时我会先给您发一条。", buttons=MENU)
            return []
        topic = str(call.slots.get("topic"))
        asks_again = call.text.rstrip("？? ").endswith("呢")
        if action := BY_TOPIC.get(topic) or (BY_ENDING.get(topic) if asks_again else None):
            return await named(action).answer(call)
        call.say("收到。您想用它查什么呢？", buttons=MENU)
        return []
