"""Template and subscription messages: what care sends when the window is closed.

Template messages carry service notices only ("模板消息": 不支持广告等营销类消息); a subscription message
needs the customer's consent, one for each ("订阅通知"). What became of them comes back as events.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import select, update

from bot.channels.tencent import xml
from bot.channels.tencent.accounts import OfficialAccount, Template
from bot.channels.tencent.api import NO_ANSWER, Api
from bot.channels.tencent.errors import CallFailed
from bot.channels.wechat.decode import Arrival
from bot.channels.wechat.keywords import filled
from bot.channels.wechat.models import WxConsent, WxNotice
from bot.kit.clock import Clock
from bot.kit.db import Database, WriteSession, insert_into
from bot.kit.errors import BadInput, DeliveryUnknown, Held, HuitoukeError, Unavailable
from bot.messages import ChannelUser, Notice, Purpose

TEMPLATE_SEND = "/cgi-bin/message/template/send"
SUBSCRIBE_SEND = "/cgi-bin/message/subscribe/bizsend"


class NoSuchTemplate(BadInput):
    """The accounts file has no template of this name."""

    code = "no_template"


class WrongPurpose(BadInput):
    """This template is not for this purpose: a service notice must not carry marketing."""

    code = "wrong_purpose"


class NotGiven(BadInput):
    """The template has a field for which there is nothing this time: an empty one would be refused."""

    code = "not_given"


class NoConsent(Held):
    """客户没有同意接收这条订阅通知。"""

    code = "no_consent"


class Notices:
    """Sends and follows the notices of all official accounts. The real `NoticeOutlet`."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        account_of: Callable[[str], OfficialAccount],
        api_of: Callable[[str], Api],
    ) -> None:
        self._database = database
        self._clock = clock
        self._account_of = account_of
        self._api_of = api_of

    async def may(
        self, account: str, user: ChannelUser, template: str, purpose: Purpose, given: Collection[str]
    ) -> bool:
        """See NoticeOutlet.may."""
        found = self._template(account, template, purpose, given)
        if found.kind == "template":
            return True
        async with self._database.read() as session:
            row = await session.get(WxConsent, (account, user, found.id))
        return row is not None and not row.refused and row.left_over > 0

    async def begun(self, key: str) -> bool:
        """See NoticeOutlet.begun."""
        async with self._database.read() as session:
            return await session.get(WxNotice, key) is not None

    async def notify(self, notice: Notice) -> None:
        """See NoticeOutlet.notify."""
        template = self._template(notice.account, notice.template, notice.purpose, notice.values)
        data = {theirs: {"value": value} for theirs, value in filled(template.fields, notice.values).items()}
        if not await self._begin(notice, template):
            return
        try:
            platform_id = await self._call(notice, template, data)
        except DeliveryUnknown as error:
            await self._end(notice, "unknown", problem=error.message)
            raise
        except (Unavailable, Held) as error:
            await self._undo(notice, template, error)
            raise
        except HuitoukeError as error:
            await self._end(notice, "refused", problem=error.message)
            raise
        await self._end(notice, "sent", platform_id)

    def _template(self, account: str, name: str, purpose: Purpose, given: Collection[str]) -> Template:
        """The first template of this name that is for this purpose and can be filled. Raises BadInput."""
        named = [each for each in self._account_of(account).templates if each.name == name]
        if not named:
            raise NoSuchTemplate()
        fitting = [each for each in named if each.purpose == purpose]
        if not fitting:
            raise WrongPurpose()
        for template in fitting:
            if all(ours in given for ours in template.fields.values()):
                return template
        missing = next(ours for ours in fitting[0].fields.values() if ours not in given)
        raise NotGiven(f"模板 {name} 要填 {missing}，这一次没有。")

    async def _begin(self, notice: Notice, template: Template) -> bool:
        """Write it down and use up its consent; False when it was sent before."""
        async with self._database.write() as session:
            row = await session.get(WxNotice, notice.key, populate_existing=True)
            if row is not None:
                if row.state in ("sent", "arrived"):
                    return False
                if row.state == "refused":
                    raise HuitoukeError(row.problem)
                raise DeliveryUnknown(NO_ANSWER)
            if template.kind == "subscription":
                await self._use_consent(session, notice, template)
            session.add(
                WxNotice(
                    key=notice.key,
                    account=notice.account,
                    channel_user=notice.channel_user,
                    template=template.name,
                    purpose=notice.purpose,
                    state="sending",
                    at=self._clock(),
                )
            )
        return True

    async def _use_consent(self, session: WriteSession, notice: Notice, template: Template) -> None:
        used = await session.execute(
            update(WxConsent)
            .where(
                WxConsent.account == notice.account,
                WxConsent.channel_user == notice.channel_user,
                WxConsent.template_id == template.id,
                WxConsent.left_over > 0,
                WxConsent.refused.is_(False),
            )
            .values(left_over=WxConsent.left_over - 1)
        )
        if used.rowcount == 0:  # pyright: ignore[reportAttributeAccessIssue]
            raise NoConsent()

    async def _call(self, notice: Notice, template: Template, data: dict[str, Any]) -> str | None:
        body: dict[str, Any] = {"touser": notice.channel_user, "template_id": template.id, "data": data}
        api = self._api_of(notice.account)
        if template.kind == "subscription":
            await api.post(SUBSCRIBE_SEND, body | ({"page": notice.url} if notice.url else {}))
            return None
        extra = {"url": notice.url} if notice.url else {}
        answer = await api.post(TEMPLATE_SEND, body | extra | {"client_msg_id": notice.key[:64]})
        return str(answer["msgid"]) if "msgid" in answer else None

    async def _undo(self, notice: Notice, template: Template, error: HuitoukeError) -> None:
        """It was not sent: let it be tried again. A consent that the platform does not know of is none."""
        async with self._database.write() as session:
            row = await session.get(WxNotice, notice.key, populate_existing=True)
            if row is not None:
                await session.delete(row)
            refused = isinstance(error, CallFailed) and isinstance(error, Held)
            if template.kind == "subscription":
                await session.execute(
                    update(WxConsent)
                    .where(
                        WxConsent.account == notice.account,
                        WxConsent.channel_user == notice.channel_user,
                        WxConsent.template_id == template.id,
                    )
                    .values(left_over=0 if refused else WxConsent.left_over + 1)
                )

    async def _end(
        self, notice: Notice, state: str, platform_id: str | None = None, problem: str | None = None
    ) -> None:
        async with self._database.write() as session:
            await session.execute(
                update(WxNotice)
                .where(WxNotice.key == notice.key)
                .values(state=state, platform_id=platform_id, problem=problem)
            )

    async def note(self, session: WriteSession, account: str, arrival: Arrival) -> None:
        """Keep what an event tells of consents and of what became of notices."""
        if arrival.kind == "templatesendjobfinish":
            await self._finished(session, arrival)
        elif arrival.kind == "subscribe_msg_popup_event":
            for entry in xml.inside(arrival.fields, "SubscribeMsgPopupEvent", "List"):
                accepted = xml.text(entry, "SubscribeStatusString").strip() == "accept"
                await self._consent(session, account, arrival, entry, accepted=accepted)
        elif arrival.kind == "subscribe_msg_change_event":
            for entry in xml.inside(arrival.fields, "SubscribeMsgChangeEvent", "List"):
                await self._consent(session, account, arrival, entry, accepted=False)
        elif arrival.kind == "subscribe_msg_sent_event":
            for entry in xml.inside(arrival.fields, "SubscribeMsgSentEvent", "List"):
                await self._subscription_sent(session, account, arrival, entry)

    async def _finished(self, session: WriteSession, arrival: Arrival) -> None:
        status = xml.text(arrival.fields, "Status").strip()
        arrived = status == "success"
        problem = None if arrived else f"没有送达：{_STATUS.get(status, status[:60])}。"
        await session.execute(
            update(WxNotice)
            .where(WxNotice.platform_id == xml.text(arrival.fields, "MsgID").strip())
            .values(state="arrived" if arrived else "refused", problem=problem)
        )

    async def _consent(
        self,
        session: WriteSession,
        account: str,
        arrival: Arrival,
        entry: xml.Fields,
        *,
        accepted: bool,
    ) -> None:
        template = xml.text(entry, "TemplateId").strip()[:64]
        source = f"{arrival.id}|{template}"[:128]
        values = {
            "left_over": 1 if accepted else 0,
            "refused": not accepted,
            "source": source,
            "at": arrival.at,
        }
        more = values | {"left_over": WxConsent.left_over + 1 if accepted else 0}
        keys = {"account": account, "channel_user": arrival.user, "template_id": template}
        await session.execute(
            insert_into(session, WxConsent)
            .values(**keys, **values)
            .on_conflict_do_update(index_elements=list(keys), set_=more, where=WxConsent.source != source)
        )

    async def _subscription_sent(
        self, session: WriteSession, account: str, arrival: Arrival, entry: xml.Fields
    ) -> None:
        """The event has the template's id and no id of ours: it is about the oldest one still under way."""
        code = xml.text(entry, "ErrorCode").strip()
        names = [
            template.name
            for template in self._account_of(account).templates
            if template.id == xml.text(entry, "TemplateId").strip()
        ]
        key = await session.scalar(
            select(WxNotice.key)
            .where(
                WxNotice.account == account,
                WxNotice.channel_user == arrival.user,
                WxNotice.template.in_(names),
                WxNotice.state.in_(("sent", "unknown")),
            )
            .order_by(WxNotice.at)
            .limit(1)
        )
        problem = None if code == "0" else f"没有送达：{xml.text(entry, 'ErrorStatus')[:60]}。"
        await session.execute(
            update(WxNotice)
            .where(WxNotice.key == key)
            .values(state="arrived" if code == "0" else "refused", problem=problem)
        )


_STATUS = {
    "failed:user block": "客户拒收公众号的消息",
    "failed: user block": "客户拒收公众号的消息",
    "failed: system failed": "微信系统原因",
    "failed:system failed": "微信系统原因",
    "failed:freq limit": "发得太频繁",
}
