"""The front end: packages when the lock file changed, a build when the sources changed."""

import os

from steps import command, stamps
from steps.paths import ORACLES, WEB
from steps.say import Step


def build() -> None:
    """Make bot/web/dist what the sources in bot/web say. Raises Stop."""
    with Step("front end") as step:
        sources = stamps.digest(WEB, skip=("node_modules", "dist", "tests", "test-results"))
        if stamps.read("web") == sources and os.path.isdir(os.path.join(WEB, "dist")):
            step.result = "up to date"
            return
        _packages(step, WEB, "web-packages")
        stamps.forget("web")
        command.run(step, ["npm", "run", "build"], "front-build", cwd=WEB)
        stamps.write("web", sources)


def oracles() -> None:
    """What the tests compare our crypto with. Raises Stop."""
    with Step("WeCom's crypto package for the tests") as step:
        if not _packages(step, ORACLES, "oracle-packages"):
            step.result = "up to date"


def _packages(step: Step, folder: str, stamp: str) -> bool:
    """Install what the lock file in `folder` says; False when that is there already."""
    lock = stamps.digest(os.path.join(folder, "package-lock.json"))
    if stamps.read(stamp) == lock and os.path.isdir(os.path.join(folder, "node_modules")):
        return False
    stamps.forget(stamp)
    command.run(step, ["npm", "ci"], stamp, fetches="npm packages", cwd=folder)
    stamps.write(stamp, lock)
    return True
