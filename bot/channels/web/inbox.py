"""What sockets and long polls share: taking a message, and the tokens and conversations it needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.channels.web import frames
from bot.channels.web.gate import Gate
from bot.channels.web.tokens import BadSession, Session, SessionTokens
from bot.kit.errors import Conflict, HuitoukeError, NotFound
from bot.messages import Choice, Conversations, FileRef, Files, InboundMessage

ACCOUNT = "default"


class NotNow(Conflict):
    """现在没有人能看文件。转人工以后再发，或者把情况写给我。"""

    code = "not_now"


@dataclass(frozen=True, slots=True)
class Inbox:
    """Takes the messages of web chat."""

    conversations: Conversations
    tokens: SessionTokens
    gate: Gate
    files: Files

    async def take(self, session: Session, frame: frames.MessageFrame, address: str) -> dict[str, Any]:
        """Store a message and give the ack frame, or the error frame that says why not.

        Raises BadSession when the conversation was erased: the client asks for a new one.
        """
        try:
            self.gate.check_rate(session.visitor, address)
            file = await self._file(session, frame.file) if frame.file is not None else None
            receipt = await self.conversations.receive(
                InboundMessage(
                    channel="web",
                    account=ACCOUNT,
                    channel_user=session.visitor,
                    channel_message_id=frame.client_id,
                    text=f"[文件] {file.name}" if file else frame.text,
                    choice=Choice(frame.choice.seq, frame.choice.index) if frame.choice else None,
                    prompt=frame.prompt,
                    file=file,
                    silent=file is not None,  # the bot cannot look at it; an agent will
                    origin={"address": self.gate.mark(address)},
                ),
                session.conversation,
            )
        except HuitoukeError as problem:
            if problem.code == NotFound.code:
                raise BadSession() from problem
            return frames.error(problem, frame.client_id)
        return frames.ack(frame.client_id, receipt.seq)

    async def check_files(self, session: Session) -> None:
        """Raises NotNow unless somebody can look at a file."""
        if not await self.conversations.takes_files(session.conversation):
            raise NotNow()

    async def _file(self, session: Session, id_: str) -> FileRef:
        await self.check_files(session)
        return (await self.files.read(id_))[0]
