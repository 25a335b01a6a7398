"""PostgreSQL: what matters most in both channels once more, and two real processes, one of them killed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.channels.conftest import APP, CORP, Town
from tests.channels.processes import serve
from tests.channels.wechat import test_failures as failures
from tests.channels.wechat import test_talk as talk
from tests.channels.wecom import test_talk as wecom_talk
from tests.store.postgres import Server, with_template

_numbers = count(1)

# These run here once more, on this database.
test_a_quota_used_up_holds = failures.test_a_quota_used_up_holds_and_the_next_word_releases
test_a_sender_that_died_in_a_call_is_not_repeated = failures.test_a_sender_that_died_in_a_call_is_not_repeated
test_many_messages_fetch_one_token = failures.test_many_messages_fetch_one_token
test_notices_by_template_and_by_consent = failures.test_notices_by_template_and_by_consent
test_a_bare_number_chooses_too = talk.test_a_bare_number_chooses_too
test_a_known_follower_is_greeted = talk.test_a_known_follower_is_greeted_with_what_presses
test_three_deliveries_make_one_message = talk.test_three_deliveries_make_one_message
test_two_servers_pull_each_message_once = wecom_talk.test_two_servers_pull_each_message_once
test_with_a_colleague_nothing_is_sent = wecom_talk.test_while_a_colleague_has_the_session_nothing_is_sent


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    """A private server, with a migrated template."""
    with with_template("template_huitouke") as server:
        yield server


@pytest.fixture
def database_url(postgres: Server) -> Iterator[str]:
    """The address of a fresh, migrated database; every `town` here lives in it."""
    name = f"wechat_{next(_numbers)}"
    postgres.execute(f"CREATE DATABASE {name} TEMPLATE template_huitouke")
    yield postgres.url(name)
    postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def test_of_two_processes_one_is_killed_between_acknowledgement_and_answer(
    town: Town, tmp_path: Path, database_url: str
) -> None:
    """Both take callbacks, pull, and fetch tokens; the dead one's turns are taken by the other, once each."""
    await town.server.close()
    brain_url = str(town.thinking.make_url("")).rstrip("/")
    accounts = tmp_path / "accounts.toml"
    first, second = await asyncio.gather(
        *(serve(tmp_path, accounts, database_url, brain_url) for _ in range(2))
    )
    try:
        town.brain.gate.clear()
        town.platform.accounts[APP].callback = f"{first.url}/api/wechat/main"
        fans = [town.official(f"o-{number}") for number in range(3)]
        acknowledged = await asyncio.gather(*(who.say("你好") for who in fans))
        assert acknowledged == [1, 1, 1]
        await town.until(lambda: len(town.brain.asked) == 3)

        # Half of the calls reach the one, half the other; both look for what there is to pull.
        whos = [town.wecom(f"wm-{number}") for number in range(3)]
        for number in range(6):
            url = (first, second)[number % 2].url
            town.platform.accounts[CORP].callback = f"{url}/api/wecom/main"
            await whos[number % 3].say(f"第{number}句")
        await town.until(lambda: len(town.brain.asked) >= 6)
        await first.kill()
        town.platform.accounts[APP].callback = f"{second.url}/api/wechat/main"
        town.platform.accounts[CORP].callback = f"{second.url}/api/wecom/main"
        town.brain.gate.set()
        assert await fans[0].say("还在吗") == 1

        for who in fans[1:]:
            assert await town.shown(who, 1) == ["echo: 你好"]
        assert await town.shown(fans[0], 2) == ["echo: 你好", "echo: 还在吗"]
        for number, who in enumerate(whos):
            assert await town.shown(who, 2) == [f"echo: 第{number}句", f"echo: 第{number + 3}句"]
        tokens = Counter(path for path, _ in town.platform.calls if "token" in path)
        assert tokens == {"/cgi-bin/stable_token": 1, "/cgi-bin/gettoken": 1}
        assert sorted(await town.texts("customer")) == sorted(
            ["你好"] * 3 + ["还在吗"] + [f"第{number}句" for number in range(6)]
        )
    finally:
        await asyncio.gather(first.kill(), second.kill())
