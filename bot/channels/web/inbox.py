"""What sockets and long polls share: taking a message, and the tokens and conversations it needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.channels.web import frames
from bot.channels.web.gate import Gate
from bot.channels.web.tokens import Session, SessionTokens
from bot.kit.errors import HuitoukeError
from bot.messages import Choice, Conversations, InboundMessage

ACCOUNT = "default"


@dataclass(frozen=True, slots=True)
class Inbox:
    """Takes the messages of web chat."""

    conversations: Conversations
    tokens: SessionTokens
    gate: Gate

    async def take(self, session: Session, frame: frames.MessageFrame, address: str) -> dict[str, Any]:
        """Store a message and give the ack frame, or the error frame that says why not."""
        try:
            self.gate.check_rate(session.visitor, address)
            receipt = await self.conversations.receive(
                InboundMessage(
                    channel="web",
                    account=ACCOUNT,
                    channel_user=session.visitor,
                    channel_message_id=frame.client_id,
                    text=frame.text,
                    choice=Choice(frame.choice.seq, frame.choice.index) if frame.choice else None,
                ),
                session.conversation,
            )
        except HuitoukeError as problem:
            return frames.error(problem, frame.client_id)
        return frames.ack(frame.client_id, receipt.seq)
