"""The command line: `huitouke …`."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Annotated

import typer
from aiohttp import web
from rich.console import Console
from sqlalchemy.exc import DBAPIError

from bot.care.care import Care
from bot.care.cli import make_cli as make_care_cli
from bot.channels.wechat.cli import make_cli as make_wechat_cli
from bot.channels.wecom.channel import wecom_api
from bot.complete import require_complete
from bot.demo.switch import refuse_demo_beside_customers, refuse_demo_in_production
from bot.desk.cli import admin_app
from bot.erasing import erase_now
from bot.kit.clock import system_now
from bot.kit.db import Database
from bot.kit.errors import HuitoukeError
from bot.kit.logging import set_up_logging
from bot.kit.settings import Settings, demo_desk_password, kept_secret, load_settings
from bot.migrations.models import all_tables
from bot.migrations.state import FromTheFuture, NotMigrated, require_migrated
from bot.steps import beat
from bot.store.cli import add_commands

app = typer.Typer(
    help="Huitouke (回头客): a customer-service chatbot that speaks first.", no_args_is_help=True
)
db_app = typer.Typer(help="The database.", no_args_is_help=True)
demo_app = typer.Typer(help="The demo company.", no_args_is_help=True)
app.add_typer(db_app, name="db")
app.add_typer(make_wechat_cli(wecom_api), name="wechat")
app.add_typer(demo_app, name="demo")
app.add_typer(admin_app, name="admin")
add_commands(app, erase_now, all_tables)

GARBAGE = (20_000, 20, 20)
"""How many new objects, and how many smaller searches, until the server looks for garbage again."""


@asynccontextmanager
async def _care() -> AsyncGenerator[Care]:
    from bot.server import make_parts, working

    parts = make_parts(_settings())
    try:
        await require_migrated(parts.database)
    except HuitoukeError:
        await parts.database.close()
        raise
    async with working(parts):
        yield parts.care.care


app.add_typer(make_care_cli(_care), name="care")

console = Console(stderr=True)


def _settings() -> Settings:
    settings = load_settings()
    set_up_logging(settings.log_level, settings.log_format)
    return settings


def _starting() -> Settings:
    """The settings of a process that is about to start; a demo where it must not be ends here."""
    settings = _settings()
    with _said():
        refuse_demo_in_production(settings)
        require_complete(settings)
    return settings


async def _check_database(settings: Settings) -> None:
    database = Database(settings.database)
    try:
        await require_migrated(database)
        await refuse_demo_beside_customers(settings, database)
    finally:
        await database.close()


@app.command()
def serve() -> None:
    """Run the server: gateway, conversations and background work."""
    from bot.server import make_app

    settings = _starting()
    _or_say(_check_database(settings))
    _serve(make_app(settings), settings.host, settings.port)


@app.command()
def worker(
    schedule: Annotated[bool, typer.Option(help="Also give out the jobs; one such worker is enough.")] = True,
) -> None:
    """Run the background work of care, over Redis (HUITOUKE_REDIS_URL); for several on several machines."""
    from bot.server import make_parts, working

    settings = _starting()
    if not settings.redis_url:
        console.print("Set HUITOUKE_REDIS_URL: without Redis the server does this work itself.")
        raise typer.Exit(1)

    async def work() -> None:
        parts = make_parts(settings)
        ended = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
        async with working(parts):
            watch = asyncio.create_task(beat(), name="beat")
            try:
                await parts.care.jobs.start(schedule=schedule)
                await ended.wait()
            finally:
                watch.cancel()
                await parts.care.jobs.close()

    _or_say(_check_database(settings))
    _or_say(work())


@app.command()
def actions() -> None:
    """Run the action server, on loopback."""
    from actions.host import make_app

    settings = _starting()
    _or_say(_check_database(settings))
    _serve(make_app(settings), "127.0.0.1", settings.actions_port)


@app.command()
def run() -> None:
    """Start brain, actions and server, watch over them, and say where to go."""
    from bot.supervisor import run as supervise

    supervise(_starting())


@app.command()
def chat(
    server: Annotated[str, typer.Option(help="The server's address.")] = "",
    user_token: Annotated[str, typer.Option(help="A merchant's signed token.")] = "",
) -> None:
    """Talk to the server from this terminal."""
    from bot.terminal import chat as talk

    settings = load_settings()
    raise typer.Exit(asyncio.run(talk(server or f"http://127.0.0.1:{settings.port}", user_token or None)))


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Create the tables, or bring them up to date."""
    from bot.migrations import upgrade

    settings = _settings()

    async def refuse_to_go_back() -> None:
        database = Database(settings.database)
        try:
            await require_migrated(database)
        except FromTheFuture:
            raise
        except NotMigrated:
            pass  # that is what we are here for
        finally:
            await database.close()

    _or_say(refuse_to_go_back())
    upgrade(settings.database)
    console.print("The database is up to date.")


@demo_app.command("seed")
def demo_seed() -> None:
    """Fill the database with a believable company (only when it holds no customers)."""
    from bot.desk.demo import add_people
    from bot.store.demo import seed

    settings = _starting()

    async def fill() -> None:
        database = Database(settings.database)
        try:
            await refuse_demo_beside_customers(settings, database)
            report = await seed(database, system_now())
            password = kept_secret(demo_desk_password(settings))
            async with database.write() as session:
                await add_people(session, password, system_now())
            console.print(str(report), soft_wrap=True)
        finally:
            await database.close()

    _or_say(fill())


def _serve(app: web.Application, host: str, port: int) -> None:
    """Serve `app` until a signal ends it."""

    async def keep(_: web.Application) -> None:
        # What is loaded stays: looking through it again and again for garbage is what makes a message late.
        gc.collect()
        gc.freeze()
        # Nor, by default many times a minute, through everybody's open sockets, who all wait meanwhile.
        gc.set_threshold(*GARBAGE)

    async def watched(_: web.Application) -> AsyncGenerator[None]:
        watch = asyncio.create_task(beat(), name="beat")
        yield
        watch.cancel()

    app.on_startup.append(keep)
    app.cleanup_ctx.append(watched)
    with _said():
        web.run_app(
            app,
            host=host,
            port=port,
            print=lambda *_: None,
            access_log=None,
            loop=_loop(),
            shutdown_timeout=5,
        )


def _loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def _or_say(work: object) -> None:
    """Run `work`; a failure of ours is one sentence and exit status 1, not a traceback."""
    with _said():
        asyncio.run(work)  # pyright: ignore[reportArgumentType]


@contextmanager
def _said() -> Generator[None]:
    try:
        yield
    except HuitoukeError as error:
        _say(error.message)
        raise typer.Exit(1) from error


def _say(message: str) -> None:
    # On one line, whatever the width: who started us shows the last one.
    console.print(message, style="red", soft_wrap=True, markup=False, highlight=False)


def main() -> None:
    """The command `huitouke`: whatever is wrong around us is one sentence and status 1, not a traceback."""
    try:
        app()
    except HuitoukeError as error:
        _say(error.message)
    except DBAPIError as error:
        _say(asyncio.run(_why_the_database_failed(error)))
    except OSError as error:
        _say(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}.")
    else:
        return
    raise SystemExit(1)


async def _why_the_database_failed(error: DBAPIError) -> str:
    """A statement failed: mostly the tables are not those of this version. Anything else is raised again."""
    database = Database(load_settings().database)
    try:
        await require_migrated(database)
    except HuitoukeError as why:
        return why.message
    finally:
        await database.close()
    raise error
