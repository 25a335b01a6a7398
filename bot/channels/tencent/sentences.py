"""What the channel itself says to a customer."""

from __future__ import annotations

from bot.messages import Content, QuickReply

PERSON = QuickReply("转人工", intent="request_human")
HELP = QuickReply("你能做什么", intent="help")

VOICE = Content("不好意思，这条语音我没听清。麻烦您打字告诉我，或者直接找人工客服。", quick_replies=(PERSON,))
PICTURE = Content(
    "图片收到了，已经保存在这次对话里。图片里的内容我还看不懂，麻烦您用文字说一下想办什么，需要的话我帮您转人工。",
    quick_replies=(PERSON,),
)
VIDEO = Content(
    "视频收到了，已经保存在这次对话里。我还看不了视频，麻烦您用文字说一下，需要的话我帮您转人工。",
    quick_replies=(PERSON,),
)
FILE = Content(
    "文件收到了，已经保存在这次对话里。文件里的内容我还看不懂，麻烦您用文字说一下想办什么。",
    quick_replies=(PERSON,),
)
UNSUPPORTED = Content("这种消息我还看不了，麻烦您打字告诉我想办什么。", quick_replies=(HELP, PERSON))
UNBOUND = Content("已经解除绑定。之后再查积分、余额这些个人信息时，需要重新验证身份。")
NOT_BOUND = Content("您现在没有绑定会员，不需要解除。")

WAIT = "正在为您查询，回复“继续”查看结果。"
NOTHING_NEW = "暂时没有新的消息，请稍等一下再回复“继续”。"
MORE = "（回复“继续”看后面的内容）"
"""For accounts that may only answer a request: the rest is fetched by "继续"."""

FETCH = "继续"
UNBIND = frozenset({"解绑", "解除绑定", "取消绑定"})

LEFT = "客户已取消关注公众号，消息无法送达。"
