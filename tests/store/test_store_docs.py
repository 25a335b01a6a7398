"""The documentation of the store is what the store is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.kit.db import Database
from bot.migrations.models import all_tables
from bot.store.exchange.files import FILES
from bot.store.exchange.importer import LOADERS, import_folder
from tests.store.conftest import NOW
from tools.store_docs import DOCS, GROUPS, SAMPLE, import_page, tables_of, tables_page, write_sample


@pytest.mark.parametrize(("name", "page"), [("import.md", import_page), ("tables.md", tables_page)])
def test_a_page_is_up_to_date(name: str, page: Callable[[], str]):
    """After a change: python -m tools.store_docs."""
    assert (DOCS / name).read_text(encoding="utf-8") == page()


def test_every_table_of_the_store_is_in_a_diagram():
    """A new noun has a place in one of the groups."""
    all_tables()
    folders = {path.parent.name for path in Path("bot/store").glob("*/models.py")}
    assert folders == {noun for nouns in GROUPS.values() for noun in nouns}
    assert all(tables_of(nouns) for nouns in GROUPS.values())


def test_every_file_has_a_loader():
    """What is documented can be read."""
    assert LOADERS.keys() == {spec.name for spec in FILES}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


async def test_the_sample_is_what_the_demo_company_would_send(tmp_path: Path):
    """The committed sample is the generated one, byte by byte."""
    await write_sample(tmp_path)
    made = contents(tmp_path)
    assert made == contents(SAMPLE)
    assert made.keys() == {f"{spec.name}.csv" for spec in FILES}


async def test_the_sample_can_be_imported(database: Database):
    """It has no mistake, and brings something of everything."""
    report = await import_folder(database, SAMPLE, NOW)
    assert report.good, report.files
    assert all(each.counts.new for each in report.files)
