"""HTTP of what agents say: messages and files."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from bot.conversations import log as message_log
from bot.conversations.content import clean_text
from bot.desk.http import Asking, Door
from bot.desk.office import Office
from bot.desk.tickets.routes import ClientId
from bot.desk.tickets.speaking import LONGEST, answer
from bot.kit.clock import iso
from bot.kit.errors import BadInput
from bot.kit.ids import ConversationId
from bot.messages import Content, FileRef, Files

MOST_BYTES: Final = 10 * 1024 * 1024


class FileTooLarge(BadInput):
    """这个文件太大了，最多 10 MB。"""

    status = 413
    code = "too_large"


class MessageBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    client_id: ClientId
    text: Annotated[str | None, Field(max_length=LONGEST + 1)] = None
    file: Annotated[str | None, Field(max_length=40)] = None


class SpeakingRoutes:
    """Handlers about agents' messages."""

    def __init__(self, office: Office, files: Files) -> None:
        self._office = office
        self._files = files

    def add_to(self, door: Door) -> None:
        door.post("/conversations/{c}/messages", self.answer)
        door.post("/files", self.upload)

    async def answer(self, asking: Asking) -> Any:
        """POST /api/desk/conversations/{c}/messages"""
        wish = await asking.body(MessageBody)
        content = await self._content(wish)
        conversation = ConversationId(asking.text("c"))
        async with self._office.work() as work:
            row = await message_log.locked(work.session, conversation)
            sent = await answer(work, row, content, wish.client_id, asking.person)
            seq, at = (sent.seq, sent.at) if sent is not None else (row.last_seq + 1, work.now)
        return {"seq": seq, "at": iso(at)}

    async def upload(self, asking: Asking) -> Any:
        """POST /api/desk/files"""
        return {"file": asdict(await kept(asking.request, self._files))}

    async def _content(self, wish: MessageBody) -> Content:
        if (wish.text is None) == (wish.file is None):
            raise BadInput("一条消息是文字或者一个文件。")
        if wish.text is not None:
            return Content(clean_text(wish.text, LONGEST))
        ref, _ = await self._files.read(wish.file or "")
        return file_content(ref)


def file_content(ref: FileRef) -> Content:
    """The card `file` of docs/protocols/webchat.md."""
    kind = "图片" if ref.content_type.startswith("image/") else "文件"
    return Content(f"[{kind}] {ref.name}", card="file", data=asdict(ref))


async def kept(request: Any, files: Files) -> FileRef:
    """The file of a multipart request, kept. Raises BadInput, BadType or TooLarge."""
    if not request.content_type.startswith("multipart/"):
        raise BadInput("文件要以表单（multipart）上传，字段名 file。")
    reader = await request.multipart()
    async for part in reader:
        if getattr(part, "name", None) == "file":
            return await files.keep(part.filename or "文件", await _read(part))
    raise BadInput("表单里没有 file 这个字段。")


async def _read(part: Any) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk(64 * 1024):
        data += chunk
        if len(data) > MOST_BYTES:
            raise FileTooLarge()
    return bytes(data)
