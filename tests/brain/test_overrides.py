"""What is replaced in Rasa is what was read, and does what Rasa's own did."""

from __future__ import annotations

import dataclasses
import inspect
from typing import Any

import pytest
import rasa.version
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.shared.core import events as rasa_events
from rasa.shared.core.events import Event
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import all_subclasses

from bot.brain import overrides
from bot.brain.overrides import HOLDS_FOR, Override, OverrideOutdated, apply_overrides
from bot.brain.overrides import events as event_overrides
from bot.brain.overrides import forms as form_overrides
from bot.brain.overrides import remote_action as action_overrides
from bot.brain.overrides import training_data as data_overrides
from bot.brain.overrides.events import resolve_by_type
from bot.brain.overrides.remote_action import validate_action_result

ALL = (
    *event_overrides.OVERRIDES,
    *form_overrides.OVERRIDES,
    *action_overrides.OVERRIDES,
    *data_overrides.OVERRIDES,
)


@pytest.mark.parametrize("override", ALL, ids=lambda override: override.name)
def test_each_says_why(override: Override) -> None:
    """A reason, and a place that exists."""
    assert len(override.reason) > 20
    assert inspect.getattr_static(override._owner(), override.name) is not None


def test_applying_twice_changes_nothing() -> None:
    """A process may do it as often as it likes."""
    apply_overrides()
    apply_overrides()
    assert Event.resolve_by_type is resolve_by_type


def test_another_rasa_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the versions in the message."""
    monkeypatch.setattr(rasa.version, "__version__", "3.6.22")
    with pytest.raises(OverrideOutdated, match=rf"{HOLDS_FOR}.*3\.6\.22"):
        apply_overrides()


def test_a_function_that_was_changed_is_refused() -> None:
    """Even under the same version."""

    class Theirs:
        def act(self) -> str:
            return "not what was read"

    override = dataclasses.replace(ALL[0], owner=f"{__name__}:Theirs", name="act", replacement=print)
    globals()["Theirs"] = Theirs
    with pytest.raises(OverrideOutdated, match="act"):
        override.apply()


@pytest.mark.parametrize("name", sorted({cls.type_name for cls in all_subclasses(Event)}))
def test_every_event_is_found_by_its_name(name: str) -> None:
    """As Rasa finds it: the first class of that name."""
    expected = next(cls for cls in all_subclasses(Event) if cls.type_name == name)
    assert resolve_by_type(name) is expected


def test_an_unknown_event_is_an_error_or_the_default() -> None:
    """As in Rasa."""
    assert resolve_by_type("topic") is None
    assert resolve_by_type("nope", rasa_events.SlotSet) is rasa_events.SlotSet
    with pytest.raises(ValueError, match="nope"):
        resolve_by_type("nope")


def test_an_event_defined_later_is_found() -> None:
    """The names are looked up again when one is missing."""

    class Late(rasa_events.AlwaysEqualEventMixin):
        type_name = "late"

        def as_story_string(self) -> None:
            return None

        def __hash__(self) -> int:
            return 1

    assert resolve_by_type("late") is Late


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"events": [], "responses": []},
        {"events": [{"event": "slot", "name": "x", "value": 1}], "responses": [{"text": "好"}]},
    ],
)
def test_an_answer_in_shape_passes(answer: Any) -> None:
    """What rasa-sdk sends."""
    assert validate_action_result(RemoteAction("a", None), answer)


@pytest.mark.parametrize(
    "answer", [None, [], {"events": {}}, {"events": ["x"]}, {"events": [{"name": "x"}]}, {"responses": ["x"]}]
)
def test_an_answer_out_of_shape_is_an_error(answer: Any) -> None:
    """Of the kind Rasa raises."""
    with pytest.raises(ValidationError):
        validate_action_result(RemoteAction("a", None), answer)


def test_nothing_is_replaced_that_is_not_listed() -> None:
    """The list in the package is the whole list."""
    assert {override.name for override in ALL} == {
        "resolve_by_type",
        "_temporary_tracker",
        "_validate_if_required",
        "_action_call_format",
        "_validate_action_result",
        "merge",
        "sanitize_examples",
    }
    assert overrides.HOLDS_FOR == "3.6.21"


def test_training_data_are_put_together_as_rasa_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same examples in the same order, each once, labels stripped."""

    def parts() -> list[TrainingData]:
        one = [Message.build("查积分", "ask_points "), Message.build("余额", "ask_balance")]
        entities = [{"entity": "amount", "value": "3", "start": 0, "end": 1}]
        two = [Message.build("查积分", "ask_points"), Message.build("3元", "inform", entities)]
        return [TrainingData(one), TrainingData([*two, Message({"action_name": "utter_greet"}), two[1]])]

    rasas = TrainingData().merge(*parts())
    for override in data_overrides.OVERRIDES:
        monkeypatch.setattr(TrainingData, override.name, override.replacement)
    ours = TrainingData().merge(*parts(), None)
    assert [example.data for example in ours.training_examples] == [
        example.data for example in rasas.training_examples
    ]
    assert len(ours.training_examples) == 4
