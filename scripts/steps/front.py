"""The front end: packages when the lock file changed, a build when the sources changed."""

import os

from steps import command, stamps
from steps.paths import WEB
from steps.say import Step


def build() -> None:
    """Make bot/web/dist what the sources in bot/web say. Raises Stop."""
    with Step("front end") as step:
        sources = stamps.digest(WEB, skip=("node_modules", "dist", "tests", "test-results"))
        if stamps.read("web") == sources and os.path.isdir(os.path.join(WEB, "dist")):
            step.result = "up to date"
            return
        _packages(step)
        stamps.forget("web")
        command.run(step, ["npm", "run", "build"], "front-build", cwd=WEB)
        stamps.write("web", sources)


def _packages(step: Step) -> None:
    lock = stamps.digest(os.path.join(WEB, "package-lock.json"))
    if stamps.read("web-packages") == lock and os.path.isdir(os.path.join(WEB, "node_modules")):
        return
    stamps.forget("web-packages")
    command.run(step, ["npm", "ci"], "front-packages", fetches="npm packages", cwd=WEB)
    stamps.write("web-packages", lock)
