"""When demo mode may be on: it shows every customer's number and every code, so never beside real ones."""

from __future__ import annotations

from ipaddress import ip_address

from sqlalchemy import or_, select

from bot.kit.db import Database
from bot.kit.errors import Conflict
from bot.kit.settings import Settings
from bot.store.customers.models import Customer
from bot.store.demo.cast import PREFIX

PRODUCTION = (
    "allowed_origins",
    "merchant_key",
    "public_url",
    "sms_url",
    "company_service_url",
    "wechat_accounts",
)
"""Settings of a company with customers of its own."""


class DemoRefused(Conflict):
    """Demo mode is on where real customers could be."""

    code = "demo_refused"


def refuse_demo_in_production(settings: Settings) -> None:
    """Raises DemoRefused when demo mode is on and the settings are a real company's."""
    if not settings.demo:
        return
    found = [name for name in PRODUCTION if _given(getattr(settings, name))]
    if found:
        names = ", ".join(f"HUITOUKE_{name.upper()}" for name in found)
        raise DemoRefused(
            f"Demo mode shows every customer's number and code, and {names} is set as for a real company. "
            "Set HUITOUKE_DEMO=false."
        )
    if "demo" not in settings.model_fields_set and not _is_loopback(settings.host):
        raise DemoRefused(
            f"HUITOUKE_HOST={settings.host} can be reached by others. Set HUITOUKE_DEMO=false for real "
            "customers, or HUITOUKE_DEMO=true to show the demo company to everybody."
        )


async def refuse_demo_beside_customers(settings: Settings, database: Database) -> None:
    """Raises DemoRefused when demo mode is on and the database holds customers whom it did not make up."""
    if not settings.demo:
        return
    # Who was erased has no external id any more; nobody but the import and the demo makes customers.
    real = or_(
        ~Customer.external_id.startswith(PREFIX, autoescape=True),
        Customer.external_id.is_(None) & Customer.erased_at.is_(None),
    )
    async with database.read() as session:
        if await session.scalar(select(Customer.id).where(real).limit(1)) is not None:
            raise DemoRefused(
                "The database holds real customers, and demo mode shows every customer's number and code. "
                "Set HUITOUKE_DEMO=false, or use another DATABASE_URL for the demo."
            )


def _given(value: object) -> bool:
    get = getattr(value, "get_secret_value", None)
    return bool(get() if get else value)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
