"""The desk's part of the command line: `huitouke admin …`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, Any, cast, get_args

import typer
from rich.console import Console
from sqlalchemy import select

from bot.desk.agents.models import Agent, Role
from bot.desk.agents.passwords import check_password_is_strong
from bot.desk.agents.service import NewAgent, add_agent, reset_password
from bot.desk.api.tokens import SCOPES, live_tokens, make_token, revoke_token
from bot.desk.audit.service import Doer
from bot.desk.queue.simulate import simulate
from bot.kit.clock import system_now
from bot.kit.db import Database, WriteSession
from bot.kit.errors import HuitoukeError, NotFound
from bot.kit.settings import load_settings

admin_app = typer.Typer(help="The people at the desk.", no_args_is_help=True)
console = Console(stderr=True)
BY = Doer("command line")


@admin_app.command("create")
def create(
    login: Annotated[str, typer.Argument(help="The login: lower-case letters and digits.")] = "admin",
    name: Annotated[str, typer.Option(help="The name customers and colleagues see.")] = "管理员",
    role: Annotated[str, typer.Option(help="admin, supervisor or agent.")] = "admin",
    password: Annotated[
        str, typer.Option(envvar="HUITOUKE_ADMIN_PASSWORD", help="Else a one-time password is made.")
    ] = "",
) -> None:
    """Make somebody who may sign in at /desk; the first admin is made so."""
    if role not in get_args(Role):
        console.print(f"[red]A role is one of {', '.join(get_args(Role))}.[/red]")
        raise typer.Exit(2)

    async def work(session: WriteSession) -> str:
        if password:
            check_password_is_strong(password, login)
        new = NewAgent(login, name, cast("Role", role), password=password or None)
        return (await add_agent(session, new, BY, system_now()))[1]

    made = _run(work)
    typer.echo(f"{login} may sign in at /desk." + ("" if password else f" One-time password: {made}"))


@admin_app.command("password")
def new_password(login: Annotated[str, typer.Argument(help="Whose.")]) -> None:
    """Give somebody a new one-time password."""

    async def work(session: WriteSession) -> str:
        agent = await session.scalar(select(Agent.id).where(Agent.login == login))
        if agent is None:
            raise NotFound(f"Nobody has the login {login}.")
        return await reset_password(session, agent, BY, system_now())

    typer.echo(f"One-time password of {login}: {_run(work)}")


token_app = typer.Typer(help="Tokens of other systems.", no_args_is_help=True)
admin_app.add_typer(token_app, name="token")


@token_app.command("make")
def make(
    name: Annotated[str, typer.Argument(help="What it is for, e.g. CRM.")],
    scope: Annotated[list[str], typer.Option(help=f"One or more of: {', '.join(SCOPES)}.")],
    days: Annotated[int, typer.Option(help="How long it counts; 0: until it is revoked.")] = 0,
) -> None:
    """Make a token for the HTTP API; its secret is shown once."""

    async def work(session: WriteSession) -> str:
        now = system_now()
        until = now + timedelta(days=days) if days else None
        return make_token(session, name, scope, until, BY, now)[1]

    typer.echo(_run(work))


@token_app.command("list")
def list_tokens() -> None:
    """The tokens that count, without their secrets."""

    async def work(session: WriteSession) -> list[str]:
        return [
            f"{each.id}\t{each.name}\t{each.prefix}…\t{', '.join(each.scopes)}"
            for each in await live_tokens(session)
        ]

    for line in _run(work):
        typer.echo(line)


@token_app.command("revoke")
def revoke(token: Annotated[int, typer.Argument(help="Its number, as in the list.")]) -> None:
    """A token counts no longer."""

    async def work(session: WriteSession) -> None:
        await revoke_token(session, token, BY, system_now())

    _run(work)
    typer.echo(f"Token {token} is revoked.")


@admin_app.command("simulate-queue")
def simulate_queue(
    hours: Annotated[int, typer.Option(help="How long to simulate.")] = 8,
    agents: Annotated[int, typer.Option(help="Agents on duty.")] = 6,
    per_hour: Annotated[int, typer.Option(help="Customers per hour.")] = 150,
    seed: Annotated[int, typer.Option(help="The same seed gives the same day.")] = 1,
) -> None:
    """Show with the desk's own rules how long each class of customers waits: nobody starves."""
    for line in simulate(hours=hours, agents=agents, per_hour=per_hour, seed=seed).told():
        typer.echo(line)


def _run(work: Callable[[WriteSession], Awaitable[Any]]) -> Any:
    """Do `work` in one transaction; a failure of ours is one sentence and exit status 1."""

    async def run() -> Any:
        database = Database(load_settings().database)
        try:
            async with database.write() as session:
                return await work(session)
        finally:
            await database.close()

    try:
        return asyncio.run(run())
    except HuitoukeError as error:
        console.print(error.message, style="red", soft_wrap=True, markup=False, highlight=False)
        raise typer.Exit(1) from error
