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

MISUNDERSTOOD: Final = frozenset({None, "nlu_fallback", "out_of_scope"})
"""What the bot's parse says when it did not understand."""
