"""`huitouke wechat check`: one question after the other, each answered in plain words."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.channels.tencent.accounts import OfficialAccount, Quotas, WecomAccount
from bot.channels.tencent.api import Api
from bot.channels.tencent.crypto import Envelope, signature
from bot.channels.tencent.errors import CallFailed
from bot.kit.clock import Clock
from bot.kit.errors import HuitoukeError
from bot.kit.ids import secret_token

SEND = "/cgi-bin/message/custom/send"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was asked, whether it is well, and what to do if not."""

    what: str
    good: bool
    words: str


async def check_official(
    account: OfficialAccount, api: Api, site: str, clock: Clock
) -> AsyncIterator[Finding]:
    """Connectivity and token, callback, addresses, permissions of an official account."""
    token = await _asked(
        "凭证 access_token",
        api.get("/cgi-bin/get_api_domain_ip"),
        "AppID 和 AppSecret 有效，服务器能连上微信。",
    )
    yield token
    if not token.good:
        return
    yield await _official_callback(account, site, clock)
    yield await _addresses(api)
    seen = await _answer(api.post("/cgi-bin/callback/check", {"action": "all", "check_operator": "DEFAULT"}))
    if isinstance(seen, HuitoukeError):
        yield Finding("微信能否访问回调地址", False, seen.message)
    else:
        lost = [each for each in seen.get("ping") or [] if each.get("package_loss") not in ("0%", None)]
        words = "微信能解析并连上回调域名。" if not lost else "微信连回调域名时丢包，请检查网络。"
        yield Finding("微信能否访问回调地址", not lost, words)
    yield await _permission(api, account)
    yield await _calls_left(api)
    quotas = account.quotas
    yield Finding(
        "发送额度设置",
        True,
        f"{_per_message(quotas)}点菜单、关注、扫码后 {quotas.action_seconds:g} 秒内可发 {quotas.action} 条。",
    )


async def check_wecom(account: WecomAccount, api: Api, site: str, clock: Clock) -> AsyncIterator[Finding]:
    """Token and permission, callback, addresses and accounts of a company's customer service."""
    found = await _answer(api.post("/cgi-bin/kf/account/list", {"offset": 0, "limit": 100}, again=True))
    if isinstance(found, HuitoukeError):
        yield Finding("凭证和权限", False, found.message)
        return
    kfids = {str(each.get("open_kfid")) for each in found.get("account_list") or []}
    yield Finding("凭证和权限", True, f"Secret 有效，能看到 {len(kfids)} 个客服账号。")
    missing = sorted(set(account.open_kfids) - kfids)
    words = "配置里的客服账号都在。" if not missing else f"这些客服账号看不到：{', '.join(missing)}。"
    yield Finding("客服账号", not missing and bool(kfids), words)
    yield await _wecom_callback(account, site, clock)
    yield await _addresses(api)
    yield Finding("发送额度设置", True, _per_message(account.quotas))


def _per_message(quotas: Quotas) -> str:
    return f"客户发一条消息后 {quotas.message_hours:g} 小时内可发 {quotas.message} 条；"


async def _addresses(api: Api) -> Finding:
    """From which addresses the platform calls back."""
    what = "微信服务器 IP 列表"
    ips = await _answer(api.get("/cgi-bin/getcallbackip"))
    if isinstance(ips, HuitoukeError):
        return Finding(what, False, ips.message)
    count = len(ips.get("ip_list") or [])
    return Finding(what, count > 0, f"微信会从 {count} 个地址回调；防火墙要放行它们。")


async def _calls_left(api: Api) -> Finding:
    """How many customer-service messages the account may still send today ("查询API调用额度")."""
    what = "今天的接口额度"
    found = await _answer(api.post("/cgi-bin/openapi/quota/get", {"cgi_path": SEND}, again=True))
    if isinstance(found, HuitoukeError):
        return Finding(what, False, found.message)
    quota = found.get("quota") or {}
    left, most = int(quota.get("remain") or 0), int(quota.get("daily_limit") or 0)
    return Finding(what, left > 0, f"客服消息今天还能发 {left} 条，每天最多 {most} 条。")


async def _permission(api: Api, account: OfficialAccount) -> Finding:
    """May customer-service messages be sent? Asked with a receiver who cannot exist."""
    if account.reply == "passive":
        return Finding("客服消息权限", True, "设置为只在回复里作答（reply = passive），不需要。")
    body = {"touser": "huitouke-check", "msgtype": "text", "text": {"content": "check"}}
    try:
        await api.post(SEND, body)
    except CallFailed as error:
        if error.errcode == 48001:
            return Finding("客服消息权限", False, '没有客服消息权限：认证公众号，或设置 reply = "passive"。')
        if error.errcode in (40003, 45015, 45047):
            return Finding("客服消息权限", True, "有客服消息权限。")
        return Finding("客服消息权限", False, error.message)
    except HuitoukeError as error:
        return Finding("客服消息权限", False, error.message)
    return Finding("客服消息权限", True, "有客服消息权限。")


async def _official_callback(account: OfficialAccount, site: str, clock: Clock) -> Finding:
    timestamp, nonce, echo = str(int(clock().timestamp())), secret_token(6), secret_token(6)
    signed = signature(account.token.get_secret_value(), timestamp, nonce)
    query = {"signature": signed, "timestamp": timestamp, "nonce": nonce, "echostr": echo}
    return await _called_back(site, f"/api/wechat/{account.name}", query, echo, "公众平台")


async def _wecom_callback(account: WecomAccount, site: str, clock: Clock) -> Finding:
    timestamp, nonce, echo = str(int(clock().timestamp())), secret_token(6), secret_token(6)
    sealed = Envelope(account.keys, account.corp_id).seal(echo.encode())
    signed = signature(account.token.get_secret_value(), timestamp, nonce, sealed)
    query = {"msg_signature": signed, "timestamp": timestamp, "nonce": nonce, "echostr": sealed}
    return await _called_back(site, f"/api/wecom/{account.name}", query, echo, "企业微信管理后台")


async def _called_back(site: str, path: str, query: dict[str, str], echo: str, where: str) -> Finding:
    """Does our own public address answer as WeChat expects?"""
    what = "回调地址"
    if not site:
        return Finding(what, False, "请设置 HUITOUKE_PUBLIC_URL，微信才知道往哪里发消息。")
    address = site.rstrip("/") + path
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=8)) as http,
            http.get(address, params=query) as answer,
        ):
            if await answer.text() == echo:
                return Finding(what, True, f"{address} 验证通过，请在{where}填写它。")
            return Finding(what, False, f"{address} 回答了 {answer.status}：服务没有用这份配置启动。")
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return Finding(what, False, f"{address} 连不上（{type(error).__name__}）：检查域名、证书和端口。")


async def _asked(what: str, call: Any, good: str) -> Finding:
    found = await _answer(call)
    if isinstance(found, HuitoukeError):
        return Finding(what, False, found.message)
    return Finding(what, True, good)


async def _answer(call: Any) -> dict[str, Any] | HuitoukeError:
    try:
        return await call
    except HuitoukeError as error:
        return error


def told(findings: Sequence[Finding]) -> list[str]:
    """The findings as lines."""
    return [f"{'✓' if each.good else '✗'} {each.what}：{each.words}" for each in findings]
