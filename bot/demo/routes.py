"""What the shop page asks: customers to play, their signed token, and the phone that receives codes.

Only in demo mode (HUITOUKE_DEMO), which prints who every customer is: never switch it on with real ones.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import jwt
from aiohttp import web
from pydantic import BaseModel, Field

from bot.kit.bodies import read_model
from bot.kit.clock import Clock, iso
from bot.kit.db import Database
from bot.kit.errors import NotFound
from bot.kit.ids import secret_token
from bot.kit.settings import Settings, kept_secret
from bot.store.customers.service import by_member_number
from bot.store.demo import demo_customers
from bot.store.identities.sms import recent_demo_sms

SIGNED_FOR = timedelta(hours=2)
MESSAGES_SHOWN = 20


def demo_merchant_key(settings: Settings) -> str:
    """The key with which the demo shop signs its users in; made on first use."""
    return kept_secret(settings.data_dir / "secrets" / "demo_merchant_key")


class Who(BaseModel):
    """Who signs in at the demo shop."""

    member_number: Annotated[str, Field(max_length=40)]


class Demo:
    """The demo shop's side of the house."""

    def __init__(self, database: Database, merchant_key: str, clock: Clock) -> None:
        self._database = database
        self._key = merchant_key
        self._clock = clock

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/api/demo/customers", self.customers)
        app.router.add_post("/api/demo/user-token", self.user_token)
        app.router.add_get("/api/demo/sms", self.sms)

    async def customers(self, _request: web.Request) -> web.Response:
        async with self._database.read() as session:
            found = await demo_customers(session)
        return web.json_response(
            [
                {
                    "name": customer.name,
                    "phone": customer.phone,
                    "member_number": customer.member_number,
                    "tier": customer.tier,
                    "note": customer.note,
                }
                for customer in found
            ]
        )

    async def user_token(self, request: web.Request) -> web.Response:
        """What a merchant's own site would do after its user signed in there."""
        number = read_model(Who, await request.read()).member_number
        async with self._database.read() as session:
            if await by_member_number(session, number) is None:
                raise NotFound("没有这个会员号。")
        now = self._clock()
        token = jwt.encode(
            {
                "sub": number,
                "aud": "huitouke",
                "iat": now,
                "exp": now + SIGNED_FOR,
                # Each signing in has a word of its own: signing out ends that one, not the next.
                "jti": secret_token(9),
            },
            self._key,
            algorithm="HS256",
        )
        return web.json_response({"token": token})

    async def sms(self, _request: web.Request) -> web.Response:
        async with self._database.read() as session:
            messages = await recent_demo_sms(session, MESSAGES_SHOWN)
        return web.json_response(
            {"messages": [{"to": sms.masked_to, "text": sms.text, "at": iso(sms.at)} for sms in messages]}
        )
