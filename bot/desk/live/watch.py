"""A conversation that is open on an agent's screen: its messages and entries, without gap or double."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.conversations.log import FETCHING_CHANNELS
from bot.desk.ids import TicketId
from bot.desk.live.presence import Viewer
from bot.desk.office import Office
from bot.desk.tickets.reads import conversation_row, customer_message, entries_after, messages
from bot.kit.clock import iso
from bot.kit.errors import NotFound
from bot.kit.ids import ConversationId
from bot.messages import Allowance, LoggedMessage

Send = Callable[[dict[str, Any]], Awaitable[None]]
PAGE = 200


@dataclass(slots=True)
class Watch:
    """`seq` and `number` are the highest that the screen has."""

    conversation: ConversationId
    viewer: Viewer
    ticket: TicketId | None
    seq: int
    number: int
    stop: Callable[[], None] = field(default=lambda: None)
    fetched: bool = False
    """The channel fetches from the log itself: it lets everything through."""
    allowance: Allowance = field(default_factory=Allowance)
    """What the screen was told may still be sent; at first that nothing limits it."""

    async def catch_up(self, office: Office, send: Send, again: tuple[int, ...] = ()) -> None:
        """Send what is missing; `again` are messages that the screen has and that changed since."""
        while True:
            async with office.database.read() as session:
                row = await conversation_row(session, self.conversation)
                if row is None:
                    raise NotFound("没有这个会话。")
                self.fetched = row.channel in FETCHING_CHANNELS
                known = [seq for seq in again if seq <= self.seq]
                changed = await messages(session, row, only=known) if known else []
                fresh = await messages(session, row, since=self.seq, limit=PAGE)
            again = ()
            for message in [*changed, *fresh]:
                await self._send(send, message)
            if fresh:
                self.seq = fresh[-1]["seq"]
            if len(fresh) < PAGE:
                return

    async def pass_on(self, office: Office, send: Send, added: Sequence[LoggedMessage]) -> None:
        """Send what the customer wrote just now, as stored: only what is missing is looked up."""
        for logged in added:
            if logged.seq > self.seq + 1:
                await self.catch_up(office, send)
            elif logged.seq == self.seq + 1:
                await self._send(send, customer_message(logged, None))
                self.seq = logged.seq

    async def understood(
        self, office: Office, send: Send, logged: LoggedMessage, parse: Mapping[str, Any] | None
    ) -> None:
        """Send a message of the customer's again, with what it was read as."""
        if logged.seq <= self.seq:
            await self._send(send, customer_message(logged, parse))
        else:
            await self.catch_up(office, send)

    async def _send(self, send: Send, message: dict[str, Any]) -> None:
        await send({"type": "message", "conversation": self.conversation, "message": message})

    async def tell_allowance(self, office: Office, send: Send) -> None:
        """Send how many messages the channel still lets through, when that has changed."""
        if self.fetched:
            return
        found = await office.allowance(self.conversation)
        if found == self.allowance:
            return
        self.allowance = found
        told = {
            "left": found.left,
            "until": iso(found.until) if found.until else None,
            "reachable": found.reachable,
        }
        await send({"type": "allowance", "conversation": self.conversation, "allowance": told})

    def turn_to(self, ticket: TicketId) -> None:
        """The conversation has another ticket now: its thread begins at its beginning."""
        if self.ticket not in (None, ticket):
            self.number = 0
        self.ticket = ticket

    async def catch_up_entries(self, office: Office, send: Send) -> None:
        """Send the entries that are missing."""
        if self.ticket is None:
            return
        async with office.database.read() as session:
            found = await entries_after(session, self.ticket, self.number)
        for entry in found:
            await send({"type": "entry", "ticket": self.ticket, "entry": entry})
            self.number = entry["number"]
