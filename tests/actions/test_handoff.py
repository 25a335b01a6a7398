"""A person is wanted, and gives the conversation back."""

from __future__ import annotations

from tests.actions.conftest import Customer


async def test_the_wish_for_a_person_goes_to_the_desk_without_a_word(visitor: Customer) -> None:
    """The action promises nothing: only the desk knows whether anybody is there."""
    await visitor.call("action_request_human", "转人工", "request_human")
    (said,) = visitor.said
    assert not said.get("text")
    assert said["custom"]["handoff"]["reason"] == "requested"


async def test_after_a_hand_back_the_bot_knows_what_was_settled(visitor: Customer) -> None:
    """The bot says what was settled, and what it had asked before is forgotten."""
    visitor.slots["pending_action"] = [{"action": "action_points", "parse": {}}]
    await visitor.call("action_handback", "", "EXTERNAL_handback", {"settled": "补了 500 积分"})
    assert "补了 500 积分" in visitor.said[0]["text"]
    assert visitor.slots["pending_action"] is None
