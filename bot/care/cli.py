"""`huitouke care …`: what operators do on the page, from the command line."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from bot.care import results as achieved
from bot.care import settings
from bot.care.care import Care
from bot.care.deciding import REASONS
from bot.care.explain import customer_of, past
from bot.kit.clock import zone
from bot.kit.errors import HuitoukeError

MakeCare = Callable[[], AbstractAsyncContextManager[Care]]
"""Makes care from the settings, for the length of a block."""

ACTOR = "命令行"
console = Console()
Name = Annotated[str, typer.Argument(help="The trigger's name, such as points_expiring.")]
Runner = Callable[[Callable[[Care], Awaitable[None]]], None]


def make_cli(make_care: MakeCare) -> typer.Typer:
    """The commands, on the care that `make_care` makes."""
    app = typer.Typer(
        help="Messages that we begin: who is told what, when, and why not.", no_args_is_help=True
    )

    def run(work: Callable[[Care], Awaitable[None]]) -> None:
        async def all_of_it() -> None:
            async with make_care() as care:
                await work(care)

        try:
            asyncio.run(all_of_it())
        except HuitoukeError as error:
            console.print(error.message, style="red", soft_wrap=True, markup=False, highlight=False)
            raise typer.Exit(1) from error

    _add_switches(app, run)
    _add_views(app, run)
    return app


def _add_switches(app: typer.Typer, run: Runner) -> None:
    @app.command()
    def on(name: Name) -> None:
        """Switch a trigger on. Look at `preview` first."""
        run(lambda care: _switch(care, name, on=True))

    @app.command()
    def off(name: Name) -> None:
        """Switch a trigger off. What it planned waits until it is on again, or is too old."""
        run(lambda care: _switch(care, name, on=False))

    @app.command()
    def pause(
        why: Annotated[str, typer.Argument(help="Why; colleagues see it.")] = "",
        resume: Annotated[bool, typer.Option("--resume", help="Let everything run again.")] = False,
    ) -> None:
        """Stop everything that care sends, or let it run again."""
        run(lambda care: _pause(care, why, resume=resume))

    @app.command(name="run")
    def run_now(
        plan_only: Annotated[bool, typer.Option("--plan-only", help="Plan, and send nothing.")] = False,
        full: Annotated[bool, typer.Option("--full", help="Look at every customer.")] = False,
    ) -> None:
        """Plan, decide and send what is due now."""
        run(lambda care: _run(care, plan_only=plan_only, full=full))


def _add_views(app: typer.Typer, run: Runner) -> None:
    @app.command()
    def triggers() -> None:
        """List all triggers, the most urgent first."""
        run(_triggers)

    @app.command()
    def preview(
        name: Name, most: Annotated[int, typer.Option(help="How many customers to show.")] = 10
    ) -> None:
        """Who would be told now, how many, and in which words; nothing is sent."""
        run(lambda care: _preview(care, name, most))

    @app.command()
    def explain(
        customer: Annotated[str, typer.Argument(help="Member number, phone or id.")],
    ) -> None:
        """What would be sent to a customer now, what not and why; and what was decided before."""
        run(lambda care: _explain(care, customer))

    @app.command()
    def results(days: Annotated[int, typer.Option(help="Of the last so many days.")] = 30) -> None:
        """What the triggers achieved."""
        run(lambda care: _results(care, days))


async def _triggers(care: Care) -> None:
    async with care.database.read() as session:
        paused = await settings.is_paused(session)
        book = await care.book.all(session)
    if paused.paused:
        console.print(f"[yellow]全部暂停：{paused.why}（{paused.by}）[/yellow]")
    table = Table("名称", "内容", "类别", "开关", "对照组", "文案")
    for each in book:
        on = "[green]开[/green]" if each.enabled else "关"
        table.add_row(
            each.trigger.name, each.trigger.title, each.trigger.audience, on, f"{each.hold_out}%", each.text
        )
    console.print(table)


async def _switch(care: Care, name: str, *, on: bool) -> None:
    async with care.database.write() as session:
        await care.book.switch(session, name, on=on, by=ACTOR, now=care.clock())
    console.print(f"{name} 已{'开' if on else '关'}。")


async def _pause(care: Care, why: str, *, resume: bool) -> None:
    async with care.database.write() as session:
        await settings.pause(session, paused=not resume, why=why, by=ACTOR, now=care.clock())
    console.print("已恢复发送。" if resume else f"已全部暂停：{why}")


async def _preview(care: Care, name: str, most: int) -> None:
    async with care.database.read() as session:
        setting = await care.book.one(session, name)
        count, samples = await care.seer.preview(session, setting, care.clock(), most)
    console.print(f"{setting.trigger.title}：现在符合条件、又能联系到的有 {count} 件。")
    table = Table("会员号", "客户", "现在会怎样", "原因", "文案")
    for each in samples:
        seen = each.foreseen
        table.add_row(
            each.member_number, each.name, seen.outcome, REASONS.get(seen.reason, seen.reason), seen.text
        )
    console.print(table)


async def _run(care: Care, *, plan_only: bool, full: bool) -> None:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("正在查找…", total=None)
        planned = await care.planner.plan(full=full)
        total: dict[str, int] = {}
        while not plan_only:
            bar.update(task, description=f"正在决定和发送… 已处理 {sum(total.values())}")
            decided = await care.send()
            for outcome, count in decided.items():
                total[outcome] = total.get(outcome, 0) + count
            if not decided:
                break
    console.print("新增：" + (_counts(planned) or "没有"))
    if not plan_only:
        console.print("处理：" + (_counts(total) or "没有到时间的"))


async def _explain(care: Care, said: str) -> None:
    async with care.database.read() as session:
        who = await customer_of(session, said)
        book = await care.book.all(session)
        seen = (await care.seer.foresee(session, book, [who], care.clock()))[who]
        before = await past(session, who)
    table = Table("现在", "结果", "原因", "最早", "渠道", "文案", title="现在会发什么")
    for each in seen:
        reason = REASONS.get(each.reason, "没有打开" if each.reason == "off" else each.reason)
        row = (each.title, each.outcome, reason, _at(each.until), each.channel or "-", each.text)
        table.add_row(*row)
    console.print(table if seen else "现在没有可以主动告诉这位客户的事。")
    table = Table("内容", "编号", "状态", "经过", title="以前的决定")
    for old in before:
        steps = "\n".join(
            f"{_at(at)} {REASONS.get(reason, reason)}" + (f"，{_at(until)} 再看" if until else "")
            for at, _, reason, until in old.decisions
        )
        table.add_row(old.trigger, old.key, old.state, "\n".join(filter(None, (steps, old.problem))))
    if before:
        console.print(table)


async def _results(care: Care, days: int) -> None:
    now = care.clock()
    await care.follow()
    async with care.database.read() as session:
        found = await achieved.results(session, now - timedelta(days=days), now)
    heads = ("名称", "计划", "等待", "没发", "发出", "送达", "看过", "回复", "达成", "拒绝", "对照组", "效果")
    table = Table(*heads)
    for each in found:
        if not each.planned:
            continue
        effect = "-"
        if each.effect is not None:
            effect = f"{each.effect.difference:+.1%}（{each.effect.low:+.1%} 到 {each.effect.high:+.1%}）"
        table.add_row(
            each.trigger, str(each.planned), _counts(each.waiting), _counts(each.suppressed), str(each.sent),
            str(each.delivered), str(each.read), str(each.answered), str(each.goal), str(each.refused),
            f"{each.held_out_goal}/{each.held_out}", effect,
        )  # fmt: skip
    console.print(table)


def _counts(counts: object) -> str:
    items = counts.items() if isinstance(counts, dict) else ()
    return "，".join(f"{REASONS.get(str(name), str(name))} {count}" for name, count in items)


def _at(moment: datetime | None) -> str:
    return f"{moment.astimezone(zone(None)):%m-%d %H:%M}" if moment is not None else ""
