"""Find the interpreters: on PATH, among pyenv's, among uv's own; else let uv fetch one into .tools/."""

import glob
import os
import re
import shutil
import subprocess
from typing import Iterator, List, Sequence

from steps import command
from steps.paths import TOOLS, venv_python
from steps.say import Step, Stop

NEEDED = (
    "import sys, ssl, sqlite3, ctypes, zlib, bz2, lzma; print('%d.%d' % sys.version_info[:2], sys.executable)"
)


def find(uv: str, environment: str, minors: Sequence[str], purpose: str) -> str:
    """An interpreter of one of the versions `minors` (the best first), for the environment in a folder.

    The environment's own interpreter is kept while it fits. Raises Stop.
    """
    with Step("Python {} for {}".format(" or ".join(minors[:1]), purpose)) as step:
        own = venv_python(environment)
        path = own if _recorded(own) in minors and os.path.exists(own) else _search(minors)
        if not path:
            path = _fetch(step, uv, minors[0])
        step.result = path
        return path


def _recorded(python: str) -> str:
    """The version in the configuration of the environment that `python` belongs to, without running it."""
    try:
        with open(os.path.join(os.path.dirname(python), "..", "pyvenv.cfg")) as file:
            found = re.search(r"^version(?:_info)? = (\d+\.\d+)", file.read(), re.M)
    except OSError:
        return ""
    return found.group(1) if found else ""


def _search(minors: Sequence[str]) -> str:
    for minor in minors:
        for candidate in _candidates(minor):
            path = _real(candidate, minor)
            if path:
                return path
    return ""


def _candidates(minor: str) -> Iterator[str]:
    for name in ("python" + minor, "python3", "python"):
        found = shutil.which(name)
        if found:
            yield found
    pyenv = os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")
    yield from _newest_first(glob.glob(os.path.join(pyenv, "versions", minor + ".*", "bin", "python3")))
    for home in (TOOLS, os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")):
        for pattern in ("python/cpython-{}.*/bin/python3", "uv/python/cpython-{}.*/bin/python3"):
            yield from _newest_first(glob.glob(os.path.join(home, pattern.format(minor))))


def _newest_first(paths: List[str]) -> List[str]:
    return sorted(paths, key=lambda path: [int(part) for part in re.findall(r"\d+", path)], reverse=True)


def _real(path: str, minor: str) -> str:
    """Where the interpreter behind `path` (perhaps pyenv's shim) really lies; empty when it will not do."""
    try:
        said = subprocess.check_output(
            [path, "-c", NEEDED], stderr=subprocess.DEVNULL, env=command.environment(), timeout=30
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    found, _, real = said.decode().strip().partition(" ")
    return real if found == minor else ""


def _fetch(step: Step, uv: str, minor: str) -> str:
    folder = os.path.join(TOOLS, "python")
    command.run(
        step,
        [uv, "python", "install", "--install-dir", folder, "--no-bin", minor],
        "python-" + minor,
        fetches="Python {} (it is neither on PATH nor in pyenv)".format(minor),
    )
    path = _search([minor])
    if not path:
        raise Stop("Python {} was fetched into {} but does not run here.".format(minor, folder))
    return path
