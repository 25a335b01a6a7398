"""`python -m bot.brain.nlu.build`: make the spaCy pipeline that config.yml names."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from bot.brain.tensorflow_free import without_tensorflow

TARGET = Path("models/spacy/zh")


def main() -> int:
    started = time.perf_counter()
    without_tensorflow()  # spaCy loads it where it can, and does not need it

    from bot.brain.nlu.emotion import EmotionReader, read_examples, train_emotion
    from bot.brain.nlu.language import create_language
    from bot.brain.nlu.words import words_of

    nlp = create_language()
    examples = read_examples()
    texts = [(text, words_of(nlp(text))) for text, _ in examples]
    EmotionReader(train_emotion(texts, [label for _, label in examples])).to_disk(TARGET / "huitouke_emotion")
    nlp.to_disk(TARGET, exclude=["huitouke_emotion"])
    print(f"{TARGET}: ready in {time.perf_counter() - started:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
