"""The menu file, and the check that says in plain words what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.channels.tencent.accounts import BadAccounts, read_accounts
from bot.channels.tencent.api import Http
from bot.channels.tencent.counters import Counters
from bot.channels.wechat.channel import official_api
from bot.channels.wechat.check import check_official, told
from bot.channels.wechat.decode import said_by_key
from bot.channels.wechat.menu import BadMenu, read_menu
from bot.cli import app
from bot.server_wechat import MENU, accounts_of
from tests.channels.conftest import APP, Town


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


async def checked(town: Town, site: str) -> list[str]:
    http = Http()
    http.start()
    account = accounts_of(town.settings).official[0]
    api = official_api(http, town.parts.database, town.parts.clock, account, Counters())
    try:
        return told([each async for each in check_official(account, api, site, town.parts.clock)])
    finally:
        await http.close()


async def test_a_wrong_secret_and_a_missing_permission_are_named(town: Town) -> None:
    """The first thing that is wrong is told, in words that say what to do."""
    town.platform.accounts[APP].secret = "another"
    assert any("AppSecret 不对" in line and line.startswith("✗") for line in await checked(town, ""))
    town.platform.accounts[APP].secret = "app-secret"
    town.platform.faults["/cgi-bin/message/custom/send"].append(48001)
    lines = await checked(town, "http://127.0.0.1:1")
    assert any(line.startswith("✗ 客服消息权限：没有客服消息权限") for line in lines)
    assert any(line.startswith("✗ 回调地址") and "连不上" in line for line in lines)


async def test_when_all_is_well_every_line_says_so(town: Town) -> None:
    """Token, callback, addresses, permission and quotas."""
    lines = await checked(town, str(town.server.make_url("")).rstrip("/"))
    assert len(lines) == 6
    assert all(line.startswith("✓") for line in lines), lines
