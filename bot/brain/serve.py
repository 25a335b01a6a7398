"""`python -m bot.brain.serve [--port 5005] [--model models/….tar.gz]`: the brain, on loopback only."""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import logging
import os
import sys
import tarfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bot.brain.fingerprint import model_path
from bot.brain.garbage import collect_as_usual, collect_nothing, keep_what_is_here
from bot.brain.quiet import quiet
from bot.brain.settings import Misconfigured, Settings, load_settings
from bot.brain.tensorflow_free import is_neural, without_tensorflow
from bot.steps import beat

if TYPE_CHECKING:
    from sanic import Sanic

HOST = "127.0.0.1"

logger = logging.getLogger("bot.brain.serve")


def main(arguments: list[str]) -> int:
    """Serve until told to stop; the exit status."""
    started = time.perf_counter()
    given = _read(arguments)
    try:
        settings = load_settings()
        if not given.model.is_file():
            raise Misconfigured(f"There is no model {given.model}: train one with python -m bot.brain.train.")
    except Misconfigured as error:
        sys.stderr.write(f"{error}\n")
        return 2
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    collect_nothing()  # until all is loaded
    if not is_neural(components(given.model)):
        without_tensorflow()
    quiet()
    app = make_app(given.model, settings, started)
    app.run(host=HOST, port=given.port, access_log=False, debug=False, motd=False)
    return 0


def make_app(model: Path, settings: Settings, started: float) -> Sanic:
    """The Sanic application with our door and the model `model` behind it."""
    import rasa.core.run

    from bot.brain.agent import BrainAgent
    from bot.brain.channel import BrainChannel

    app = rasa.core.run.configure_app([BrainChannel(settings.brain_secret)], enable_api=False)

    async def load(app: Sanic, _: object) -> None:
        app.ctx.agent = BrainAgent.open(model, settings)
        # What is loaded stays: looking through it again and again for garbage is what makes a turn late.
        gc.collect()
        keep_what_is_here()
        collect_as_usual()
        logger.info("ready in %.1f s with %s", time.perf_counter() - started, model.name)

    async def watch(app: Sanic, _: object) -> None:
        app.ctx.beat = asyncio.ensure_future(beat())

    async def close(app: Sanic, _: object) -> None:
        app.ctx.beat.cancel()
        await app.ctx.agent.close()

    app.register_listener(load, "before_server_start")
    app.register_listener(watch, "after_server_start")
    app.register_listener(close, "after_server_stop")
    return app


def components(model: Path) -> list[str]:
    """The components a model archive names, by module path."""
    with tarfile.open(model) as archive:
        file = archive.extractfile("metadata.json")
        assert file is not None
        metadata = json.load(file)
    return [node["uses"] for node in metadata["predict_schema"]["nodes"].values()]


def _read(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.brain.serve", description=__doc__)
    port = int(os.environ.get("HUITOUKE_BRAIN_PORT") or 5005)
    parser.add_argument("--port", type=int, default=port, help="on 127.0.0.1 (%(default)s)")
    parser.add_argument("--model", type=Path, default=None, help="the archive (that of this tree)")
    given = parser.parse_args(arguments)
    given.model = given.model or model_path()
    return given


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
