"""How agents read the store's codes."""

from __future__ import annotations

from typing import Final

ORDER_STATES: Final = {
    "placed": "已下单",
    "paid": "已付款",
    "shipped": "已发货",
    "completed": "已完成",
    "cancelled": "已取消",
    "refunded": "已退款",
}
PURPOSES: Final = {
    "service_notice": "服务通知",
    "marketing": "营销和活动消息",
    "survey": "满意度调查",
    "birthday": "生日祝福",
}
CHANNELS: Final = {"any": "全部渠道", "web": "网页", "wechat": "微信", "wecom": "企业微信", "sms": "短信"}
