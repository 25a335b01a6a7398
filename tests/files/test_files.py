"""Files: looked at before they are kept, kept whole, read only by who was given their url."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st

from bot.files.routes import FileRoutes
from bot.files.service import BadUrl, FileStore, NoFile
from bot.files.types import BadType, TooLarge, kind_of, safe_name
from bot.http.errors import error_middleware
from bot.kit.clock import system_now
from bot.kit.db import Database
from bot.migrations.models import all_tables

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


@pytest.fixture
async def files(tmp_path: Path) -> AsyncIterator[FileStore]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'test.db'}")
    async with database.engine.begin() as connection:
        await connection.run_sync(all_tables().create_all)
    yield FileStore(database, tmp_path / "files", "key", system_now)
    await database.close()


@pytest.fixture
async def http(files: FileStore) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    app = web.Application(middlewares=[error_middleware])
    FileRoutes(files).add_to(app)
    async with TestClient(TestServer(app)) as client:
        yield client


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html><script>alert(1)</script>",
        b'<?xml version="1.0"?><svg onload="alert(1)"/>',
        b"  <!DOCTYPE html>",
        b"MZ\x90\x00",
        b"\x7fELF",
        b"PK\x03\x04",
        b"hello\x00world",
        "<html>你好".encode("gb18030"),
        "<svg>你好".encode("utf-16"),
        b"\xff\xfe\x00",
    ],
)
async def test_what_could_harm_is_refused(files: FileStore, data: bytes) -> None:
    """Pages, programs and archives are no files to keep, whatever they are called."""
    with pytest.raises(BadType):
        await files.keep("photo.png", data)


def boxes(brand: bytes, *more: bytes) -> bytes:
    """The beginning of a file in boxes, with its brands."""
    inner = b"ftyp" + brand + bytes(4) + b"".join(more)
    return (len(inner) + 4).to_bytes(4, "big") + inner + bytes(64)


POEM = "床前明月光，疑是地上霜。\r\n举头望明月，低头思故乡。——积分到期是哪天？"


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (boxes(b"heic", b"mif1", b"heic"), "image/heic"),
        (boxes(b"mif1", b"mif1", b"heic"), "image/heic"),
        (boxes(b"msf1", b"hevc"), "image/heic"),
        (boxes(b"avif", b"mif1", b"miaf"), "image/avif"),
        (boxes(b"mif1", b"avif"), "image/avif"),
        (boxes(b"avis", b"msf1"), "image/avif"),
        (boxes(b"isom", b"mp42"), "video/mp4"),
        (boxes(b"M4V "), "video/mp4"),
        (POEM.encode("gb18030"), "text/plain"),
        (POEM.encode("gbk"), "text/plain"),
        ("㐀𠀀€".encode("gb18030"), "text/plain"),
        (POEM.encode("utf-8-sig"), "text/plain"),
        (POEM.encode("utf-16"), "text/plain"),
    ],
)
def test_what_phones_and_windows_make_is_known(data: bytes, content_type: str) -> None:
    """Pictures of iPhones and newer cameras are pictures; text in Chinese encodings is text."""
    assert kind_of(data).content_type == content_type


@given(st.binary(min_size=400, max_size=2000).filter(lambda data: len(set(data[:400])) > 100))
def test_noise_is_no_text(data: bytes) -> None:
    """GB18030 decodes much; what nobody writes gives it away."""
    with contextlib.suppress(BadType):
        assert kind_of(data).content_type != "text/plain"


async def test_what_is_too_large_is_refused(files: FileStore) -> None:
    """A picture has at most 10 MB, and the sentence says so."""
    with pytest.raises(TooLarge, match="最多 10 MB"):
        await files.keep("a.png", PNG + bytes(10 * 1024 * 1024))


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd.png"),
        ("C:\\x\\图.jpg", "图.png"),
        ("\u202egnp.exe", "_gnp.png"),
        ("..", "文件.png"),
        ("a" * 300, "a" * 96 + ".png"),
        ("x.html", "x.png"),
    ],
)
def test_names_are_made_safe(name: str, safe: str) -> None:
    """No folders, no tricks of direction, and the ending of what the file is."""
    assert safe_name(name, kind_of(PNG)) == safe


async def test_a_url_cannot_be_guessed(
    files: FileStore, http: TestClient[web.Request, web.Application]
) -> None:
    """Without the signature, or with another file's, there is nothing to read."""
    one, two = await files.keep("a.png", PNG), await files.keep("b.png", PNG)
    signature = urlsplit(one.url).query
    for path in (f"/api/files/{one.id}", f"/api/files/{two.id}?{signature}", "/api/files/..%2f..%2fx?s=é"):
        assert (await http.get(path)).status == BadUrl.status


async def test_a_kept_file_is_served_so_that_it_cannot_run(
    files: FileStore, http: TestClient[web.Request, web.Application], tmp_path: Path
) -> None:
    """Pictures are shown, everything else is a download; in a sandbox; only the owner reads the disk."""
    picture = await files.keep("../图.jpg", PNG)
    text = await files.keep("记录.txt", "你好".encode())
    answer = await http.get(picture.url)
    assert (answer.status, await answer.read(), answer.content_type) == (200, PNG, "image/png")
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert (await http.get(text.url)).headers["Content-Disposition"].startswith("attachment")
    assert files.path(picture.id).stat().st_mode & 0o077 == 0
    assert await files.read(picture.id) == (picture, PNG)
    assert picture.name == "图.png"


async def test_an_expected_file_is_waited_for(
    files: FileStore, http: TestClient[web.Request, web.Application]
) -> None:
    """Who asks while it is still fetched gets it as soon as it is there."""
    expected = await files.expect("图片", "image/jpeg", "1")
    assert await files.expect("图片", "image/jpeg", "1") == expected
    asking = asyncio.ensure_future(http.get(expected.url))
    await asyncio.sleep(0.1)
    filled = await files.fill(expected.id, PNG)
    assert await (await asking).read() == PNG
    assert (filled.url, filled.content_type, filled.name) == (expected.url, "image/png", "图片.png")


async def test_an_expected_file_that_does_not_come_is_gone(
    files: FileStore, http: TestClient[web.Request, web.Application]
) -> None:
    """What was given up, or was no picture, is answered at once."""
    one, two = await files.expect("一", "image/jpeg", "1"), await files.expect("二", "image/jpeg", "2")
    await files.give_up(one.id)
    with pytest.raises(BadType):
        await files.fill(two.id, b"<html>")
    for ref in (one, two):
        assert (await http.get(ref.url)).status == NoFile.status
        with pytest.raises(NoFile):
            await files.read(ref.id)
