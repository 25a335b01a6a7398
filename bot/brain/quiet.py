"""Logs worth reading, and nothing of what customers write in them."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from typing import Any

OURS = "bot.brain"


def quiet() -> None:
    """Log our own at `HUITOUKE_LOG_LEVEL`, of Rasa and its libraries only what went wrong.

    Rasa writes what customers say at debug level, and its libraries warn of each other at import.
    """
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger(OURS).setLevel(os.environ.get("HUITOUKE_LOG_LEVEL", "info").upper())
    for name in ("rasa", "sanic.root", "sanic.error", "sanic.access", "jieba", "matplotlib"):
        logging.getLogger(name).setLevel(logging.WARNING)

    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
    warnings.showwarning = _show  # filters would not do: Sanic sets its own at import


def _show(message: Warning | str, category: type[Warning], *_: Any) -> None:
    # Rasa 3.6.21 says this of every domain that has slots.
    if category is UserWarning and "Slot auto-fill has been removed" not in str(message):
        sys.stderr.write(f"warning: {message}\n")
