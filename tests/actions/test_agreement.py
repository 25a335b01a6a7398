"""What the brain expects of the actions, they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from actions.base import wanted_by
from actions.host import make_executor
from actions.tasks.task import FORM, Task

ROOT = Path(__file__).parents[2]


def rules() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for path in sorted((ROOT / "data" / "rules").glob("*.yml")):
        found += YAML(typ="safe").load(path.read_text("utf-8"))["rules"]
    return found


def test_every_action_of_the_domain_exists_and_none_is_forgotten() -> None:
    """The two lists are one."""
    domain = YAML(typ="safe").load((ROOT / "domain.yml").read_text("utf-8"))
    declared = {each if isinstance(each, str) else next(iter(each)) for each in domain["actions"]}
    assert declared == set(make_executor().actions)


def test_an_intents_rule_leads_to_the_action_that_says_so() -> None:
    """What answers a wish alone answers it too when it is one of several."""
    make_executor()
    for rule in rules():
        first, *rest = rule["steps"]
        intent = first.get("intent")
        if intent is None or "condition" in rule or intent == "several_requests":
            continue
        action = wanted_by(intent)
        if action is not None:
            assert rest[0]["action"] == action.name(), rule["rule"]
            assert (isinstance(action, Task)) == ({"action": FORM} in rest), rule["rule"]


def test_every_answer_to_an_intent_has_a_title() -> None:
    """The identity form names what the proof is for; an interrupted task is called by its name."""
    make_executor()
    intents = [rule["steps"][0].get("intent") for rule in rules()]
    wanted = [action for intent in intents if intent and (action := wanted_by(intent))]
    assert wanted
    assert [action.name() for action in wanted if not action.title] == []
