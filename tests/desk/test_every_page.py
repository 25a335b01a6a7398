"""Every page of the desk opens: for who may see everything, with a conversation behind it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from tests.desk.conftest import House
from tests.desk.test_sockets import served

NEITHER = {"/api/desk/socket"}
"""Not fetched: it is a socket."""


async def test_nothing_that_is_fetched_fails(house: House) -> None:
    """Each address is answered or refused with a reason; none ends in a failure of the house."""
    agent = await (await house.agent("xiaoli", "admin")).start()
    customer, ticket = await served(house, agent)
    stranger = await house.customer()
    await stranger.say("你好")
    await stranger.until("echo")
    known = {"ticket": ticket["id"], "conversation": customer.conversation, "name": "points_expiring"}
    pages = {path for method, path in house.routes() if method == "GET" and path.startswith("/api/desk/")}
    assert len(pages) > 20
    failed: dict[str, object] = {}
    for page in sorted(pages - NEITHER):
        path = re.sub(r"{(\w+)}", lambda found: str(known.get(found.group(1), ticket["id"])), page)
        async with agent.http.get(f"{house.base}{path}") as answer:
            if answer.status >= 500:
                failed[path] = await answer.text()
    assert failed == {}


async def test_the_conversations_of_the_bot_are_listed(house: House) -> None:
    """With whose they are and what was said last; page after page."""
    agent = await (await house.agent("xiaoli")).start()
    for words in ("第一位", "第二位"):
        customer = await house.customer()
        await customer.say(words)
        await customer.until(f"echo: {words}")
    listed: list[str] = []
    query = "limit=1"
    for _ in range(2):
        async with agent.http.get(f"{house.base}/api/desk/bot?{query}") as answer:
            assert answer.status == 200
            page = await answer.json()
        (line,) = page["conversations"]
        listed.append(line["last"]["text"])
        assert datetime.fromisoformat(line["at"]) <= datetime.now(UTC)
        query = f"limit=1&cursor={page['next']}"
    assert listed == ["echo: 第二位", "echo: 第一位"]
