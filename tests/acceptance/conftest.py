"""One house and one browser for all acceptance tests; a fresh visitor for each."""

from __future__ import annotations

import shutil
from collections.abc import AsyncGenerator, Callable

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, async_playwright

from tests.acceptance.customer import Customer
from tests.acceptance.facts import Cast
from tests.acceptance.house import House, running_house

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here shares the house's event loop."""
    for item in items:
        item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[House]:
    async with running_house(tmp_path_factory.mktemp("house")) as one:
        yield one


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncGenerator[Browser]:
    program = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    assert program, "Chromium is missing: run make setup-tests."
    async with async_playwright() as playwright:
        one = await playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield one
        await one.close()


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Browser) -> AsyncGenerator[BrowserContext]:
    """A new visitor's browser: nothing kept, Chinese, a desktop's size."""
    one = await browser.new_context(
        locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1280, "height": 900}
    )
    one.set_default_timeout(15_000)
    yield one
    await one.close()


@pytest_asyncio.fixture(loop_scope="session")
async def browser_phone(browser: Browser) -> AsyncGenerator[BrowserContext]:
    """A new visitor with a phone."""
    one = await browser.new_context(
        locale="zh-CN", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    one.set_default_timeout(15_000)
    yield one
    await one.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def cast(house: House) -> Cast:
    one = Cast(house)
    await one.load()
    return one


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(house: House) -> AsyncGenerator[Customer]:
    """A connected customer nobody knows yet."""
    async with Customer(house.url) as one:
        yield one


@pytest_asyncio.fixture(loop_scope="session")
async def connect(house: House) -> AsyncGenerator[Callable[..., Customer]]:
    """Makes more customers; closes them at the end."""
    made: list[Customer] = []

    def make(**options: str | None) -> Customer:
        made.append(Customer(house.url, **options))
        return made[-1]

    yield make
    for one in made:
        await one.__aexit__()
