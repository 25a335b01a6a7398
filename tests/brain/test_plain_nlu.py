"""Plain files of utterances are read without Rasa's reader, to the same end."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.shared.exceptions import YamlException
from rasa.shared.nlu.training_data.loading import load_data

from bot.brain.plain_nlu import read_plain, read_utterances
from bot.brain.settings import ROOT

OURS = sorted((ROOT / "data" / "nlu").glob("*.yml"))

HEAD = 'version: "3.1"\nnlu:\n'
FIFTY = "- intent: inform\n  examples: |\n    - 五十\n"

NOT_PLAIN = {
    "an entity": f"{HEAD}- intent: inform\n  examples: |\n    - [五十](amount)块\n",
    "an environment variable": f"{HEAD}- intent: inform\n  examples: |\n    - ${{HOME}}\n",
    "a retrieval intent": f"{HEAD}- intent: faq/hours\n  examples: |\n    - 几点关门\n",
    "a synonym": f"{HEAD}- synonym: 积分\n  examples: |\n    - 分儿\n",
    "metadata": f"{HEAD}- intent: inform\n  metadata:\n    a: b\n  examples: |\n    - 五十\n",
    "a list of examples": f"{HEAD}- intent: inform\n  examples:\n  - text: |\n      五十\n",
    "an older version": f'version: "3.0"\nnlu:\n{FIFTY}',
    "no version": f"nlu:\n{FIFTY}",
    "answers": f"{HEAD}{FIFTY}responses:\n  utter_x:\n  - text: x\n",
    "a line without a dash": f"{HEAD}{FIFTY}    六十\n",
    "an escape": f'{HEAD}- intent: inform\n  examples: "- \\u4e94\\n- \\u516d"\n',
}
BROKEN = {
    "a key that is there twice": f"{HEAD}- intent: deny\n  intent: inform\n  examples: |\n    - 五十\n",
    "no YAML": f"{HEAD}- intent: inform\n examples: |\n    - 五十\n",
    "examples that are a number": f"{HEAD}- intent: inform\n  examples: 50\n",
}


@pytest.mark.parametrize("text", NOT_PLAIN.values(), ids=NOT_PLAIN)
def test_more_than_utterances_is_left_to_rasa(text: str, tmp_path: Path) -> None:
    """And comes out as Rasa reads it."""
    file = tmp_path / "some.yml"
    file.write_text(text, "utf-8")
    assert read_plain(file) is None
    assert read_utterances([str(file)], "zh").fingerprint() == load_data(str(file), "zh").fingerprint()


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_reported_by_rasa(text: str, tmp_path: Path) -> None:
    """With the file and the line."""
    file = tmp_path / "some.yml"
    file.write_text(text, "utf-8")
    with pytest.raises(YamlException):
        read_utterances([str(file)], "zh")


@pytest.mark.parametrize("file", OURS, ids=lambda file: file.stem)
def test_ours_are_plain_and_read_as_rasa_reads_them(file: Path) -> None:
    """Every utterance with its intent, in its place."""
    read = read_plain(file)
    assert read is not None
    assert read.fingerprint() == load_data(str(file), "zh").fingerprint()


def test_what_looks_odd_is_read_the_same(tmp_path: Path) -> None:
    """Blanks, empty utterances, signs, a wide blank, two intents in one file."""
    file = tmp_path / "some.yml"
    file.write_text(
        f"{HEAD}- intent: inform\n  examples: |\n    -\n    -   五十 块  \n    -\u3000六十\n    - # 七\n"
        "    - - 八\n- intent: affirm\n  examples: |-\n    - yes\n    - 'ok'\n",
        "utf-8",
    )
    read = read_plain(file)
    assert read is not None
    told = load_data(str(file), "zh")
    assert [m.data for m in read.training_examples] == [m.data for m in told.training_examples]
