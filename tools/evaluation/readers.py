"""What reads an intent: ours, and the peers it is measured beside, all trained on the same utterances."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC
from spacy.language import Language

from bot.brain.nlu.language import create_language
from bot.brain.nlu.linear.features import Words
from bot.brain.nlu.linear.train import fit
from bot.brain.nlu.words import words_of
from tools.evaluation.utterances import ROOT

Examples = Sequence[tuple[str, str]]
PEERS = ROOT / "tools" / "peers"
DIET_EPOCHS = "4"
"""`rasa init` proposes 100, which take hours on two cores; the variable DIET_EPOCHS says another number."""
PEER_MINUTES = "12"
"""A peer that takes longer is stopped; the variable PEER_MINUTES says another number."""


class PeerFailedError(Exception):
    """A peer could not be measured; says why in a sentence, the others are measured all the same."""


@dataclass(frozen=True)
class Read:
    """Intents of the texts, best first with confidence where known; seconds to train, ms for a text."""

    intents: list[str]
    rankings: list[list[tuple[str, float]]]
    train_seconds: float
    text_ms: float


@lru_cache(maxsize=1)
def _language() -> Language:
    return create_language()


@lru_cache(maxsize=200_000)
def words(text: str) -> Words:
    """The words of a text as the pipeline of the brain cuts them."""
    return words_of(_language().tokenizer(text) if not text.strip() else _entities(text))


def _entities(text: str):
    with _language().select_pipes(disable=["huitouke_emotion"]):
        return _language()(text)


def ours(train: Examples, texts: Sequence[str]) -> Read:
    """The component of the brain, with its settings."""
    examples = [(text, words(text)) for text, _ in train]
    asked = [(text, words(text)) for text in texts]
    before = _cpu_seconds()
    model = fit(examples, [intent for _, intent in train])
    trained = _cpu_seconds() - before
    started = time.process_time()
    rankings = [model.predict(*text) for text in asked]
    each = (time.process_time() - started) / max(len(texts), 1) * 1000
    return Read([ranking[0][0] for ranking in rankings], rankings, trained, each)


def _cpu_seconds() -> float:
    """Of this process and of those that it started and that ended."""
    return sum(os.times()[:4])


def character_svm(train: Examples, texts: Sequence[str]) -> Read:
    """The usual baseline: TF-IDF of one to three characters, a linear support vector machine."""
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
    machine = make_pipeline(vectorizer, LinearSVC(C=1.0))
    started = time.process_time()
    machine.fit([text for text, _ in train], [intent for _, intent in train])
    trained = time.process_time()
    read = [str(machine.predict([text])[0]) for text in texts]
    each = (time.process_time() - trained) / max(len(texts), 1) * 1000
    return Read(read, [], trained - started, each)


def rasa_default(train: Examples, texts: Sequence[str]) -> Read:
    """What `rasa init` proposes: white space, sparse features, DIET."""
    return _rasa("WhitespaceTokenizer", train, texts)


def rasa_jieba(train: Examples, texts: Sequence[str]) -> Read:
    """The same with jieba's words, as Rasa's own guide to Chinese says."""
    return _rasa("JiebaTokenizer", train, texts)


def _rasa(tokenizer: str, train: Examples, texts: Sequence[str]) -> Read:
    command = [sys.executable, "-m", "tools.peers.rasa_peer", tokenizer, str(diet_epochs())]
    return _in_process(command, train, texts)


def diet_epochs() -> int:
    """How often DIET sees its training data here."""
    return int(os.environ.get("DIET_EPOCHS", DIET_EPOCHS))


def nlp_js(train: Examples, texts: Sequence[str]) -> Read:
    """NLP.js, the best known classifier of the JavaScript world."""
    npm, node = _tool("npm"), _tool("node")
    if not (PEERS / "node_modules").is_dir():
        run([npm, "ci", "--no-audit", "--no-fund"], PEERS, dict(os.environ))
    return _in_process([node, str(PEERS / "nlpjs.mjs")], train, texts)


FAST: dict[str, Callable[[Examples, Sequence[str]], Read]] = {"ours": ours, "character SVM": character_svm}
SLOW: dict[str, Callable[[Examples, Sequence[str]], Read]] = {
    "Rasa default (DIET)": rasa_default,
    "Rasa jieba + DIET": rasa_jieba,
    "NLP.js": nlp_js,
}


def _tool(name: str) -> str:
    ours_first = os.pathsep.join([str(ROOT / ".tools" / "node" / "bin"), os.environ.get("PATH", "")])
    found = shutil.which(name, path=ours_first)
    if not found:
        raise PeerFailedError(f"{name} is missing: run `make setup`")
    return found


def _in_process(command: list[str], train: Examples, texts: Sequence[str]) -> Read:
    """Hand train and texts over in a file; the peer writes {"intents", "train_seconds", "text_ms"}."""
    with tempfile.TemporaryDirectory() as folder:
        given, answer = Path(folder) / "given.json", Path(folder) / "answer.json"
        given.write_text(
            json.dumps({"train": list(train), "texts": list(texts)}, ensure_ascii=False), "utf-8"
        )
        environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}
        run([*command, str(given), str(answer)], ROOT, environment)
        read = json.loads(answer.read_text("utf-8"))
    return Read(read["intents"], [], read["train_seconds"], read["text_ms"])


def run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    """Run to the end within PEER_MINUTES; what it started ends with it."""
    minutes = float(os.environ.get("PEER_MINUTES", PEER_MINUTES))
    with subprocess.Popen(command, cwd=folder, env=environment, start_new_session=True) as process:
        try:
            code = process.wait(minutes * 60)
        except subprocess.TimeoutExpired as error:
            raise PeerFailedError(f"stopped after {minutes:g} minutes") from error
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    if code:
        raise PeerFailedError(f"{Path(command[0]).name} ended with code {code}, see its output above")
