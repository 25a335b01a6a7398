"""Guessing passwords: it is stopped, and stops nobody but who guesses."""

from __future__ import annotations

import pytest

from bot.desk.agents.guard import LoginLocked, count_failure, counts
from bot.desk.agents.sessions import BadLogin, SignedIn
from tests.desk.conftest import PASSWORD, Agent, House

HERE, THERE = "203.0.113.1", "198.51.100.7"


async def counted_only(house: House, login: str, address: str, count: int, device: str = "") -> None:
    """So many wrong passwords as the database sees them: hashing each is what makes them slow."""
    counted = counts(login, address, house.parts.desk.sessions.devices.read(device, login))
    async with house.parts.database.write() as session:
        for _ in range(count):
            await count_failure(session, counted, house.parts.clock())


async def tries(house: House, login: str, address: str, count: int, device: str = "") -> None:
    """So many wrong passwords, the last of which is entered and refused as wrong."""
    await counted_only(house, login, address, count - 1, device)
    with pytest.raises(BadLogin):
        await house.parts.desk.sessions.sign_in(login, "wrong password", address, device)


async def enter(
    house: House, login: str, address: str, device: str = "", password: str = PASSWORD
) -> SignedIn:
    return await house.parts.desk.sessions.sign_in(login, password, address, device)


async def test_who_guesses_locks_their_own_address_only(house: House) -> None:
    """Five wrong ones there; a colleague elsewhere comes in with the right one."""
    await house.agent("xiaoli")
    await tries(house, "xiaoli", THERE, 5)
    with pytest.raises(LoginLocked):
        await enter(house, "xiaoli", THERE)
    assert (await enter(house, "xiaoli", HERE)).login == "xiaoli"


async def test_ones_own_browser_is_not_locked_by_who_guesses_beside_it(house: House) -> None:
    """Behind the same address: the browser in which somebody signed in before has tries of its own."""
    agent = await (await house.agent("xiaoli")).sign_in()
    await tries(house, "xiaoli", "127.0.0.1", 5)
    status, _ = await agent.post("/login", login="xiaoli", password=PASSWORD)
    assert status == 200
    await with_no_cookies(agent, house)


async def test_a_browser_is_ones_own_only_for_oneself(house: House) -> None:
    """Another's cookie, a forged one, and a stolen one's five tries open nothing."""
    await house.agent("xiaoli")
    await house.agent("xiaowang")
    devices = house.parts.desk.sessions.devices
    await tries(house, "xiaowang", THERE, 5)
    for cookie in (devices.issue("xiaoli"), "forged.00", "", ".", "密码.密码"):
        with pytest.raises(LoginLocked):
            await enter(house, "xiaowang", THERE, cookie)
    own = devices.issue("xiaowang")
    await tries(house, "xiaowang", THERE, 5, own)
    with pytest.raises(LoginLocked):
        await enter(house, "xiaowang", THERE, own)


async def test_many_names_from_one_address_are_one_guesser(house: House) -> None:
    """Thirty wrong ones, whatever names were tried: then the address waits, and no other."""
    await house.agent("xiaoli")
    for name in range(10):
        await counted_only(house, f"nobody{name}", THERE, 3)
    with pytest.raises(LoginLocked):
        await enter(house, "xiaoli", THERE)
    assert (await enter(house, "xiaoli", HERE)).login == "xiaoli"


async def test_a_name_has_a_hundred_tries_a_day_from_everywhere(house: House) -> None:
    """Ever new addresses do not help; the agent's own browser still opens."""
    await house.agent("xiaoli")
    for place in range(25):
        await counted_only(house, "xiaoli", f"10.0.0.{place}", 4)
    with pytest.raises(LoginLocked):
        await enter(house, "xiaoli", HERE)
    own = house.parts.desk.sessions.devices.issue("xiaoli")
    assert (await enter(house, "xiaoli", HERE, own)).login == "xiaoli"


async def test_a_name_that_reads_like_a_count_locks_nobody(house: House) -> None:
    """What is typed as a name never is another's count: an address's, or a browser's."""
    await house.agent("xiaoli")
    for victim in counts("xiaoli", HERE, None)[:2] + counts("xiaoli", HERE, "n" * 20):
        await tries(house, victim.subject, THERE, 2)
    await tries(house, "xiaoli", HERE, 4)
    assert (await enter(house, "xiaoli", HERE)).login == "xiaoli"


async def test_the_wait_that_is_named_is_the_wait(house: House) -> None:
    """In minutes, for HTTP in seconds; and what else it names helps at once: a new password."""
    admin = await (await house.agent("boss", "admin")).sign_in()
    agent = await house.agent("xiaoli")
    for _ in range(5):
        await agent.post("/login", login="xiaoli", password="wrong password")
    status, body = await agent.post("/login", login="xiaoli", password=PASSWORD)
    assert status == 429
    assert "15 分钟后再试，或者请管理员重置密码" in body["error"]["message"]
    assert 14 * 60 < body["error"]["retry_after"] <= 15 * 60
    found = (await admin.get("/agents"))["agents"]
    id_ = next(each["id"] for each in found if each["login"] == "xiaoli")
    _, made = await admin.post(f"/agents/{id_}/password")
    assert (await agent.post("/login", login="xiaoli", password=made["password"]))[0] == 200


@pytest.mark.parametrize("where", ["the name here", "the address", "the name everywhere", "the browser"])
async def test_a_new_password_lifts_every_lock(house: House, where: str) -> None:
    """Whatever locked the colleague out, the reset is what brings them in."""
    admin = await (await house.agent("boss", "admin")).sign_in()
    agent = await house.agent("xiaoli")
    device = house.parts.desk.sessions.devices.issue("xiaoli") if where == "the browser" else ""
    if where == "the address":
        for name in range(10):
            await counted_only(house, "xiaoli" if name == 0 else f"nobody{name}", HERE, 3)
    elif where == "the name everywhere":
        for place in range(25):
            await counted_only(house, "xiaoli", f"10.0.0.{place}", 4)
    else:
        await tries(house, "xiaoli", HERE, 5, device)
    with pytest.raises(LoginLocked):
        await enter(house, "xiaoli", HERE, device)
    found = (await admin.get("/agents"))["agents"]
    agent.id = next(each["id"] for each in found if each["login"] == "xiaoli")
    _, made = await admin.post(f"/agents/{agent.id}/password")
    assert (await enter(house, "xiaoli", HERE, device, made["password"])).login == "xiaoli"


async def test_a_wrong_old_password_locks_that_session_only(house: House) -> None:
    """Whoever found an open desk cannot guess on, and the colleague signs in elsewhere."""
    agent = await (await house.agent("xiaoli")).sign_in()
    for number in range(5):
        status, _ = await agent.post("/password", old=f"wrong {number}", new="我的新密码现在够长了吧")
        assert status == 401
    status, _ = await agent.post("/password", old=PASSWORD, new="我的新密码现在够长了吧")
    assert status == 429
    assert (await enter(house, "xiaoli", HERE)).login == "xiaoli"


async def test_sign_ins_are_counted(house: House) -> None:
    """Right, wrong and locked ones stand in the metrics."""
    await house.agent("xiaoli")
    await tries(house, "xiaoli", THERE, 5)
    with pytest.raises(LoginLocked):
        await enter(house, "xiaoli", THERE)
    await enter(house, "xiaoli", HERE)
    read = house.parts.metrics.registry.get_sample_value
    events = ("ok", "wrong", "locked")
    assert [read("huitouke_desk_sign_ins_total", {"event": event}) for event in events] == [1, 1, 1]


async def with_no_cookies(agent: Agent, house: House) -> None:
    """The same address without the browser's cookie stays locked."""
    with pytest.raises(LoginLocked):
        await enter(house, agent.login, "127.0.0.1")
