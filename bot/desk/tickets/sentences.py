"""What the desk says to customers about who serves them."""

from __future__ import annotations

from bot.messages import Content

BACK_IN_QUEUE = Content(
    "抱歉，刚才的同事暂时离开了。我正在优先为您转接另一位同事，您说过的话他都能看到，不用再说一遍。"
)


def served_by(name: str, *, again: bool = False) -> Content:
    if again:
        return Content(f"客服{name}又回来为您服务了，之前的情况他都清楚。")
    return Content(f"客服{name}为您服务。您和小回说过的他都能看到，不用重复。")


def passed_to_team(team: str) -> Content:
    return Content(f"正在为您转接{team}的同事，您说过的他们都能看到，请稍等。")


def handed_back(name: str) -> Content:
    return Content(f"客服{name}已为您办完，小回接着为您服务。")


def closed(name: str | None) -> Content:
    who = f"客服{name}的" if name else "本次"
    return Content(f"{who}服务已结束，感谢您的耐心。之后有问题直接说就行，还是我们接着帮您。")
