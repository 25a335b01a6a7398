"""The crypto that others wrote, to compare ours with: wechatpy, and WeCom's own @wecom/crypto."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

HERE = Path(__file__).parent


class WecomCrypto:
    """@wecom/crypto in a Node process, for the length of a `with`."""

    def __enter__(self) -> Self:
        node = shutil.which("node")
        if node is None or not (HERE / "node_modules").is_dir():
            raise FileNotFoundError("@wecom/crypto is not installed: make test brings it.")
        self._node = subprocess.Popen(
            [node, "wecom.mjs"], cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._node.communicate()

    def encrypt(self, key: str, text: str, receiver: str) -> str:
        """`text` sealed for `receiver`."""
        return self._ask(do="encrypt", key=key, text=text, id=receiver)

    def decrypt(self, key: str, text: str) -> tuple[str, str]:
        """The message in `text`, and whom it is for."""
        opened = self._ask(do="decrypt", key=key, text=text)
        return opened["message"], opened["id"]

    def signature(self, *parts: str) -> str:
        """The signature of exactly four parts."""
        return self._ask(do="signature", parts=parts)

    def _ask(self, **call: Any) -> Any:
        assert self._node.stdin
        assert self._node.stdout
        self._node.stdin.write(json.dumps(call) + "\n")
        self._node.stdin.flush()
        return json.loads(self._node.stdout.readline())
