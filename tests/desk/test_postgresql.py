"""The same stories on PostgreSQL: where rows are locked one by one, and a trigger fills the outbox."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from tests.desk import (
    test_alarms,
    test_api,
    test_handoff,
    test_intake,
    test_operations,
    test_sockets,
    test_webhooks,
)
from tests.desk.conftest import House, running_house
from tests.desk.test_webhooks import Receiver
from tests.store.postgres import Server, with_template

Story = Callable[[House], Awaitable[None]]
STORIES: tuple[Story, ...] = (
    test_handoff.test_a_person_takes_over_answers_and_hands_back,
    test_sockets.test_a_cut_socket_misses_nothing_and_doubles_nothing,
    test_operations.test_points_move_only_when_the_customer_confirms,
    test_intake.test_the_agent_starts_informed,
    test_api.test_another_system_opens_reads_writes_and_closes,
    test_alarms.test_promises_are_counted_for_who_kept_or_broke_them,
)
receiver = test_webhooks.receiver


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One private server, with a migrated template."""
    with with_template("template_desk") as made:
        yield made


@pytest.fixture
async def postgres_house(server: Server, tmp_path: Path) -> AsyncIterator[House]:
    """A house on a fresh database."""
    name = f"desk_{abs(hash(tmp_path))}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE template_desk")
    async with running_house(tmp_path, server.url(name)) as made:
        assert not made.parts.database.is_sqlite
        yield made
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__.removeprefix("test_"))
async def test_a_story_ends_the_same(postgres_house: House, story: Story) -> None:
    """What the desk promises holds on both databases."""
    await story(postgres_house)


async def test_the_outbox_is_filled_by_the_trigger(postgres_house: House, receiver: Receiver) -> None:
    """Also here each event is told once, signed and in full."""
    await test_webhooks.test_what_happens_is_told_once_signed_and_in_full(postgres_house, receiver)
