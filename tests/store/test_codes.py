"""One-time codes: five tries, five minutes, three messages, and not a word about who is a customer."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.kit.clock import FakeClock
from bot.kit.db import Database
from bot.kit.errors import BadInput
from bot.kit.ids import CustomerId, IdentityId
from bot.store.customers.service import access_customer_by_id
from bot.store.identities.codes import (
    Challenge,
    CodeRules,
    Expired,
    Locked,
    TooManyCodes,
    Wrong,
    check_code,
    start_verification,
)
from bot.store.identities.guard import Limits
from bot.store.identities.service import Verified, access, ensure_identity, revoke, verify_by_merchant
from tests.store.builders import a_customer

PHONE, OTHER, UNKNOWN = "13800138000", "13900139000", "13700137000"
RULES = CodeRules(secret=b"s" * 32, company="回头客商城")
MINUTE = timedelta(minutes=1)


class Visitor:
    """A visitor of the web chat, as the actions see them."""

    def __init__(self, database: Database, clock: FakeClock, identity: IdentityId) -> None:
        self.database, self.clock, self.identity = database, clock, identity

    async def ask(self, number: str = PHONE) -> Challenge | TooManyCodes | Locked:
        async with self.database.write() as session:
            return await start_verification(session, self.identity, number, self.clock(), RULES)

    async def enter(self, code: str) -> Verified | Wrong | Locked | Expired:
        async with self.database.write() as session:
            return await check_code(session, self.identity, code, self.clock(), RULES)

    async def code(self, number: str = PHONE) -> str:
        challenge = await self.ask(number)
        assert isinstance(challenge, Challenge)
        assert challenge.sms is not None
        return challenge.sms.text.split("验证码是 ")[1][:6]

    async def customer(self) -> CustomerId | None:
        async with self.database.read() as session:
            seen = await access(session, self.identity, self.clock())
        return seen.customer_id if seen.verified else None


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


@pytest.fixture
async def customer(database: Database) -> CustomerId:
    async with database.write() as session:
        await a_customer(session, "李四", OTHER)
        return await a_customer(session, phone=PHONE)


async def visit(database: Database, clock: FakeClock, name: str = "v1") -> Visitor:
    async with database.write() as session:
        return Visitor(database, clock, await ensure_identity(session, "web", "shop", name, clock()))


async def test_an_identity_is_made_once(database: Database, clock: FakeClock):
    """The same visitor is the same identity, and begins anonymous."""
    first, second = await visit(database, clock), await visit(database, clock)
    assert first.identity == second.identity
    assert await first.customer() is None


async def test_what_is_no_number_gets_no_code(database: Database, clock: FakeClock):
    """Text that is no number is refused with a sentence."""
    visitor = await visit(database, clock)
    with pytest.raises(BadInput, match="手机号"):
        await visitor.ask("我要查积分")


async def test_the_right_code_verifies_once(database: Database, clock: FakeClock, customer: CustomerId):
    """The code binds the visitor to the customer, for twelve hours, and works only once."""
    visitor = await visit(database, clock)
    code = await visitor.code()
    outcome = await visitor.enter(code)
    assert isinstance(outcome, Verified)
    assert outcome.customer_id == customer
    assert await visitor.customer() == customer
    assert await visitor.enter(code) == Expired()
    clock.advance(timedelta(hours=12))
    assert await visitor.customer() is None


async def test_a_code_lives_five_minutes(database: Database, clock: FakeClock, customer: CustomerId):
    """One second before the end it works for one visitor; at the end it does not for another."""
    in_time, late = await visit(database, clock, "v1"), await visit(database, clock, "v2")
    good, old = await in_time.code(), await late.code()
    clock.advance(5 * MINUTE - timedelta(seconds=1))
    assert isinstance(await in_time.enter(good), Verified)
    clock.advance(timedelta(seconds=1))
    assert await late.enter(old) == Expired()


async def test_a_new_code_ends_the_old_one(database: Database, clock: FakeClock, customer: CustomerId):
    """After asking again only the newest code fits."""
    visitor = await visit(database, clock)
    old, new = await visitor.code(), await visitor.code()
    if old != new:
        assert isinstance(await visitor.enter(old), Wrong)
    assert isinstance(await visitor.enter(new), Verified)


async def test_five_wrong_codes_lock_the_device_for_fifteen_minutes(
    database: Database, clock: FakeClock, customer: CustomerId
):
    """The count goes down to a lock that refuses even the right code, on this device, for any customer."""
    visitor = await visit(database, clock)
    code = await visitor.code()
    for left in (4, 3, 2, 1):
        assert await visitor.enter(wrong(code)) == Wrong(left)
    until = clock() + 15 * MINUTE
    assert await visitor.enter(wrong(code)) == Locked(until)
    assert await visitor.enter(code) == Locked(until)
    assert await visitor.ask(OTHER) == Locked(until)
    clock.advance(15 * MINUTE)
    assert isinstance(await visitor.enter(await visitor.code()), Verified)


async def test_a_lock_never_reaches_another_device(
    database: Database, clock: FakeClock, customer: CustomerId
):
    """Somebody else who guesses at my codes stops neither my right code nor my asking for one."""
    mine, attacker = await visit(database, clock, "mine"), await visit(database, clock, "attacker")
    code = await mine.code()
    theirs = await attacker.code()
    for _ in range(5):
        await attacker.enter(wrong(theirs))
    assert isinstance(await attacker.enter(theirs), Locked)
    assert isinstance(await mine.enter(code), Verified)
    assert isinstance(await (await visit(database, clock, "mine too")).ask(), Challenge)


async def test_a_new_code_brings_no_new_tries(database: Database, clock: FakeClock, customer: CustomerId):
    """Wrong codes are counted across codes: asking again does not start the count again."""
    visitor = await visit(database, clock)
    for left in (4, 3):
        assert await visitor.enter(wrong(await visitor.code())) == Wrong(left)
    code = await visitor.code()
    for left in (2, 1):
        assert await visitor.enter(wrong(code)) == Wrong(left)
    assert isinstance(await visitor.enter(wrong(code)), Locked)


async def guessed_away(database: Database, clock: FakeClock, number: str = PHONE) -> list[object]:
    """Wrong codes from ever new devices until the customer's day has had its twenty; what was answered."""
    answers: list[object] = []
    for name in range(5):
        attacker = await visit(database, clock, f"attacker-{number}-{name}")
        challenge = await attacker.ask(number)
        assert isinstance(challenge, Challenge)
        code = wrong(challenge.sms.text.split("验证码是 ")[1][:6]) if challenge.sms else "000000"
        answers += [await attacker.enter(code) for _ in range(4)]
        clock.advance(10 * MINUTE)
    return answers


async def test_guesses_at_one_customer_are_limited_over_a_day(
    database: Database, clock: FakeClock, customer: CustomerId
):
    """From however many devices: past twenty, each code has one try, until the day is over."""
    assert await guessed_away(database, clock) == [Wrong(4), Wrong(3), Wrong(2), Wrong(1)] * 5
    attacker = await visit(database, clock, "one more")
    code = await attacker.code()
    assert await attacker.enter(wrong(code)) == Expired()
    assert await attacker.enter(code) == Expired()
    clock.advance(timedelta(hours=24))
    code = await attacker.code()
    assert await attacker.enter(wrong(code)) == Wrong(4)


async def test_a_right_code_counts_however_many_wrong_ones_others_entered(
    database: Database, clock: FakeClock, customer: CustomerId
):
    """The customer's own device is neither locked nor limited by the day's guesses of others."""
    await guessed_away(database, clock)
    mine = await visit(database, clock, "mine")
    assert isinstance(await mine.enter(await mine.code()), Verified)


async def test_the_limit_of_a_day_tells_nobody_who_is_a_customer(
    database: Database, clock: FakeClock, customer: CustomerId
):
    """A stranger's number is counted, and answered, as a customer's is."""
    known, unknown = await guessed_away(database, clock), await guessed_away(database, clock, UNKNOWN)
    assert known == unknown
    attacker = await visit(database, clock, "one more")
    assert isinstance(await attacker.ask(UNKNOWN), Challenge)
    assert await attacker.enter("000000") == Expired()


async def test_every_name_of_a_customer_counts_to_the_same(
    database: Database, clock: FakeClock, customer: CustomerId
):
    """Phone and member number, in whatever form, from three devices: three codes in ten minutes."""
    async with database.read() as session:
        found = await access_customer_by_id(session, customer)
    for name, number in enumerate((PHONE, found.member_number, f"+86 {PHONE[:3]}-{PHONE[3:]}")):
        assert isinstance(await (await visit(database, clock, f"v{name}")).ask(number), Challenge)
    for number in (PHONE, found.member_number, found.member_number[2:]):
        assert isinstance(await (await visit(database, clock, "last")).ask(number), TooManyCodes)
    assert isinstance(await (await visit(database, clock, "last")).ask(OTHER), Challenge)


async def test_ten_codes_a_day_for_a_customer_and_for_a_device(
    database: Database, clock: FakeClock, customer: CustomerId
):
    """Slowly, from ever new devices or for ever new numbers, there are no more than ten."""
    start = clock()
    for place in range(10):
        assert isinstance(await (await visit(database, clock, f"v{place}")).ask(), Challenge)
        assert isinstance(await (await visit(database, clock, "same")).ask(f"1370013700{place}"), Challenge)
        clock.advance(10 * MINUTE)
    day = timedelta(days=1)
    assert await (await visit(database, clock, "new")).ask() == TooManyCodes(start + day)
    assert await (await visit(database, clock, "same")).ask(OTHER) == TooManyCodes(start + day)
    assert isinstance(await (await visit(database, clock, "new")).ask(OTHER), Challenge)


async def test_strangers_who_ask_for_my_codes_cannot_keep_me_out(
    database: Database, clock: FakeClock, customer: CustomerId
):
    """A device on which I proved myself before still gets a code when strangers used up the day's."""
    mine = await visit(database, clock, "mine")
    assert isinstance(await mine.enter(await mine.code()), Verified)
    for place in range(12):
        await (await visit(database, clock, f"stranger {place}")).ask()
        clock.advance(10 * MINUTE)
    assert isinstance(await (await visit(database, clock, "stranger")).ask(), TooManyCodes)
    assert isinstance(await mine.enter(await mine.code()), Verified)


async def test_an_address_and_the_house_have_a_day_as_well(database: Database, clock: FakeClock):
    """Many numbers from one address, or known ones from many: no more than the settings say."""
    async with database.write() as session:
        for place in range(8):
            await a_customer(session, phone=f"1360013600{place}")
    rules = replace(RULES, limits=Limits(sends_address=3, sends_all=5))

    async def ask(name: str, number: str, address: str) -> object:
        visitor = await visit(database, clock, name)
        async with database.write() as session:
            return await start_verification(session, visitor.identity, number, clock(), rules, address)

    for place in range(3):
        assert isinstance(await ask(f"a{place}", f"1360013600{place}", "here"), Challenge)
    until = clock() + timedelta(days=1)
    assert await ask("a3", "13600136003", "here") == TooManyCodes(until)
    assert await ask("a3", UNKNOWN, "here") == TooManyCodes(until)
    for place in (3, 4):
        assert isinstance(await ask(f"b{place}", f"1360013600{place}", f"there {place}"), Challenge)
    assert await ask("c", "13600136005", "elsewhere") == TooManyCodes(until)
    clock.advance(timedelta(days=1))
    assert isinstance(await ask("c", "13600136005", "here"), Challenge)


async def test_what_asks_at_the_same_moment_is_counted_one_by_one(
    database: Database, clock: FakeClock, customer: CustomerId
):
    """Ten devices at once, one customer: three codes."""
    devices = [await visit(database, clock, f"v{place}") for place in range(10)]
    outcomes = await asyncio.gather(*(device.ask() for device in devices))
    assert sum(isinstance(each, Challenge) for each in outcomes) == 3


async def test_three_codes_in_ten_minutes(database: Database, clock: FakeClock, customer: CustomerId):
    """The fourth code has to wait, for the visitor with any number and for the number with any visitor."""
    visitor, other = await visit(database, clock, "v1"), await visit(database, clock, "v2")
    start = clock()
    for _ in range(3):
        assert isinstance(await visitor.ask(), Challenge)
        clock.advance(MINUTE)
    assert await visitor.ask() == TooManyCodes(start + 10 * MINUTE)
    assert isinstance(await visitor.ask(OTHER), TooManyCodes)
    assert isinstance(await other.ask(PHONE), TooManyCodes)
    clock.set(start + 10 * MINUTE)
    assert isinstance(await visitor.ask(), Challenge)


async def test_an_unknown_number_looks_like_a_known_one(
    database: Database, clock: FakeClock, customer: CustomerId
):
    """Every answer to a stranger's number is the answer to a customer's; only no message leaves the house."""
    answers: list[list[object]] = []
    for name, number in (("v1", PHONE), ("v2", UNKNOWN)):
        visitor = await visit(database, clock, name)
        challenge = await visitor.ask(number)
        assert isinstance(challenge, Challenge)
        assert (challenge.sms is None) == (number == UNKNOWN)
        seen: list[object] = [challenge.expires_at, len(challenge.sent_to)]
        # The right code of the stranger's number cannot be known; a wrong one has to be, in both cases.
        code = wrong(challenge.sms.text.split("验证码是 ")[1][:6]) if challenge.sms else "000000"
        seen += [await visitor.enter(code) for _ in range(6)]
        seen += [await visitor.ask(number)]
        answers.append(seen)
    assert answers[0] == answers[1]


async def test_what_is_no_code_is_not_counted(database: Database, clock: FakeClock, customer: CustomerId):
    """Fewer digits or letters are a slip, not a guess; full-width digits and spaces are fine."""
    visitor = await visit(database, clock)
    code = await visitor.code()
    for slip in ("", "12345", "1234567", "abcdef", "١٢٣٤٥٦"):
        with pytest.raises(BadInput, match="6 位"):
            await visitor.enter(slip)
    spaced = code[:3] + " " + code[3:]
    assert isinstance(await visitor.enter(spaced), Verified)


async def test_another_customers_proof_ends_the_former_access(
    database: Database, clock: FakeClock, customer: CustomerId
):
    """Asking for another number changes nothing yet; proving it takes the visitor away from the first."""
    visitor = await visit(database, clock)
    await visitor.enter(await visitor.code(PHONE))
    code = await visitor.code(OTHER)
    assert await visitor.customer() == customer
    assert isinstance(await visitor.enter(code), Verified)
    assert await visitor.customer() not in (None, customer)


async def test_a_revoked_identity_sees_nothing_until_a_new_proof(
    database: Database, clock: FakeClock, customer: CustomerId
):
    """Revoking ends the access at once."""
    visitor = await visit(database, clock)
    await visitor.enter(await visitor.code())
    async with database.write() as session:
        await revoke(session, visitor.identity, clock())
    assert await visitor.customer() is None
    assert isinstance(await visitor.enter(await visitor.code()), Verified)
    assert await visitor.customer() == customer


async def test_the_merchants_word_verifies_at_once(
    database: Database, clock: FakeClock, customer: CustomerId
):
    """A signed token's member number binds the visitor."""
    visitor = await visit(database, clock)
    async with database.write() as session:
        outcome = await verify_by_merchant(session, visitor.identity, PHONE, clock())
    assert outcome.customer_id == customer
    assert await visitor.customer() == customer


async def test_simultaneous_guesses_are_all_counted(
    database: Database, clock: FakeClock, customer: CustomerId
):
    """Twenty guesses at the same moment are still five tries and a lock."""
    visitor = await visit(database, clock)
    code = await visitor.code()
    outcomes = await asyncio.gather(*(visitor.enter(wrong(code)) for _ in range(20)))
    assert sorted(each.tries_left for each in outcomes if isinstance(each, Wrong)) == [1, 2, 3, 4]
    assert sum(isinstance(each, Locked) for each in outcomes) == 16


async def test_one_code_sent_twice_at_once_verifies_once(
    database: Database, clock: FakeClock, customer: CustomerId
):
    """A double click does not count as a wrong code, and the code is used up by the first."""
    visitor = await visit(database, clock)
    code = await visitor.code()
    outcomes = await asyncio.gather(visitor.enter(code), visitor.enter(code))
    assert {type(each) for each in outcomes} == {Verified, Expired}
