"""What tickets are about, and which of the bot's intents belong to which topic."""

from __future__ import annotations

from typing import Final, Literal, get_args

Topic = Literal["points", "billing", "repair", "complaints", "orders", "membership", "privacy", "other"]
TOPICS: Final = get_args(Topic)

TOPIC_NAMES: Final[dict[str, str]] = {
    "points": "积分",
    "billing": "储值与账单",
    "repair": "维修与上门",
    "complaints": "投诉",
    "orders": "订单",
    "membership": "会员与优惠",
    "privacy": "个人信息",
    "other": "其他",
}

_INTENTS: Final[dict[Topic, tuple[str, ...]]] = {
    "points": ("ask_points", "ask_points_expiry", "ask_points_history", "redeem_points"),
    "billing": ("ask_balance", "transfer_balance", "ask_bill", "dispute_charge"),
    "repair": (
        "request_service",
        "book_visit",
        "move_visit",
        "cancel_visit",
        "ask_coverage",
        "ask_care_card",
    ),
    "complaints": (
        "file_complaint",
        "ask_complaint_status",
        "urge_complaint",
        "add_to_complaint",
        "reopen_complaint",
        "withdraw_complaint",
        "ask_appeal",
        "ask_commitment",
        "feedback_dissatisfied",
    ),
    "orders": ("ask_order", "reorder"),
    "membership": ("ask_membership", "ask_promotion", "ask_referral", "verify_agent"),
    "privacy": ("privacy_optout", "my_data"),
}

TOPIC_OF: Final[dict[str, Topic]] = {
    intent: topic for topic, intents in _INTENTS.items() for intent in intents
}

COMPLAINING: Final = frozenset({"file_complaint", "urge_complaint", "reopen_complaint", "dispute_charge"})
"""Intents with which a customer complains, as against asking how a complaint stands."""

INTENT_NAMES: Final[dict[str, str]] = {
    "several_requests": "问几件事",
    "greet": "打招呼",
    "goodbye": "告别",
    "thank": "感谢",
    "affirm": "同意",
    "deny": "不同意",
    "cancel": "取消",
    "help": "问能做什么",
    "chitchat": "闲聊",
    "out_of_scope": "超出范围",
    "nlu_fallback": "没听懂",
    "identity": "验证身份",
    "inform": "提供信息",
    "resend_code": "重发验证码",
    "request_human": "要人工",
    "ask_points": "查积分",
    "ask_points_expiry": "查快过期的积分",
    "ask_points_history": "看积分明细",
    "redeem_points": "兑换积分",
    "ask_balance": "查余额",
    "transfer_balance": "转移余额",
    "ask_bill": "查账单",
    "dispute_charge": "扣费不对",
    "file_complaint": "要投诉",
    "ask_complaint_status": "问投诉进度",
    "urge_complaint": "催投诉",
    "add_to_complaint": "补充投诉",
    "reopen_complaint": "重新处理投诉",
    "withdraw_complaint": "撤回投诉",
    "ask_appeal": "问申诉",
    "ask_membership": "问会员权益",
    "ask_promotion": "问优惠",
    "ask_order": "查订单",
    "reorder": "再买一次",
    "request_service": "要维修",
    "book_visit": "预约上门",
    "move_visit": "改约",
    "cancel_visit": "取消上门",
    "ask_coverage": "问保修范围",
    "ask_care_card": "问关怀卡",
    "ask_commitment": "问承诺",
    "verify_agent": "核实代理商",
    "privacy_optout": "不要营销信息",
    "my_data": "查个人信息",
    "ask_referral": "问转介绍",
    "snooze": "晚点再说",
    "feedback_satisfied": "表示满意",
    "feedback_dissatisfied": "表示不满",
}

ACTION_NAMES: Final[dict[str, str]] = {
    "action_points": "查积分",
    "action_points_expiry": "查快到期的积分",
    "action_points_history": "看积分明细",
    "action_balance": "查余额",
    "action_bill": "查账单",
    "action_complaint_status": "查投诉进度",
    "action_appeal": "问申诉",
    "action_membership": "查会员等级",
    "action_promotion": "看优惠活动",
    "action_order": "查订单",
    "action_care_card": "看关怀卡",
    "action_commitment": "看承诺",
    "action_referral": "看推荐码",
    "action_redeem_points": "兑换积分",
    "action_transfer_balance": "转余额",
    "action_file_complaint": "登记投诉",
    "action_urge_complaint": "催办投诉",
    "action_add_to_complaint": "补充投诉",
    "action_reopen_complaint": "重新打开投诉",
    "action_withdraw_complaint": "撤销投诉",
    "action_dispute_charge": "核查扣费",
    "action_request_service": "安排维修或安装",
    "action_book_visit": "预约上门",
    "action_move_visit": "改约",
    "action_cancel_visit": "取消上门",
    "action_reorder": "再买一次",
    "action_coverage": "查合同包含什么",
    "action_verify_agent": "核实代理商",
    "action_privacy_optout": "改消息设置",
    "action_my_data": "看个人资料",
    "action_rate_service": "打分",
    "action_top_up": "说明充值",
    "action_card_hall": "说明到期卡办理",
    "action_claim_offer": "领优惠",
    "action_season_project": "看换季关怀",
    "action_decide_quote": "看报价",
    "action_leave_reason": "记下原因",
    "action_identity": "验证身份",
    "action_ask_identity_number": "验证身份",
    "action_ask_code": "验证身份",
    "action_request_human": "转人工",
    "identity_form": "验证身份",
    "utter_clarify": "反问确认",
    "utter_offer_person": "建议转人工",
    "utter_out_of_scope": "说明办不了",
}
"""What the bot does, by action; what has no name here is plumbing and no news to an agent."""

MISUNDERSTOOD: Final = frozenset({None, "nlu_fallback", "out_of_scope"})
"""What the bot's parse says when it did not understand."""
