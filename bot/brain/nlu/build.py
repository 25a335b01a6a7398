"""`python -m bot.brain.nlu.build`: make the spaCy pipeline that config.yml names."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from bot.brain.nlu.language import create_language

TARGET = Path("models/spacy/zh")


def main() -> int:
    started = time.perf_counter()
    TARGET.mkdir(parents=True, exist_ok=True)
    create_language().to_disk(TARGET)
    print(f"{TARGET}: ready in {time.perf_counter() - started:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
