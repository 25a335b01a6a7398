"""The states policies decide on, from what was noted when they passed."""

from __future__ import annotations

from typing import Any, NamedTuple, cast

from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import UserUttered


class Moment(NamedTuple):
    """What the state before an action is made of."""

    message: UserUttered | None
    action: dict[str, str] | None
    loop: str | None
    slots: tuple[tuple[str, tuple[float, ...]], ...]


def state_of(domain: Domain, moment: Moment) -> State:
    """The state as `Domain.get_active_state` builds it (3.6.21)."""
    state: dict[str, Any] = {}
    if moment.message and not moment.message.is_empty():
        state["user"] = _user(domain, moment.message)
    slots = {name: feature for name, feature in moment.slots if any(feature)}
    if slots:
        state["slots"] = slots
    if moment.action:
        state["prev_action"] = moment.action
    if moment.loop:
        state["active_loop"] = {"name": moment.loop}
    return cast(State, state)


def _user(domain: Domain, message: UserUttered) -> dict[str, Any]:
    sub_state: dict[str, Any] = message.as_sub_state()
    entities = sub_state.pop("entities", None)
    if entities:
        featurized = domain._get_featurized_entities(message).intersection(entities)
        if featurized:
            sub_state["entities"] = tuple(sorted(featurized))
    return sub_state
