"""Settings that need each other: said before anything starts, not by the first customer."""

from __future__ import annotations

from pathlib import Path

from bot.kit.settings import BadSettings, Settings


def require_complete(settings: Settings) -> None:
    """BadSettings with a sentence for everything that is missing beside what is set."""
    missing = list[str]()
    if not settings.demo and not settings.sms_url:
        missing.append(
            "Set HUITOUKE_SMS_URL and HUITOUKE_SMS_SECRET: without them nobody can prove who they are."
        )
    if settings.sms_url and not settings.sms_secret.get_secret_value():
        missing.append("Set HUITOUKE_SMS_SECRET: what is sent to HUITOUKE_SMS_URL has to be signed.")
    if settings.company_service_url and not settings.company_service_secret.get_secret_value():
        missing.append(
            "Set HUITOUKE_COMPANY_SERVICE_SECRET: questions to the company's service have to be signed."
        )
    if settings.wechat_accounts and not Path(settings.wechat_accounts).is_file():
        missing.append(f"HUITOUKE_WECHAT_ACCOUNTS: there is no file {settings.wechat_accounts}.")
    if missing:
        raise BadSettings(" ".join(missing))
