"""Answers that may come from the company's own service (docs/protocols/company-service.md)."""

from __future__ import annotations

from abc import abstractmethod

from sqlalchemy.ext.asyncio import AsyncSession

from actions.base import Call, Events, PersonalAction, ask_identity
from actions.tasks.script import Script, Stop
from bot.kit.ids import CustomerId
from bot.store.access.service import open_own_data
from bot.store.company.client import CompanyServiceDown, UnknownThere
from bot.store.identities.service import access

PERSON = {"转人工": "/request_human"}


class SourcedAction(PersonalAction):
    """A personal answer that asks `call.runtime.source`.

    Our own tables answer in the transaction that logs the read. The company's service is asked after it:
    nobody waits for a lock while we wait for a network, and when it is down the customer is told so.
    """

    async def answer(self, call: Call) -> Events:
        if not call.runtime.source.remote:
            return await super().answer(call)
        async with call.runtime.database.write() as session:
            seen = await access(session, call.identity, call.now)
            if not seen.verified:
                return ask_identity(call, self.name())
            customer = await open_own_data(session, seen, self.topic, call.now)
        try:
            async with call.runtime.database.read() as session:
                return await self.tell(call, session, customer)
        except (CompanyServiceDown, UnknownThere) as error:
            again = {"再查一次": f"/{self.intent}"} if isinstance(error, CompanyServiceDown) else {}
            call.say(error.message, buttons={**again, **PERSON})
            return []

    @abstractmethod
    async def tell(self, call: Call, session: AsyncSession, customer: CustomerId) -> Events:
        """Answer a customer whose identity is proved."""


def stop_where_the_company_keeps(s: Script, what: str) -> None:
    """Stop a task about what the company's service keeps: it can be read there, not changed."""
    if s.call.runtime.source.remote:
        raise Stop(f"{what}在公司的业务系统里，我这里只能查询，办理请找人工同事，我帮您转。", PERSON)
