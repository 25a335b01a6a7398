"""A company's own data: every mistake is named, a file comes in whole or not at all, and again is safe."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from bot.kit.db import Database
from bot.kit.errors import BadInput
from bot.migrations import upgrade
from bot.store.cards.reads import balance_by_card
from bot.store.complaints.reads import complaint_status
from bot.store.customers.models import Customer
from bot.store.customers.service import find_customer
from bot.store.dealers.service import check_dealer
from bot.store.demo import seed
from bot.store.exchange.importer import ImportReport, import_folder
from bot.store.exchange.writing import write_folder
from bot.store.ledger.audit import audit
from bot.store.orders.reads import recent_orders
from bot.store.points.reads import points_summary
from tests.store.conftest import NOW

GOOD = {
    "tiers.csv": "code,name,rank,threshold,key_account\nbasic,普通会员,0,0,no\ngold,金卡,1,8000,是\n",
    "card_types.csv": "code,name\nstored,储值卡\n",
    "customers.csv": "external_id,name,phone,tier,birthday\n"
    "C1,王小明,138 0013 8000,gold,1980/5/6\nC2,李四,,,\n",
    "points.csv": "external_id,customer,points,earned_at,expires_on\n"
    "P1,C1,300,2026-03-01,2026-12-31\nP2,C1,50,2026-03-01 08:00,\nP3,C2,7,2026-03-01T08:00:00Z,\n",
    "cards.csv": "number,customer,type,principal,bonus,valid_until\n62050001,C1,stored,120.5,1,2027-03-01\n",
    "orders.csv": "number,line,customer,placed_at,state,discount,sku,name,quantity,unit_price\n"
    "D1,1,C1,2026-11-01,completed,10,P-1,大米,2,45.90\nD1,2,C1,2026-11-01,completed,10,P-2,油,1,129\n",
    "complaints.csv": "external_id,customer,subject,body,state,received_at,first_reply_at\n"
    "K1,C1,快递没到,一周了,investigating,2026-11-20 10:00,2026-11-20 12:00\n",
    "bills.csv": "number,line,customer,period_from,period_to,name,amount\n"
    "B1,1,C1,2026-10-01,2026-10-31,月租,99\nB1,2,C1,2026-10-01,2026-10-31,优惠,-5\n",
    "consents.csv": "external_id,customer,purpose,decision,text_version,evidence,at\n"
    "S1,C1,marketing,given,v1,注册页,2026-01-01\n",
    "dealers.csv": "number,name,as_of,valid_from,valid_until\nA1,长江通信,2026-11-01,2026-01-01,2026-12-31\n",
}  # fmt: skip


def folder_of(tmp_path: Path, files: dict[str, str]) -> Path:
    folder = tmp_path / "data"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*"):
        old.unlink()
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    return folder


async def load(database: Database, tmp_path: Path, files: dict[str, str], dry: bool = False) -> ImportReport:
    return await import_folder(database, folder_of(tmp_path, files), NOW, dry=dry)


def mistakes(report: ImportReport) -> list[tuple[str, int, str]]:
    return [(each.file, each.line, each.column) for file in report.files for each in file.problems]


async def customers(database: Database) -> int:
    async with database.read() as session:
        assert await audit(session) == []
        return (await session.execute(select(func.count()).select_from(Customer))).scalar_one()


async def test_a_folder_without_our_files_is_refused(database: Database, tmp_path: Path):
    """A wrong path says which files there could be."""
    for folder in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(BadInput, match=r"customers\.csv"):
            await import_folder(database, folder, NOW)


PEOPLE = "external_id,name"
POINTS = "external_id,customer,points,earned_at\n"
CARDS = "number,customer,type,principal\n"
ORDERS = "number,line,customer,placed_at,state,discount,sku,name,quantity,unit_price\n"
COMPLAINTS = "external_id,customer,subject,body,state,received_at,first_reply_at\n"
DEALERS = "number,name,as_of,valid_from,valid_until\n"


def order(line: str, day: int = 1, discount: int = 0) -> str:
    return f"{line},C1,2026-11-{day:02d},paid,{discount},P,米,1,1\n"


WRONG = [
    ("customers.csv", "", 1, "", "empty"),
    ("customers.csv", "external_id\nC1\n", 1, "name", "required"),
    ("customers.csv", f"{PEOPLE},nickname\nC1,王,x\n", 1, "nickname", "unknown column"),
    ("customers.csv", f"{PEOPLE},name\nC1,王,x\n", 1, "name", "twice"),
    ("customers.csv", f"{PEOPLE}\nC1\n", 2, "", "1 cells"),
    ("customers.csv", f"{PEOPLE}\nC1,\n", 2, "name", "empty"),
    ("customers.csv", f'{PEOPLE}\nC1,"王\n', 2, "", "CSV"),
    ("customers.csv", f"{PEOPLE}\nC1,王\nC1,李\n", 3, "external_id", "twice"),
    ("customers.csv", f"{PEOPLE}\nC1,王\x00\n", 2, "", "NUL"),
    ("customers.csv", f"{PEOPLE},phone\nC1,王,12\n", 2, "phone", "not a phone"),
    ("customers.csv", f"{PEOPLE},phone\nA,王,13600136000\nB,李,+8613600136000\n", 3, "phone", "another"),
    ("customers.csv", f"{PEOPLE},tier\nC1,王,platinum\n", 2, "tier", "tiers.csv"),
    ("customers.csv", f"{PEOPLE},birthday\nC1,王,1980-02-30\n", 2, "birthday", "no such day"),
    ("customers.csv", f"{PEOPLE},member_number\nC1,王,HM1\n", 2, "member_number", "eight digits"),
    ("customers.csv", f"{PEOPLE}\n{'C' * 65},王\n", 2, "external_id", "64"),
    ("points.csv", f"{POINTS}P9,NOBODY,5,2026-01-01\n", 2, "customer", "customers.csv"),
    ("points.csv", f"{POINTS}P1,C1,0,2026-01-01\n", 2, "points", "between"),
    ("points.csv", f"{POINTS}P1,C1,1.5,2026-01-01\n", 2, "points", "whole"),
    ("points.csv", f"{POINTS}P1,C1,5,昨天\n", 2, "earned_at", "2026-11-22 10:30"),
    ("cards.csv", f"{CARDS}62050009,C1,stored,1.234\n", 2, "principal", "yuan"),
    ("cards.csv", f"{CARDS}62050009,C1,stored,-1\n", 2, "principal", "below zero"),
    ("cards.csv", f"{CARDS}62050009,C1,gift,1\n", 2, "type", "card_types"),
    ("orders.csv", ORDERS + order("D9,1") + order("D9,2", day=2), 3, "placed_at", "differs"),
    ("orders.csv", ORDERS + order("D8,1") + order("D9,1") + order("D8,2"), 4, "number", "together"),
    ("orders.csv", ORDERS + order("D9,1", discount=2), 2, "discount", "more than"),
    ("complaints.csv", f"{COMPLAINTS}K9,C1,a,b,closed,2026-11-01,\n", 2, "first_reply_at", "answered"),
    (
        "complaints.csv",
        f"{COMPLAINTS}K9,C1,a,b,closed,2026-11-02,2026-11-01\n",
        2,
        "first_reply_at",
        "before",
    ),
    ("dealers.csv", f"{DEALERS}A,甲,2026-11-02,2026-02-01,2026-01-01\n", 2, "valid_until", "before"),
    ("guests.csv", "a\n1\n", 0, "", "unknown file"),
    ("customers.csv", f"{PEOPLE}\n6.2059E+15,王\n", 2, "external_id", "as text"),
    ("customers.csv", f"{PEOPLE},phone\nC1,王,1.38E+10\n", 2, "phone", "as text"),
    ("cards.csv", f"{CARDS}6.2059E+15,C1,stored,1\n", 2, "number", "as text"),
    ("cards.csv", f"{CARDS}62050009.0,C1,stored,1\n", 2, "number", "as text"),
    ("cards.csv", f"{CARDS}62050009,C1,stored,1.2E+03\n", 2, "principal", "as text"),
    ("points.csv", f"{POINTS}P1,C1,5,45044\n", 2, "earned_at", "as a date"),
    ("customers.csv", f"{PEOPLE},\nC1,王,x\n", 2, "", "without a name"),
    ("customers.csv", f"{PEOPLE}\nC1,王,x\n", 2, "", "3 cells"),
]


@pytest.mark.parametrize(("name", "content", "line", "column", "reason"), WRONG)
async def test_a_mistake_is_named_and_its_file_stays_out(
    database: Database, tmp_path: Path, name: str, content: str, line: int, column: str, reason: str
):
    """File, line, column, value and reason; a dry run finds the same; nothing of the file is written."""
    await load(database, tmp_path, GOOD)
    before = await customers(database)
    for dry in (True, False):
        report = await load(database, tmp_path, {"tiers.csv": GOOD["tiers.csv"], name: content}, dry)
        assert mistakes(report) == [(name, line, column)]
        problem = next(each for file in report.files for each in file.problems)
        assert reason in problem.reason
        assert str(problem).startswith(f"{name} line {line}")
    assert await customers(database) == before


async def test_everything_comes_in_and_again_changes_nothing(database: Database, tmp_path: Path):
    """Each file brings what it says; the second time every line is known."""
    first = await load(database, tmp_path, GOOD)
    again = await load(database, tmp_path, GOOD)
    assert first.good, mistakes(first)
    assert again.good
    by_file = {each.name: each.counts for each in again.files if each.name != "dealers.csv"}
    assert all((counts.new, counts.changed) == (0, 0) for counts in by_file.values())
    async with database.read() as session:
        assert await audit(session) == []
        who = await find_customer(session, "13800138000")
        assert who is not None
        points = await points_summary(session, who.customer_id, NOW)
        balance = await balance_by_card(session, who.customer_id, NOW)
        complaint = await complaint_status(session, who.customer_id, None, NOW)
        (order,) = await recent_orders(session, who.customer_id)
        dealer = await check_dealer(session, "A1", NOW.date())
    assert (who.tier, who.key_account, str(who.birthday)) == ("金卡", True, "1980-05-06")
    assert (points.total, points.expiring[0].points, str(points.expiring[0].on)) == (350, 300, "2026-12-31")
    assert [(card.principal, card.bonus, str(card.valid_until)) for card in balance.cards] == [
        (12_050, 100, "2027-03-01")
    ]
    assert complaint is not None
    assert (complaint.state, complaint.overdue, len(complaint.timeline)) == ("investigating", False, 2)
    assert (order.total, order.discount, len(order.items)) == (21_080, 1_000, 2)
    assert len(dealer.found) == 1


async def test_a_dry_run_writes_nothing_and_knows_what_comes(database: Database, tmp_path: Path):
    """Points of customers who come with the same folder are fine, and the database stays empty."""
    report = await load(database, tmp_path, GOOD, dry=True)
    assert report.good, mistakes(report)
    assert [each.counts.new for each in report.files if each.name in ("customers.csv", "points.csv")] == [
        2,
        3,
    ]
    assert await customers(database) == 0


async def test_customers_are_brought_up_to_date(database: Database, tmp_path: Path):
    """A changed phone and tier arrive; empty cells leave what is there."""
    await load(database, tmp_path, GOOD)
    changed = "external_id,name,phone,tier\nC1,王小明,13900139000,basic\nC2,李四,,\nC3,张三,,gold\n"
    report = await load(database, tmp_path, {"customers.csv": changed})
    counts = report.files[0].counts
    assert (counts.new, counts.changed, counts.same) == (1, 1, 1)
    async with database.read() as session:
        who = await find_customer(session, "13900139000")
    assert who is not None
    assert (who.tier, str(who.birthday)) == ("普通会员", "1980-05-06")


async def test_points_and_cards_are_never_booked_twice(database: Database, tmp_path: Path):
    """Another amount, another owner, or somebody else's phone is a mistake, not a new booking."""
    await load(database, tmp_path, GOOD)
    for name, content, column in (
        ("points.csv", "external_id,customer,points,earned_at\nP1,C1,301,2026-03-01\n", "points"),
        ("points.csv", "external_id,customer,points,earned_at\nP1,C2,300,2026-03-01\n", "points"),
        ("cards.csv", "number,customer,type,principal\n62050001,C2,stored,5\n", "customer"),
        ("customers.csv", "external_id,name,phone\nC9,冒名,13800138000\n", "phone"),
        (
            "dealers.csv",
            "number,name,as_of,valid_from,valid_until\nA1,甲,2026-10-01,2026-01-01,2026-12-31\n",
            "as_of",
        ),
    ):
        report = await load(database, tmp_path, {name: content})
        assert mistakes(report) == [(name, 2, column)]
    assert await customers(database) == 2


async def test_one_bad_file_does_not_stop_the_others(database: Database, tmp_path: Path):
    """Its own lines stay out; files that stand on it say whom they miss; the rest comes in."""
    bad = GOOD | {"customers.csv": GOOD["customers.csv"] + "C3,,,,\n"}
    report = await load(database, tmp_path, bad)
    by_name = {each.name: each for each in report.files}
    assert await customers(database) == 0
    assert by_name["tiers.csv"].counts.new == 2
    assert len(by_name["points.csv"].problems) == 3
    assert by_name["dealers.csv"].problems == []


async def test_files_of_chinese_spreadsheets_are_read(database: Database, tmp_path: Path):
    """GB18030 and UTF-8 with a mark are as good as plain UTF-8."""
    marked = codecs.BOM_UTF8 + "external_id,name\nC2,李四\n".encode()
    for place, encoded in enumerate(("external_id,name\nC1,王小明\n".encode("gb18030"), marked)):
        folder = folder_of(tmp_path, {})
        (folder / "customers.csv").write_bytes(encoded)
        assert (await import_folder(database, folder, NOW)).good
        assert await customers(database) == place + 1
    async with database.read() as session:
        names = set((await session.execute(select(Customer.name))).scalars())
    assert names == {"王小明", "李四"}


async def test_utf_16_of_a_spreadsheet_is_read(database: Database, tmp_path: Path):
    """Both orders of bytes, with their mark."""
    for place, encoding in enumerate(("utf-16-le", "utf-16-be")):
        folder = folder_of(tmp_path, {})
        (folder / "customers.csv").write_bytes(f"\ufeffexternal_id,name\nC{place},李四\n".encode(encoding))
        report = await import_folder(database, folder, NOW)
        assert report.good, mistakes(report)
        assert await customers(database) == place + 1


BROKEN = [
    ("external_id,name\nC1,王小明\nC2,李四\n".encode() + b"C3,\xe5\x90,\n", 4),
    ("external_id,name\nC1,王小明\n".encode("gb18030") + b"C3,\xff\n", 3),
    (codecs.BOM_UTF8 + b"external_id,name\nC1,\xff\n", 2),
    ("external_id,name\nC1,ab\n".encode("utf-16-le"), 1),
    ("\ufeffexternal_id,name\n".encode("utf-16-le") + b"\x00\xd8a\x00", 2),
]


@pytest.mark.parametrize(("content", "line"), BROKEN)
async def test_a_broken_byte_is_named_and_nothing_comes_in(
    database: Database, tmp_path: Path, content: bytes, line: int
):
    """With its file and line, and how to save it; UTF-8 with one broken byte is never read as GB18030."""
    folder = folder_of(tmp_path, {})
    (folder / "customers.csv").write_bytes(content)
    report = await import_folder(database, folder, NOW)
    assert mistakes(report) == [("customers.csv", line, "")]
    assert "CSV UTF-8" in report.files[0].problems[0].reason
    assert await customers(database) == 0


async def test_what_spreadsheets_leave_at_the_ends_is_no_mistake(database: Database, tmp_path: Path):
    """Empty lines, lines of commas, empty columns with and without a place in the header."""
    people = "external_id,name,,\nC1,王小明,,\nC2,李四,,,,\n,,,\n\n , ,,\n"
    report = await load(database, tmp_path, {"customers.csv": people})
    assert report.good, mistakes(report)
    assert await customers(database) == 2


async def test_many_lines_cross_the_chunks(database: Database, tmp_path: Path):
    """Twelve thousand lines, with one account fed from several chunks and an order across a border."""
    people = "external_id,name\n" + "".join(f"C{n},顾客{n}\n" for n in range(6_000))
    points = "external_id,customer,points,earned_at\n" + "".join(
        f"P{n},C{n % 100},{n % 7 + 1},2026-01-01\n" for n in range(6_000)
    )
    header = "number,line,customer,placed_at,state,sku,name,quantity,unit_price\n"
    orders = header + "".join(f"D{n // 3},{n % 3 + 1},C1,2026-01-01,paid,P,米,1,1\n" for n in range(6_000))
    files = {"customers.csv": people, "points.csv": points, "orders.csv": orders}
    report = await load(database, tmp_path, files)
    assert report.good, mistakes(report)[:3]
    assert [each.counts.new for each in report.files] == [6_000, 6_000, 2_000]
    async with database.read() as session:
        assert await audit(session) == []
        lines = await session.execute(text("SELECT count(*) FROM order_line"))
        held = await session.execute(text("SELECT sum(balance) FROM ledger_account"))
    assert lines.scalar_one() == 6_000
    assert held.scalar_one() == sum(n % 7 + 1 for n in range(6_000))


async def test_mistakes_come_in_the_order_of_the_file(database: Database, tmp_path: Path):
    """What is read ahead while earlier lines are still checked is told after them; nothing comes in."""
    lines = [f"C{n},顾客{n},{'platinum' if n in (10, 7_000) else ''},\n" for n in range(12_000)]
    lines[5_500] = "C5500,,,\n"
    files = {"customers.csv": "external_id,name,tier,birthday\n" + "".join(lines)}
    report = await load(database, tmp_path, files)
    assert [(line, column) for _, line, column in mistakes(report)] == [
        (12, "tier"),
        (5_502, "name"),
        (7_002, "tier"),
    ]
    assert await customers(database) == 0


async def test_what_was_written_out_is_read_in_again(database: Database, tmp_path: Path):
    """The demo company through CSV files into an empty database: everybody has what they had."""
    source_url = f"sqlite+aiosqlite:///{tmp_path / 'source.db'}"
    upgrade(source_url)
    source = Database(source_url)
    await seed(source, NOW)
    async with source.read() as session:
        people = list((await session.execute(select(Customer.id).order_by(Customer.id))).scalars())
        await write_folder(session, tmp_path / "out", people)
    report = await import_folder(database, tmp_path / "out", NOW)
    assert report.good, mistakes(report)[:5]
    seen = [await everything(each) for each in (source, database)]
    await source.close()
    assert seen[0] == seen[1]


async def everything(database: Database) -> dict[str, tuple[object, ...]]:
    """What each customer would be told, by phone."""
    told: dict[str, tuple[object, ...]] = {}
    async with database.read() as session:
        assert await audit(session) == []
        for phone in (await session.execute(select(Customer.phone))).scalars():
            assert phone is not None
            who = await find_customer(session, phone)
            assert who is not None
            points = await points_summary(session, who.customer_id, NOW)
            balance = await balance_by_card(session, who.customer_id, NOW)
            complaint = await complaint_status(session, who.customer_id, None, NOW)
            orders = await recent_orders(session, who.customer_id, 50)
            told[phone] = (
                who.name,
                who.tier,
                who.member_number,
                points.total,
                points.expiring,
                [(card.number, card.principal, card.bonus, card.valid_until) for card in balance.cards],
                complaint and (complaint.number[:10], complaint.state, complaint.first_reply_at),
                [(order.number, order.total, order.items) for order in orders],
            )
    return told
