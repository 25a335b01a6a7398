"""Rasa's rules, found by what just happened instead of tried one after the other."""

from __future__ import annotations

from typing import Any, NamedTuple, cast

from rasa.core.constants import POLICY_MAX_HISTORY
from rasa.core.policies.rule_policy import (
    DO_NOT_PREDICT_LOOP_ACTION,
    LOOP_WAS_INTERRUPTED,
    RULES,
    RULES_FOR_LOOP_UNHAPPY_PATH,
    RulePolicy,
)
from rasa.shared.core.constants import ACTION_LISTEN_NAME, PREVIOUS_ACTION, USER
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.trackers import DialogueStateTracker, get_active_loop_name
from rasa.shared.nlu.constants import ACTION_NAME, INTENT, TEXT

from bot.brain.window import WindowTracker

Where = tuple[str | None, str | None]
"""The previous action and the intent of the state a rule ends in."""


class _Rule(NamedTuple):
    key: str
    action: str
    states: list[State]
    """Latest first."""


class IndexedRulePolicy(RulePolicy):
    """Decides exactly as RulePolicy does, from the same trained data.

    RulePolicy (3.6.21) tries every rule against every past state, and does so twice, once as if the text had
    been the input. Here only rules that end in the present state are tried, against as many states as they
    have; rules on text, of which we have none, make it step back to Rasa's way.
    """

    def __init__(self, config: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(config, *args, **kwargs)  # pyright: ignore[reportCallIssue]
        assert self.config[POLICY_MAX_HISTORY] is None
        self._rules = self._indexed(self.lookup.get(RULES, {}))
        self._interruptions = self._indexed(self.lookup.get(RULES_FOR_LOOP_UNHAPPY_PATH, {}))
        self._reads_text = any(
            state.get(USER, {}).get(TEXT)
            for index in (self._rules, self._interruptions)
            for rules in index.values()
            for rule in rules
            for state in rule.states
        )

    def _indexed(self, lookup: dict[str, str]) -> dict[Where, list[_Rule]]:
        index: dict[Where, list[_Rule]] = {}
        for key, action in lookup.items():
            states = self._rule_key_to_state(key)[::-1]
            index.setdefault(_where(states[0]), []).append(_Rule(key, action, states))
        return index

    def _find_action_from_rules(
        self, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
    ) -> tuple[str | None, str | None, bool]:
        if self._reads_text or not isinstance(tracker, WindowTracker):
            return super()._find_action_from_rules(tracker, domain, use_text_for_last_user_input)
        if use_text_for_last_user_input:
            return None, None, False

        matching = self._matching(self._rules, tracker, domain)
        best = max(matching, key=lambda rule: len(rule.key)) if matching else None
        action = best.action if best else None
        source = best.key if best else None
        resumed = False
        if tracker.active_loop_name:
            conditions = {rule.action for rule in self._matching(self._interruptions, tracker, domain)}
            if best and action == ACTION_LISTEN_NAME and not get_active_loop_name(best.states[0]):
                if DO_NOT_PREDICT_LOOP_ACTION not in conditions:
                    return tracker.active_loop_name, source, False
                action = None
            resumed = LOOP_WAS_INTERRUPTED in conditions
        return action, source or "", resumed

    def _matching(
        self, index: dict[Where, list[_Rule]], tracker: WindowTracker, domain: Domain
    ) -> list[_Rule]:
        states = [tracker.state_before(domain, 0) or {}]
        action, intent = _where(states[0])
        places = {(action, intent), (action, None)}
        return [
            rule
            for place in places
            for rule in index.get(place, ())
            if self._matches(rule, states, tracker, domain)
        ]

    def _matches(self, rule: _Rule, states: list[State], tracker: WindowTracker, domain: Domain) -> bool:
        """`RulePolicy._is_rule_applicable` for each state of the rule; `states` grows as far as one looks."""
        for steps, wanted in enumerate(rule.states):
            if steps == len(states):
                state = tracker.state_before(domain, steps)
                if state is None:
                    return True
                states.append(state)
            happened, expected = states[steps].get(PREVIOUS_ACTION), wanted.get(PREVIOUS_ACTION)
            if not expected and not happened:
                continue
            if not expected or not happened:
                return False
            if not self._does_rule_match_state(wanted, states[steps]):
                return False
        return True


def _where(state: State) -> Where:
    action, intent = (state.get(PREVIOUS_ACTION) or {}).get(ACTION_NAME), (state.get(USER) or {}).get(INTENT)
    return cast(Where, (action, intent))
