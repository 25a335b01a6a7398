"""How the customer feels in this message: calm, pleased, worried, annoyed or angry.

A part of the spaCy pipeline: `doc._.emotion` is (label, score). It is trained on data/emotion, one file of
utterances for each label, when the pipeline is built.
"""

# No postponed annotations here: spaCy reads those of a factory when it makes the part.

from collections.abc import Sequence
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from bot.brain.nlu.linear.features import Words
from bot.brain.nlu.linear.model import LinearModel
from bot.brain.nlu.words import words_of

DATA = Path(__file__).parents[3] / "data" / "emotion"
LABELS = ("calm", "pleased", "worried", "annoyed", "angry")
BLOCKS = {"char": 1.0, "word": 0.7, "sound": 0.3, "radical": 0.3, "length": 0.2, "kind": 0.5, "head": 0.3}
"""Which features tell feelings, with their weights (see linear.features)."""

if not Doc.has_extension("emotion"):
    Doc.set_extension("emotion", default=None)


class EmotionReader:
    """Sets `doc._.emotion`; without a model it leaves it None."""

    def __init__(self, model: LinearModel | None = None) -> None:
        self._model = model

    def __call__(self, doc: Doc) -> Doc:
        words = words_of(doc)
        if self._model is not None and words:
            doc._.emotion = self._model.predict(doc.text, words)[0]
        return doc

    def to_disk(self, path: Path | str, exclude: tuple[str, ...] = ()) -> None:
        if self._model is not None:
            Path(path).mkdir(parents=True, exist_ok=True)
            self._model.save(Path(path))

    def from_disk(self, path: Path | str, exclude: tuple[str, ...] = ()) -> "EmotionReader":
        self._model = LinearModel.load(Path(path))
        return self


@Language.factory("huitouke_emotion")
def create_emotion_reader(nlp: Language, name: str) -> EmotionReader:
    return EmotionReader()


def read_examples(folder: Path = DATA) -> list[tuple[str, str]]:
    """(utterance, label) of every line under data/emotion."""
    return [
        (line, label)
        for label in LABELS
        for line in (folder / f"{label}.txt").read_text("utf-8").splitlines()
        if line.strip()
    ]


def train_emotion(examples: Sequence[tuple[str, Words]], truth: Sequence[str]) -> LinearModel:
    """Fit the model; training needs scikit-learn, reading does not."""
    from bot.brain.nlu.linear.train import fit

    return fit(examples, truth, BLOCKS)
