"""What the house itself says to a customer when the bot cannot."""

from __future__ import annotations

from bot.messages import Content, QuickReply

LATE = Content("抱歉，系统这会儿有点慢。您的消息我已经收到了，恢复后马上回复您，不用重复发送。")
BACK = Content("让您久等了，刚才的问题这就回复您。")
NOT_UNDERSTOOD = Content(
    "抱歉，这条消息我没能处理好。您可以换个说法再试一次，或者找人工客服。",
    quick_replies=(QuickReply("转人工", intent="request_human"), QuickReply("你能做什么", intent="help")),
)
