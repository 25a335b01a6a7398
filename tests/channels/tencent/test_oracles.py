"""What others encrypt we read, and what we encrypt they read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidSignatureException

from bot.channels.tencent import xml
from bot.channels.tencent.crypto import BadCiphertext, Envelope, check_signature, signature
from tests.channels.oracles import WecomCrypto

KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
OTHER = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"
APP = "wx5823bf96d3bd56c7"
STAMP, NONCE, TOKEN = "1409659589", "263014780", "QDG6eK"

MESSAGES = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


@pytest.fixture(scope="module")
def wecom() -> Iterator[WecomCrypto]:
    with WecomCrypto() as oracle:
        yield oracle


def test_what_another_key_sealed_nobody_reads(wecom: WecomCrypto) -> None:
    """A message under a foreign key is refused, not half read."""
    with pytest.raises(BadCiphertext):
        Envelope([KEY], APP).open(wecom.encrypt(OTHER, "hello", APP))
    with pytest.raises(BadCiphertext):
        Envelope([KEY], APP).open(wecom.encrypt(KEY, "hello", "ww-other"))


@settings(deadline=None, max_examples=150)
@given(text=MESSAGES)
def test_wecom_crypto_and_ours_read_each_other(wecom: WecomCrypto, text: str) -> None:
    """@wecom/crypto's messages open here, ours open there, signatures are equal."""
    envelope = Envelope([KEY], APP)
    assert envelope.open(wecom.encrypt(KEY, text, APP)).message.decode() == text
    sealed = envelope.seal(text.encode())
    assert wecom.decrypt(KEY, sealed) == (text, APP)
    assert wecom.signature(TOKEN, STAMP, NONCE, sealed) == signature(TOKEN, STAMP, NONCE, sealed)


@settings(deadline=None, max_examples=150)
@given(text=MESSAGES)
def test_wechatpy_and_ours_read_each_other(text: str) -> None:
    """The same with wechatpy, through the XML that goes over the wire."""
    envelope, theirs = Envelope([KEY], APP), WeChatCrypto(TOKEN, KEY, APP)
    fields = xml.read(theirs.encrypt_message(text, NONCE, STAMP).encode())
    encrypted = xml.text(fields, "Encrypt")
    check_signature(xml.text(fields, "MsgSignature"), TOKEN, STAMP, NONCE, encrypted)
    assert envelope.open(encrypted).message.decode() == text
    sealed = envelope.seal(text.encode())
    body = xml.write({"Encrypt": sealed}).decode()
    signed = signature(TOKEN, STAMP, NONCE, sealed)
    assert theirs.decrypt_message(body, signed, STAMP, NONCE) == text
    with pytest.raises(InvalidSignatureException):
        theirs.decrypt_message(body, signature(TOKEN, STAMP, "1", sealed), STAMP, NONCE)
