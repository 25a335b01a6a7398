"""What the bench's customers say, a fifth of it by pressing a button. They are members, identity proved."""

from __future__ import annotations

CONVERSATIONS = (
    ("你好", "我有多少积分", "/ask_balance", "谢谢", "再见"),
    ("在吗", "卡里还剩多少钱", "那积分什么时候过期", "好的", "/thank"),
    ("/greet", "我的投诉处理得怎么样了", "你是机器人吗", "你能做什么", "/ask_points"),
    ("您好", "今天天气怎么样", "你都能帮我办什么", "我要转人工", "谢谢你"),
    ("哈喽", "你们服务挺好的", "/help", "查一下积分", "不用了", "拜拜"),
    ("喂", "讲个笑话吧", "/ask_points_expiry", "嗯嗯", "你们客服电话多少", "再见啦"),
)

TALK = ("谢谢", "我有多少积分", "你是机器人吗", "/help", "好的", "你好")
"""What is said over and over in the long conversation; one in six looks into the store."""
