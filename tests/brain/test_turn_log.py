"""Turns are kept, once each, in SQLite and in PostgreSQL."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.brain.turn_log import KEPT_ANSWERS, Conflict, Turn, TurnLog
from tests.brain.postgres import NotInstalled, running


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """The URL of a private PostgreSQL."""
    try:
        with running() as url:
            yield url
    except NotInstalled as error:
        pytest.skip(str(error))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new' / 'brain.db'}"
    return request.getfixturevalue("postgres")


@pytest.fixture
def turns(url: str) -> Iterator[TurnLog]:
    log = TurnLog.open(url)
    asyncio.run(_empty(log))
    yield log
    log.close()


async def _empty(log: TurnLog) -> None:
    for conversation in await log.keys():
        await log.forget(conversation)


def turn(n: int, whole: bool = False, message_id: str | None = None) -> Turn:
    return Turn(n, message_id or f"m-{n}", whole, f'["事件 {n}"]', f'{{"answer": {n}}}')


async def test_an_unknown_conversation_has_no_turns(turns: TurnLog) -> None:
    """Nothing is made by asking."""
    assert await turns.latest("c") == 0
    assert await turns.load("c") == []
    assert await turns.keys() == []


async def test_what_is_appended_is_loaded(turns: TurnLog) -> None:
    """In order, and each conversation its own."""
    await turns.append("a", turn(1))
    await turns.append("a", turn(2))
    await turns.append("b", turn(1))
    assert await turns.load("a") == [turn(1), turn(2)]
    assert await turns.latest("a") == 2
    assert sorted(await turns.keys()) == ["a", "b"]


async def test_a_number_is_taken_once(turns: TurnLog) -> None:
    """The second of two brains is told."""
    await turns.append("a", turn(1))
    with pytest.raises(Conflict):
        await turns.append("a", turn(1, message_id="other"))
    assert await turns.load("a") == [turn(1)]


async def test_a_message_is_taken_once(turns: TurnLog) -> None:
    """Also under another number."""
    await turns.append("a", turn(1))
    with pytest.raises(Conflict):
        await turns.append("a", turn(2, message_id="m-1"))
    await turns.append("a", turn(2))


async def test_rows_do_not_pile_up(turns: TurnLog) -> None:
    """A turn that holds everything lets the old ones go, all but the answers that may be asked for again."""
    for n in range(1, 101):
        await turns.append("a", turn(n, whole=n % 10 == 0))
    kept = await turns.load("a")
    assert kept[0].n == 100 - KEPT_ANSWERS + 1
    assert kept[-1].n == 100


async def test_a_conversation_can_be_forgotten(turns: TurnLog) -> None:
    """Without a trace, and the others stay."""
    await turns.append("a", turn(1))
    await turns.append("b", turn(1))
    await turns.forget("a")
    assert await turns.keys() == ["b"]


async def test_a_commit_survives_the_death_of_the_process(url: str, turns: TurnLog) -> None:
    """Killed right after appending, the turn is there."""
    script = (
        "import asyncio, os, signal\n"
        "from bot.brain.turn_log import Turn, TurnLog\n"
        f"log = TurnLog.open({url!r})\n"
        "asyncio.run(log.append('dead', Turn(1, 'm', False, '[]', '{}')))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-W", "ignore", "-c", script)
    assert await process.wait() == -9
    assert await turns.latest("dead") == 1


def test_another_database_is_refused() -> None:
    """With the name of the setting."""
    with pytest.raises(ValueError, match="BRAIN_DATABASE_URL"):
        TurnLog.open("mysql://x/y")


def test_brains_that_start_at_once_on_a_new_log_all_start(tmp_path: Path) -> None:
    """Whichever of them makes the tables, none ends with an error."""
    for number in range(10):
        log = f"sqlite:///{tmp_path / f'{number}.db'}"
        with ThreadPoolExecutor(8) as brains:
            for opened in list(brains.map(TurnLog.open, [log] * 8)):
                opened.close()
