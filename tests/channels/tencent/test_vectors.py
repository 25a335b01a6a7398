"""Our crypto gives what the platforms give: published vectors, in both directions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.channels.tencent.crypto import (
    BadCiphertext,
    BadKey,
    BadSignature,
    Envelope,
    check_signature,
    signature,
)

VECTORS: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "vectors.json").read_text(encoding="utf-8")
)
ENCRYPT = VECTORS["encrypt"][0]


def test_a_wrong_signature_is_refused() -> None:
    """One letter off, empty, or not even ASCII: all are bad signatures."""
    known = VECTORS["signatures"][0]
    for given in ("0" + known["signature"][1:], "", "é", known["signature"].upper()):
        with pytest.raises(BadSignature):
            check_signature(given, *known["parts"])


@pytest.mark.parametrize("key", ["", "a" * 42, "a" * 44, "*" * 43])
def test_a_key_that_is_no_key_is_named(key: str) -> None:
    """A mistyped EncodingAESKey is found when the account is read, not when a customer writes."""
    with pytest.raises(BadKey):
        Envelope([key], "wx1")


@pytest.mark.parametrize("known", VECTORS["signatures"])
def test_signatures(known: dict[str, Any]) -> None:
    """The published signature, whatever the order of the parts."""
    assert signature(*known["parts"]) == known["signature"]
    check_signature(known["signature"], *reversed(known["parts"]))


@pytest.mark.parametrize("known", VECTORS["decrypt"])
def test_decrypting(known: dict[str, Any]) -> None:
    """The published ciphertext opens, and its signature fits."""
    check_signature(
        known["signature"], known["token"], known["timestamp"], known["nonce"], known["ciphertext"]
    )
    opened = Envelope([known["aes_key"]], known["receiver"]).open(known["ciphertext"])
    assert opened.message.decode() == known["message"]


def test_encrypting() -> None:
    """With the published random bytes we make the published ciphertext."""
    envelope = Envelope([ENCRYPT["aes_key"]], ENCRYPT["receiver"])
    sealed = envelope.seal(ENCRYPT["message"].encode(), random=ENCRYPT["random"].encode())
    assert sealed == ENCRYPT["ciphertext"]


def test_another_receivers_message_is_refused() -> None:
    """A message that was made for another account does not open, even with our key."""
    with pytest.raises(BadCiphertext):
        Envelope([ENCRYPT["aes_key"]], "wxb11529c136998cb7").open(ENCRYPT["ciphertext"])
    with pytest.raises(BadCiphertext):
        Envelope([ENCRYPT["aes_key"]], ENCRYPT["receiver"][:-1]).open(ENCRYPT["ciphertext"])
