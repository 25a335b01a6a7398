"""uv: the one on PATH when it is new enough, else the locked one, unpacked into .tools/."""

import hashlib
import os
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from typing import Tuple

from steps import index, lock
from steps.paths import TOOLS
from steps.say import Step, Stop

OURS = os.path.join(TOOLS, "uv", "bin", "uv")


def bring() -> str:
    """The path of a uv that is new enough to read our lock files. Raises Stop."""
    with Step("uv") as step:
        for path in (OURS, shutil.which("uv")):
            if path and _numbers(_version_of(path)) >= _numbers(lock.version("uv"))[:2]:
                step.result = _version_of(path)
                return path
        step.result = "fetched " + _fetch()
        return OURS


def _version_of(path: str) -> str:
    try:
        said = subprocess.check_output([path, "--version"], stderr=subprocess.DEVNULL, timeout=20)
    except (OSError, subprocess.SubprocessError):
        return "0"
    return said.decode().split()[1]


def _numbers(version: str) -> Tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def _fetch() -> str:
    wheel = lock.wheel("uv")
    with tempfile.TemporaryDirectory(dir=TOOLS) as folder:
        path = _by_pip(wheel, folder) or _by_hand(wheel, folder)
        with open(path, "rb") as file:
            if hashlib.sha256(file.read()).hexdigest() != wheel.sha256:
                raise Stop("The downloaded {} is not the one in uv.lock: try again.".format(wheel.filename))
        _unpack(path)
    return wheel.version


def _by_pip(wheel: lock.Wheel, folder: str) -> str:
    """The wheel through pip, which knows the person's index, proxy and certificates; empty if that fails."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    command += ["--dest", folder, "uv==" + wheel.version]
    if subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        return ""
    path = os.path.join(folder, wheel.filename)
    return path if os.path.exists(path) else ""


def _by_hand(wheel: lock.Wheel, folder: str) -> str:
    """The wheel from the person's index where one is set, else from its address in the lock file."""
    path = os.path.join(folder, wheel.filename)
    try:
        with urllib.request.urlopen(_address(wheel), timeout=60) as answer, open(path, "wb") as out:
            shutil.copyfileobj(answer, out)
    except (urllib.error.URLError, ssl.SSLError, OSError) as error:
        if getattr(error, "errno", None) == 28:
            raise
        raise Stop(
            "uv cannot be fetched ({}): check the network, or install uv yourself, and try again.".format(
                getattr(error, "reason", error)
            )
        ) from None
    return path


def _address(wheel: lock.Wheel) -> str:
    mirror = index.chosen()
    if not mirror:
        return wheel.url
    page = mirror.rstrip("/") + "/uv/"
    with urllib.request.urlopen(page, timeout=60) as answer:
        listing = answer.read().decode("utf-8", "replace")
    found = re.search(r'href="([^"]*{}[^"]*)"'.format(re.escape(wheel.filename)), listing)
    if not found:
        raise Stop("The index {} has no {}: set another one.".format(mirror, wheel.filename))
    return urllib.parse.urljoin(page, found.group(1))


def _unpack(wheel: str) -> None:
    """Put the two programs of the wheel where OURS says, all or nothing."""
    fresh = tempfile.mkdtemp(dir=TOOLS)
    os.mkdir(os.path.join(fresh, "bin"))
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if "/scripts/" in name:
                path = os.path.join(fresh, "bin", os.path.basename(name))
                with archive.open(name) as program, open(path, "wb") as out:
                    shutil.copyfileobj(program, out)
                os.chmod(path, 0o755)
    shutil.rmtree(os.path.join(TOOLS, "uv"), ignore_errors=True)
    os.chmod(fresh, 0o755)
    os.rename(fresh, os.path.join(TOOLS, "uv"))
