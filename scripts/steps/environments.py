"""The two locked environments: the root's for everything that faces people, the brain's for Rasa."""

import os
import subprocess
from typing import List

from steps import command, index, stamps
from steps.paths import BRAIN, ROOT, under, venv_python
from steps.say import Step


def sync(uv: str, folder: str, python: str, purpose: str, tests: bool) -> None:
    """Make the environment in `folder` what its lock file says, compiled, so that it starts fast."""
    with Step("packages for {}".format(purpose)) as step:
        mirror = index.chosen()
        if mirror:
            _from_mirror(step, uv, folder, python, tests, mirror)
            return
        # Without --inexact a `make run` after a `make test` would throw away what the tests need.
        what = ["--frozen", "--python", python] + ([] if tests else ["--no-dev", "--inexact"])
        check = [uv, "sync", "--check", "--offline", *what]
        if _quiet(check, folder):
            step.result = "up to date"
            return
        command.run(
            step,
            [uv, "sync", "--compile-bytecode", *what],
            "packages-" + os.path.basename(folder),
            fetches="Python packages",
            cwd=folder,
        )


def _quiet(argv: List[str], folder: str) -> bool:
    return not subprocess.call(
        argv, cwd=folder, env=command.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _from_mirror(step: Step, uv: str, folder: str, python: str, tests: bool, mirror: str) -> None:
    """The same, from the person's own index: `uv sync` would take the addresses in the lock file."""
    name = "packages-" + os.path.basename(folder)
    wanted = stamps.digest(os.path.join(folder, "uv.lock")) + mirror + str(tests)
    if stamps.read(name) == wanted and os.path.exists(venv_python(folder)):
        step.result = "up to date"
        return
    listing = under(".tools", name + ".txt")
    export = ["--frozen", "--no-emit-project", "--output-file", listing] + ([] if tests else ["--no-dev"])
    command.run(step, [uv, "export", "--quiet", *export], name, cwd=folder)
    if not os.path.exists(venv_python(folder)):
        command.run(step, [uv, "venv", "--python", python], name, cwd=folder)
    install = [uv, "pip", "install", "--default-index", mirror, "--python", venv_python(folder)]
    packages = [*install, "--compile-bytecode", "--require-hashes", "--requirement", listing]
    command.run(step, packages, name, fetches="Python packages", cwd=folder)
    if folder == ROOT:
        command.run(step, [*install, "--no-deps", "--editable", "."], name, fetches="build tools", cwd=folder)
    stamps.write(name, wanted)


def both(uv: str, pythons: List[str], tests: bool) -> None:
    """Sync the brain's environment and the root's; `pythons` are their interpreters."""
    sync(uv, BRAIN, pythons[0], "the brain", tests)
    sync(uv, ROOT, pythons[1], "the rest", tests)
