"""The menu file, and the check that says in plain words what is wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.channels.tencent.accounts import BadAccounts, read_accounts
from bot.channels.wechat.decode import said_by_key
from bot.channels.wechat.menu import BadMenu, read_menu
from bot.cli import app
from bot.server_wechat import MENU
from tests.channels.conftest import APP, KEY, Town


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not toml",
        '[[button]]\nname = "a"',
        '[[button]]\nname = "a"\nsay = "b"\nurl = "https://x"',
        '[[button]]\nname = "六个字的名字"\nsay = "b"',
        f'[[button]]\nname = "a"\nsay = "{"长" * 60}"',
        '[[button]]\nname = "a"\nsay = "b"\n' * 4,
        '[[button]]\nname = "a"\nwrong = "b"',
    ],
)
def test_a_menu_that_the_platform_would_refuse_is_refused(tmp_path: Path, text: str) -> None:
    """Names too long, too many buttons, two things at once: said before anything is sent."""
    path = tmp_path / "menu.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadMenu):
        read_menu(path)


def test_the_shipped_menu_comes_back_as_it_was_meant() -> None:
    """Every button's key is read again as its text and its intent."""
    menu = read_menu(MENU)
    keys = [below["key"] for top in menu["button"] for below in top.get("sub_button", [top])]
    said = [said_by_key(key) for key in keys]
    assert next((each.text, each.intent) for each in said if each) == ("我的积分", "ask_points")
    assert len(said) == len(keys) == 5


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[[official]]", "name"),
        ('[[official]]\nname="a"\napp_id="wx123456"\napp_secret="hush-hush"\ntoken="t"', "aes_key"),
        (
            '[[official]]\nname="a"\napp_id="wx123456"\napp_secret="env:NO_SUCH"\ntoken="t"\nmode="plain"',
            "NO_SUCH",
        ),
        (
            '[[official]]\nname="a"\napp_id="wx123456"\napp_secret="hush-hush"\ntoken="t"\naes_key="short"',
            "43 characters",
        ),
        (
            '[[official]]\nname="a"\napp_id="wx123456"\napp_secret="hush-hush"\ntoken="t"\nmode="plain"\n'
            '[[official.templates]]\nname="x"\nid="1"\npurpose="marketing"',
            "marketing",
        ),
    ],
)
def test_a_wrong_accounts_file_says_what_is_wrong(tmp_path: Path, text: str, word: str) -> None:
    """The sentence names the place and shows no secret."""
    path = tmp_path / "accounts.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadAccounts) as caught:
        read_accounts(path)
    assert word in caught.value.message
    assert "hush" not in caught.value.message


def test_without_accounts_the_command_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """`huitouke wechat check` without a file ends with one sentence."""
    monkeypatch.setenv("HUITOUKE_WECHAT_ACCOUNTS", "")
    result = CliRunner().invoke(app, ["wechat", "check"])
    assert result.exit_code == 1
    assert "HUITOUKE_WECHAT_ACCOUNTS" in result.output


@pytest.fixture
def command(town: Town, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Awaitable[Result]]:
    """Runs `huitouke wechat …` beside the town's server, as an operator does."""
    monkeypatch.setenv("HUITOUKE_WECHAT_ACCOUNTS", town.settings.wechat_accounts)
    monkeypatch.setenv("HUITOUKE_DATA_DIR", str(town.settings.data_dir))
    monkeypatch.setenv("DATABASE_URL", town.settings.database_url)

    async def run(*arguments: str, site: str = "") -> Result:
        monkeypatch.setenv("HUITOUKE_PUBLIC_URL", site)
        return await asyncio.to_thread(CliRunner().invoke, app, ["wechat", *arguments])

    return run


async def test_the_check_names_what_is_wrong(town: Town, command: Callable[..., Awaitable[Result]]) -> None:
    """A wrong secret, a missing permission, an address that nobody answers: in words that say what to do."""
    town.platform.accounts[APP].secret = "another"
    result = await command("check")
    assert (result.exit_code, "AppSecret 不对" in result.output) == (1, True)
    town.platform.accounts[APP].secret = "app-secret"
    town.platform.faults["/cgi-bin/message/custom/send"].append(48001)
    result = await command("check", site="http://127.0.0.1:1")
    lines = result.output.splitlines()
    assert any("✗ 客服消息权限：没有客服消息权限" in line for line in lines)
    assert sum("✗ 回调地址" in line and "连不上" in line for line in lines) == 2
    assert not any(secret in result.output for secret in ("app-secret", "kf-secret", "QDG6eK", KEY))


async def test_when_all_is_well_every_line_says_so(
    town: Town, command: Callable[..., Awaitable[Result]]
) -> None:
    """Token, callback, addresses, permission and quotas, of both platforms."""
    result = await command("check", site=str(town.server.make_url("")).rstrip("/"))
    lines = [line.strip() for line in result.output.splitlines()]
    assert (result.exit_code, lines[0], lines[8]) == (0, "公众号 main", "微信客服 main"), result.output
    assert all(line.startswith("✓") for line in lines[1:8] + lines[9:]), result.output
    assert len(lines) == 14


async def test_the_menu_is_pushed(town: Town, command: Callable[..., Awaitable[Result]]) -> None:
    """The file's menu stands on the platform; without a file, and for no such account, a sentence says so."""
    result = await command("menu", "push")
    assert (result.exit_code, "没有写 menu" in result.output) == (1, True)
    assert (await command("menu", "push", "--account", "nobody")).exit_code == 1
    _name_a_menu(Path(town.settings.wechat_accounts))
    result = await command("menu", "push")
    assert (result.exit_code, town.platform.accounts[APP].menu) == (0, read_menu(MENU)), result.output


def _name_a_menu(accounts: Path) -> None:
    text = accounts.read_text(encoding="utf-8")
    accounts.write_text(text.replace('name = "main"', f'name = "main"\nmenu = "{MENU}"', 1), encoding="utf-8")
