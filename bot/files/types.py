"""What a file is, by its first bytes: names and declared types are not believed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePath

from bot.kit.errors import BadInput

LONGEST_NAME = 100
_NOT_WRITTEN = frozenset({"Cc", "Cn", "Co", "Cs"})
"""Categories of characters that no text has: controls, unassigned, private, halves of pairs."""
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


class BadType(BadInput):
    """不支持这种文件，可以发图片、语音、视频、PDF 或纯文本。"""

    status = 415
    code = "bad_type"


class TooLarge(BadInput):
    """这个文件太大了。"""

    status = 413
    code = "too_large"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that is kept. `inline`: a browser may show it in place."""

    content_type: str
    suffix: str
    largest: int
    inline: bool = False


MB = 1024 * 1024
PNG = Kind("image/png", ".png", 10 * MB, inline=True)
JPEG = Kind("image/jpeg", ".jpg", 10 * MB, inline=True)
GIF = Kind("image/gif", ".gif", 10 * MB, inline=True)
WEBP = Kind("image/webp", ".webp", 10 * MB, inline=True)
HEIC = Kind("image/heic", ".heic", 10 * MB)
"""What iPhones make. Most browsers cannot show it: it is offered to download."""
AVIF = Kind("image/avif", ".avif", 10 * MB, inline=True)
AMR = Kind("audio/amr", ".amr", 2 * MB)
MP3 = Kind("audio/mpeg", ".mp3", 2 * MB)
MP4 = Kind("video/mp4", ".mp4", 10 * MB)
PDF = Kind("application/pdf", ".pdf", 20 * MB)
TEXT = Kind("text/plain", ".txt", 1 * MB)

BY_TYPE = {kind.content_type: kind for kind in (PNG, JPEG, GIF, WEBP, HEIC, AVIF, AMR, MP3, MP4, PDF, TEXT)}
LARGEST = max(kind.largest for kind in BY_TYPE.values())

_STARTS = (
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"#!AMR", AMR),
    (b"ID3", MP3),
    (b"\xff\xfb", MP3),
    (b"\xff\xf3", MP3),
    (b"%PDF-", PDF),
)


def kind_of(data: bytes) -> Kind:
    """The kind of file that `data` is. Raises BadType or TooLarge."""
    kind = _looked_at(data)
    if len(data) > kind.largest:
        raise TooLarge(f"这个文件有 {len(data) / MB:.1f} MB，最多 {kind.largest // MB} MB。")
    return kind


def safe_name(name: str, kind: Kind) -> str:
    """`name` without folders and harmful characters, ending as its kind does."""
    bare = _UNSAFE.sub("_", PurePath(name.replace("\\", "/")).name).strip(". ") or "文件"
    stem = bare.rsplit(".", 1)[0] if "." in bare else bare
    return stem[: LONGEST_NAME - len(kind.suffix)] + kind.suffix


def _looked_at(data: bytes) -> Kind:
    for start, kind in _STARTS:
        if data.startswith(start):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    if data[4:8] == b"ftyp":
        return _boxed(data)
    if data and _is_text(data):
        return TEXT
    raise BadType()


def _boxed(data: bytes) -> Kind:
    """A file in boxes (ISO/IEC 14496-12): its brands say whether it is a picture (HEIF, AVIF) or a film."""
    size = min(int.from_bytes(data[:4], "big"), 256)
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, size, 4))}
    if brands & {b"avif", b"avis"}:
        return AVIF
    if brands & {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}:
        return HEIC
    return HEIC if data[8:12] in (b"mif1", b"msf1") else MP4


def _is_text(data: bytes) -> bool:
    """Plain text in one of the encodings that Chinese text has, and no page for a browser."""
    text = _decoded(data)
    return text is not None and not re.search(
        r"<\s*(!doctype|html|svg|script|\?xml)", text[:4096], re.IGNORECASE
    )


def _decoded(data: bytes) -> str | None:
    """`data` as text, by its mark, as UTF-8, or as GB18030; None when that gives what nobody writes."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if all(char in "\t\r\n" or unicodedata.category(char) not in _NOT_WRITTEN for char in text):
            return text
    return None
