"""Signatures and the AES envelope of callbacks, the same on both platforms.

AES-256-CBC; the key is the decoded EncodingAESKey, the IV its first 16 bytes; PKCS7 to blocks of 32 bytes;
inside are 16 random bytes, the length (4 bytes, big endian), the message and the receiver's id
(developers.weixin.qq.com, "消息加解密说明"; developer.work.weixin.qq.com/document/path/90968).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher as AesCipher
from cryptography.hazmat.primitives.ciphers import algorithms, modes

from bot.kit.errors import BadInput, Forbidden

BLOCK = 32
RANDOM = 16
HEAD = RANDOM + 4
KEY_CHARACTERS = 43


class BadSignature(Forbidden):
    """The signature does not fit: the request is not from the platform, or the Token differs."""

    code = "bad_signature"


class BadCiphertext(Forbidden):
    """The message cannot be decrypted: it was altered, or the EncodingAESKey or the id differs."""

    code = "bad_ciphertext"


class BadKey(BadInput):
    """An EncodingAESKey has 43 letters and digits."""

    code = "bad_key"


def signature(*parts: str) -> str:
    """The platform's signature: SHA-1 of the sorted, joined parts, in hex."""
    return hashlib.sha1("".join(sorted(parts)).encode("utf-8", "surrogatepass")).hexdigest()  # noqa: S324 - theirs


def check_signature(given: str, *parts: str) -> None:
    """Compare in constant time. Raises BadSignature."""
    expected = signature(*parts)
    if not hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogatepass")):
        raise BadSignature()


@dataclass(frozen=True, slots=True)
class Opened:
    """A decrypted message, and which of the keys (0 is the current one) opened it."""

    message: bytes
    key: int


class Envelope:
    """Encrypts and decrypts for one receiver, with the current key and, while it is changed, the previous."""

    def __init__(self, keys: Sequence[str], receiver: str) -> None:
        """`keys` are EncodingAESKeys, the current one first; `receiver` is the appid or corpid."""
        self._keys = [_key(key) for key in keys]
        self._receiver = receiver.encode()

    def open(self, ciphertext: str) -> Opened:
        """The message in `ciphertext` (base64). Raises BadCiphertext, whatever is wrong with it."""
        try:
            raw = base64.b64decode(ciphertext.encode("ascii"), validate=True)
        except (binascii.Error, ValueError) as error:
            raise BadCiphertext() from error
        if not raw or len(raw) % 16:
            raise BadCiphertext()
        for index, key in enumerate(self._keys):
            message = self._unpacked(_cipher(key, raw, decrypt=True))
            if message is not None:
                return Opened(message, index)
        raise BadCiphertext()

    def seal(self, message: bytes, key: int = 0, random: bytes | None = None) -> str:
        """`message` encrypted with key number `key`, as base64."""
        plain = (random or secrets.token_bytes(RANDOM)) + len(message).to_bytes(4, "big")
        plain += message + self._receiver
        padding = BLOCK - len(plain) % BLOCK
        sealed = _cipher(self._keys[key], plain + bytes([padding]) * padding, decrypt=False)
        return base64.b64encode(sealed).decode()

    def _unpacked(self, plain: bytes) -> bytes | None:
        """The message between random bytes, length, id and padding; None unless every part fits."""
        padding = plain[-1]
        if not 1 <= padding <= BLOCK or plain[-padding:] != bytes([padding]) * padding:
            return None
        content = plain[:-padding]
        length = int.from_bytes(content[RANDOM:HEAD], "big")
        if len(content) != HEAD + length + len(self._receiver):
            return None
        if not hmac.compare_digest(content[HEAD + length :], self._receiver):
            return None
        return content[HEAD : HEAD + length]


def _key(encoded: str) -> bytes:
    if len(encoded) != KEY_CHARACTERS:
        raise BadKey(f"An EncodingAESKey has {KEY_CHARACTERS} characters, this one has {len(encoded)}.")
    try:
        return base64.b64decode(encoded + "=", validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadKey() from error


def _cipher(key: bytes, data: bytes, *, decrypt: bool) -> bytes:
    cipher = AesCipher(algorithms.AES(key), modes.CBC(key[:16]))
    worker = cipher.decryptor() if decrypt else cipher.encryptor()
    return worker.update(data) + worker.finalize()
