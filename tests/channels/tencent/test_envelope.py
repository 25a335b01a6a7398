"""The envelope holds against every alteration, and through a change of keys."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.tencent.crypto import BadCiphertext, Envelope

CURRENT = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
PREVIOUS = "ZYXWVUTSRQPONMLKJIHGFEDCBAzyxwvutsrqponmlkg"
APP = "wxb11529c136998cb6"


def sealed(plain: bytes) -> str:
    """`plain` encrypted as it is, padding and all."""
    key = base64.b64decode(CURRENT + "=")
    worker = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(worker.update(plain) + worker.finalize()).decode()


def body(message: bytes = b"hi", length: int | None = None, app: bytes = APP.encode()) -> bytes:
    size = len(message) if length is None else length
    return b"r" * 16 + size.to_bytes(4, "big") + message + app


def padded(plain: bytes, last: int | None = None, fill: int | None = None) -> bytes:
    count = 32 - len(plain) % 32
    return plain + bytes([count if fill is None else fill]) * (count - 1) + bytes([last or count])


@pytest.mark.parametrize(
    "plain",
    [
        padded(body(length=200)),
        padded(body(length=0xFFFFFFFF)),
        padded(body(length=0)),
        padded(body(app=b"wx0000000000000000")),
        padded(body(app=b"")),
        padded(body(), last=33),
        padded(body(), fill=7),
        bytes(32),
        bytes([32]) * 32,
        b"\x10" * 16,
    ],
)
def test_what_is_wrong_inside_is_refused(plain: bytes) -> None:
    """A length that lies, a foreign appid, padding that is none: the message does not open."""
    with pytest.raises(BadCiphertext):
        Envelope([CURRENT], APP).open(sealed(plain))


@pytest.mark.parametrize("text", ["", "=", "AAAA", "é", "A" * 24, "not base64 at all", "A" * 44 + "\n"])
def test_what_is_no_ciphertext_is_refused(text: str) -> None:
    """Nothing that is not whole blocks in base64 gets further."""
    with pytest.raises(BadCiphertext):
        Envelope([CURRENT], APP).open(text)


def test_while_keys_change_both_open_and_the_answer_takes_the_same() -> None:
    """The previous key still opens, and says so; after the change it does not."""
    old = Envelope([PREVIOUS], APP).seal(b"old")
    both = Envelope([CURRENT, PREVIOUS], APP)
    opened = both.open(old)
    assert (opened.message, opened.key) == (b"old", 1)
    assert Envelope([PREVIOUS], APP).open(both.seal(b"answer", key=opened.key)).message == b"answer"
    assert both.open(both.seal(b"new")).key == 0
    with pytest.raises(BadCiphertext):
        Envelope([CURRENT], APP).open(old)


@given(st.binary(max_size=3000))
def test_what_is_sealed_opens(message: bytes) -> None:
    """Any message comes out as it went in."""
    envelope = Envelope([CURRENT], APP)
    assert envelope.open(envelope.seal(message)).message == message


@given(st.binary(max_size=200), st.data())
def test_one_changed_byte_never_passes_as_another_senders(message: bytes, data: st.DataObject) -> None:
    """A flipped bit in the last two blocks breaks the id or the padding."""
    envelope = Envelope([CURRENT], APP)
    raw = bytearray(base64.b64decode(envelope.seal(message)))
    position = data.draw(st.integers(max(0, len(raw) - 16), len(raw) - 1))
    raw[position] ^= data.draw(st.integers(1, 255))
    with pytest.raises(BadCiphertext):
        envelope.open(base64.b64encode(bytes(raw)).decode())
