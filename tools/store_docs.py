"""Write what the documentation says about the store from the store itself.

`python -m tools.store_docs` writes docs/import.md, docs/import-sample/ and docs/tables.md; a test compares.
"""

from __future__ import annotations

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Column, Table, select

from bot.kit.db import Base, Database
from bot.kit.settings import ROOT
from bot.migrations import upgrade
from bot.migrations.models import all_tables
from bot.store.customers.models import Customer
from bot.store.demo import seed
from bot.store.exchange.files import FILES, CsvFile
from bot.store.exchange.writing import write_folder

DOCS = ROOT / "docs"
SAMPLE = DOCS / "import-sample"
SAMPLE_CUSTOMERS = 12
SAMPLE_NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)

BY_HAND = {
    "bills.csv": (
        "number,line,customer,period_from,period_to,due_on,state,name,quantity,unit,amount,explanation\n"
        "B202610-1,1,demo-cast-1,2026-10-01,2026-10-31,2026-11-15,open,月租,1,月,99.00,\n"
        "B202610-1,2,demo-cast-1,2026-10-01,2026-10-31,2026-11-15,open,彩铃,1,月,3.00,10 月 3 日开通\n"
        "B202610-1,3,demo-cast-1,2026-10-01,2026-10-31,2026-11-15,open,老客户优惠,1,,-5.00,\n"
    ),
    "dealers.csv": (
        "number,name,as_of,region,services,valid_from,valid_until,state\n"
        "DL-0001,武汉长江通信器材有限公司,2026-11-01,湖北,销售 维修,2026-01-01,2026-12-31,authorised\n"
        "DL-0002,郑州黄河数码,2026-11-01,河南,销售,2025-01-01,2026-06-30,authorised\n"
        "DL-0003,广州珠江电子,2026-11-01,广东,销售,2026-01-01,2026-12-31,revoked\n"
    ),
    "catalogue.csv": (
        "code,name,points,stock,tier_rank,offered\n"
        "coupon10,10 元优惠券,100,,0,yes\n"
        "cup,保温杯,800,50,0,yes\n"
        "lounge,贵宾厅一次,2000,20,2,yes\n"
    ),
}

INTRODUCTION = """\
# Your own data

<!-- Written by `python -m tools.store_docs` from bot/store/exchange/files.py. -->

`huitouke import FOLDER` reads the CSV files of a folder into the store. See [import-sample](import-sample).

- Try it first: `huitouke import FOLDER --dry-run` writes nothing and names every mistake with file, line,
  column, value and reason.
- Each file comes in whole or not at all: one mistake keeps the file out. Files are read in the order below.
- Running again is safe: lines are known by their ids.
- The first line names the columns, in any order; columns that are not required may be missing. Comma between
  cells, quotation marks where a cell contains one. UTF-8, GB18030, or UTF-16 with a mark.
- Amounts are in yuan with up to two decimals: `120.50`. Dates: `2026-11-22`. Times: `2026-11-22 10:30` in
  China, or with a zone: `2026-11-22T10:30:00+08:00`. Also as spreadsheets write them: `¥1,200.50`,
  `1980年5月1日`, `2023/4/28 9:30:00`. Ids, cards and phones that a spreadsheet shortened (`6.2059E+15`) are
  mistakes: format these columns as text.
- A file is one transaction. On SQLite others who write wait until it is done: import a large file when few
  customers are there, or use PostgreSQL.
- Take customers whom you erased here out of your files too: an import would bring them back.
"""


def import_page() -> str:
    """docs/import.md."""
    return "\n".join([INTRODUCTION, *(_file_section(spec) for spec in FILES)])


def _file_section(spec: CsvFile) -> str:
    rows = [
        f"| `{column.name}` | {'yes' if column.required else ''} | {column.about} |"
        for column in spec.columns
    ]
    head = [f"## {spec.name}.csv\n", f"{spec.about} {spec.again}\n"]
    return "\n".join([*head, "| column | required | meaning |", "|---|---|---|", *rows, ""])


GROUPS: dict[str, tuple[str, ...]] = {
    "Customers and who they are": (
        "customers",
        "identities",
        "contacts",
        "facts",
        "consents",
        "access",
        "privacy",
        "tiers",
    ),
    "Points and money": ("ledger", "points", "cards", "adjustments", "requests", "counters"),
    "Complaints and concessions": ("complaints", "concessions", "promises"),
    "Trade": ("orders", "offers", "bills", "quotes", "referrals", "surveys"),
    "Care": ("contracts", "assets", "bookings", "seasons", "care", "stages", "dealers"),
}


def tables_page() -> str:
    """docs/tables.md: a diagram for each group of tables."""
    all_tables()
    parts = [
        "# Tables of the store\n",
        "<!-- Written by `python -m tools.store_docs` from the models. -->\n",
        "Money in fen, points whole, times in UTC. What the diagrams cannot show (CHECKs, partial unique",
        "indexes, append-only tables) stands in each folder's `models.py` and in `bot/migrations`.\n",
    ]
    for title, nouns in GROUPS.items():
        parts += [f"## {title}\n", "```mermaid", *_diagram(tables_of(nouns)), "```\n"]
    return "\n".join(parts)


def tables_of(nouns: tuple[str, ...]) -> list[Table]:
    """The tables of some of the store's folders."""
    modules = {f"bot.store.{noun}.models" for noun in nouns}
    found = [
        mapper.local_table
        for mapper in Base.registry.mappers
        if mapper.class_.__module__ in modules and isinstance(mapper.local_table, Table)
    ]
    return sorted(found, key=lambda table: table.name)


def _diagram(tables: list[Table]) -> list[str]:
    lines = ["erDiagram"]
    for table in tables:
        lines.append(f"    {table.name} {{")
        lines += [f"        {_kind(column)} {column.name}{_marks(column)}" for column in table.columns]
        lines.append("    }")
    for table in tables:
        for column in table.columns:
            for key in column.foreign_keys:
                many = "o|" if column.unique else "o{"
                one = "|o" if column.nullable else "||"
                lines.append(f"    {key.column.table.name} {one}--{many} {table.name} : {column.name}")
    return lines


def _kind(column: Column[object]) -> str:
    return type(column.type).__name__.lower().replace("biginteger", "bigint").replace("largebinary", "bytes")


def _marks(column: Column[object]) -> str:
    marks = [
        mark
        for mark, holds in (
            ("PK", column.primary_key),
            ("FK", bool(column.foreign_keys)),
            ("UK", bool(column.unique)),
        )
        if holds
    ]
    return f" {','.join(marks)}" if marks else ""


async def write_sample(folder: Path) -> None:
    """docs/import-sample: a dozen of the demo company's customers."""
    with tempfile.TemporaryDirectory() as place:
        url = f"sqlite+aiosqlite:///{place}/sample.db"
        upgrade(url)
        database = Database(url)
        await seed(database, SAMPLE_NOW)
        async with database.read() as session:
            statement = select(Customer.id).order_by(Customer.id).limit(SAMPLE_CUSTOMERS)
            customers = list((await session.execute(statement)).scalars())
            await write_folder(session, folder, customers)
        await database.close()
    for name, content in BY_HAND.items():
        (folder / name).write_text(content, encoding="utf-8", newline="")


def main() -> None:
    (DOCS / "import.md").write_text(import_page(), encoding="utf-8")
    (DOCS / "tables.md").write_text(tables_page(), encoding="utf-8")
    asyncio.run(write_sample(SAMPLE))


if __name__ == "__main__":
    main()
