"""Training utterances in the plainest form of Rasa's format, which is how ours are written.

Rasa (3.6.21) reads a file of them twice, once with a YAML reader in Python, and checks it against a schema
that it reads anew for each file. A file with nothing in it but intents and their utterances needs none of
that. What is marked up in any way is left to Rasa.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from rasa.shared.constants import LATEST_TRAINING_DATA_FORMAT_VERSION
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

_MARKED_UP = re.compile(r"[\[\]{}$\\\x85\u2028\u2029]")
"""Signs of entities, flow mappings, environment variables and escapes, and what ends a line in one YAML and
not in the other: Rasa may see more in them than text."""
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_BLANK = "\n\r "


class _Loader(yaml.CSafeLoader):
    """Refuses a key that is there twice, as Rasa's does."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        read = super().construct_mapping(node, deep)
        if len(read) < len(node.value):
            raise yaml.YAMLError("a key is there twice")
        return read


def read_utterances(files: Iterable[str], language: str) -> TrainingData:
    """All that is in these files, as Rasa would read it; raises what Rasa raises where a file is wrong."""
    return TrainingData().merge(*(read_plain(Path(file)) or load_data(file, language) for file in files))


def read_plain(file: Path) -> TrainingData | None:
    """What is in a plain file, None if it is not one."""
    text = file.read_text("utf-8")
    if file.suffix not in {".yml", ".yaml"} or _MARKED_UP.search(text):
        return None
    try:
        content = yaml.load(text, Loader=_Loader)  # noqa: S506  (a safe one)
    except yaml.YAMLError:
        return None  # Rasa says what is wrong
    match content:
        case {"version": str(version), "nlu": [_, *_] as entries, **more} if (
            version == LATEST_TRAINING_DATA_FORMAT_VERSION and not more
        ):
            read = [_messages(entry) for entry in entries]
        case _:
            return None
    if any(messages is None for messages in read):
        return None
    return TrainingData([message for messages in read for message in messages or ()])


def _messages(entry: Any) -> list[Message] | None:
    """The utterances of an intent; None where there is anything else than those."""
    match entry:
        case {"intent": str(intent), "examples": str(examples), **more} if not more:
            lines = examples.splitlines()
            if lines and _NAME.fullmatch(intent) and all(line.startswith("-") for line in lines):
                return [Message.build(line[1:].strip(_BLANK), intent) for line in lines]
    return None
