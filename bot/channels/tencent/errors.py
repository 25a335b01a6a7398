"""What the platforms' error codes mean, and what is done about each.

From the pages of return codes (developers.weixin.qq.com, "全局返回码说明"; developer.work.weixin.qq.com/
document/path/90313) and from those of the calls. An action is one of:

retry    nothing was done; try again later
refresh  the token is not valid any more; fetch one and try again, once
ask      nothing may be sent until the customer writes (or agrees) again
stop     trying again would not help
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from bot.kit.errors import Held, HuitoukeError, Unavailable

Action = Literal["retry", "refresh", "ask", "stop"]


@dataclass(frozen=True, slots=True)
class Fault:
    """A code's meaning, in words for the agent and the operator. `alarm`: somebody must mend something.

    `spent`: the code tells that no allowance is left; `closed`: that the time is over.
    """

    meaning: str
    action: Action
    alarm: bool = False
    spent: bool = False
    closed: bool = False


_BOTH = {
    -1: Fault("微信系统繁忙", "retry"),
    40001: Fault("access_token 或密钥无效", "refresh"),
    40004: Fault("媒体文件类型不支持", "stop"),
    40005: Fault("文件类型不支持", "stop"),
    40006: Fault("文件大小不符合要求", "stop"),
    40007: Fault("media_id 无效或已过期", "stop"),
    40008: Fault("消息类型不支持", "stop"),
    40009: Fault("图片大小不符合要求", "stop"),
    40013: Fault("AppID 或 CorpID 不对", "stop", alarm=True),
    40014: Fault("access_token 无效", "refresh"),
    40033: Fault("请求里有不允许的字符", "stop", alarm=True),
    40035: Fault("参数不合法", "stop"),
    40058: Fault("参数不合法", "stop"),
    41001: Fault("缺少 access_token", "refresh"),
    42001: Fault("access_token 已过期", "refresh"),
    44004: Fault("消息内容为空", "stop"),
    45002: Fault("消息内容超过平台的长度限制", "stop"),
    45009: Fault("接口调用次数超过限制", "retry", alarm=True),
    45011: Fault("接口调用太频繁", "retry"),
    47001: Fault("请求内容无法解析", "stop", alarm=True),
    48002: Fault("没有调用这个接口的权限", "stop", alarm=True),
}

OFFICIAL: dict[int, Fault] = _BOTH | {
    40003: Fault("OpenID 无效，客户可能已取消关注", "stop"),
    40037: Fault("模板 ID 不对", "stop", alarm=True),
    40125: Fault("AppSecret 不对", "retry", alarm=True),
    40164: Fault("服务器 IP 不在公众号的白名单里", "retry", alarm=True),
    40200: Fault("这个公众号的类型不支持菜单消息", "stop", alarm=True),
    40243: Fault("AppSecret 已被冻结", "retry", alarm=True),
    43004: Fault("客户没有关注公众号", "stop"),
    43019: Fault("客户在公众号的黑名单里", "stop"),
    43101: Fault("客户没有同意接收这条订阅通知", "ask"),
    43107: Fault("订阅通知的能力已被封禁", "stop", alarm=True),
    43108: Fault("正在给同一个客户发送订阅通知", "retry"),
    45008: Fault("图文消息超过一条", "stop"),
    45015: Fault("客户 48 小时内没有发过消息，或已取消关注", "ask", closed=True),
    45047: Fault("这一轮能发的条数用完了，要等客户再发消息", "ask", spent=True),
    45072: Fault("输入状态的命令不对", "stop"),
    45080: Fault("30 秒内没有互动，不能显示输入状态", "stop"),
    45081: Fault("已经在输入状态", "stop"),
    45064: Fault("菜单里的小程序没有关联公众号", "stop", alarm=True),
    47003: Fault("模板参数不对", "stop", alarm=True),
    48001: Fault("公众号没有这个接口的权限", "stop", alarm=True),
    48004: Fault("接口被封禁，请登录公众平台查看", "stop", alarm=True),
    50002: Fault("公众号被限制使用", "stop", alarm=True),
    76021: Fault("查询额度的接口地址不对", "stop", alarm=True),
    76022: Fault("公众号没有这个接口的权限", "stop", alarm=True),
    61450: Fault("微信系统错误", "retry"),
}

WECOM: dict[int, Fault] = _BOTH | {
    40001: Fault("微信客服的 Secret 不对", "retry", alarm=True),
    40003: Fault("客户 UserID 无效", "stop"),
    40096: Fault("external_userid 无效", "stop"),
    45033: Fault("接口并发调用超过限制", "retry"),
    48002: Fault("应用没有微信客服的接口权限", "stop", alarm=True),
    60020: Fault("服务器 IP 不在应用的可信 IP 里", "retry", alarm=True),
    60111: Fault("UserID 不存在", "stop"),
    95000: Fault("客服账号 open_kfid 不对", "stop", alarm=True),
    95001: Fault("这一轮 5 条已发完，要等客户再发消息", "ask", spent=True),
    95002: Fault("距客户上次发消息已超过 48 小时", "ask", closed=True),
    95007: Fault("拉取消息的 token 无效", "stop"),
    95013: Fault("会话已结束，要等客户再发消息", "ask", closed=True),
    95017: Fault("微信客服的 API 开关没有打开", "retry", alarm=True),
    95018: Fault("会话在企业微信的人工接待里，接口不能发送", "ask"),
}


class CallFailed(HuitoukeError):
    """The platform refused a call."""

    code = "platform_refused"
    errcode: int
    fault: Fault


class Refused(CallFailed):
    """The platform refused this for good."""


class MustAsk(Held, CallFailed):
    """The platform lets nothing through until the customer writes again."""


class TryLater(Unavailable, CallFailed):
    """The platform cannot take this now."""


class TokenRejected(Unavailable, CallFailed):
    """The platform does not accept our access token, not even a new one."""


TOKEN_CODES: Final = frozenset({40001, 40014, 41001, 42001, 42007, 42009})
"""What a call that carries a token is answered when the token is the reason, on either platform: it is not
known (any more), missing, or too old. A platform that starts again knows none of the tokens it gave."""


def token_refused(answer: Mapping[str, Any]) -> bool:
    """Does the answer to a call with a token say that it was the token? Codes that no page lists count by
    the platform's own words."""
    errcode = answer.get("errcode") or 0
    words = str(answer.get("errmsg") or "").lower()
    return errcode in TOKEN_CODES or (errcode != 0 and "access_token" in words)


UNKNOWN = Fault("没有收录的错误码", "stop", alarm=True)

_ERRORS: dict[Action, type[CallFailed]] = {
    "retry": TryLater,
    "refresh": TokenRejected,
    "ask": MustAsk,
    "stop": Refused,
}


def failure(faults: dict[int, Fault], errcode: int) -> CallFailed:
    """The error for `errcode`; its message is a sentence for the agent."""
    fault = faults.get(errcode, UNKNOWN)
    error = _ERRORS[fault.action](f"{fault.meaning}（{errcode}）。", errcode=errcode)
    error.errcode, error.fault = errcode, fault
    return error
