"""Read the root `uv.lock` for the tools that must be there before uv itself can read it."""

import platform
import re
import sys

from steps.paths import under
from steps.say import Stop


class Wheel:
    """A built package as locked: its version, address, file name and SHA-256."""

    def __init__(self, version: str, url: str, sha256: str) -> None:
        self.version = version
        self.url = url
        self.sha256 = sha256
        self.filename = url.rsplit("/", 1)[-1]


def version(package: str) -> str:
    """The locked version of `package`."""
    return re.findall(r'^version = "([^"]+)"', _section(package), re.M)[0]


def wheel(package: str) -> Wheel:
    """The locked wheel of `package` for this machine. Raises Stop when there is none."""
    section = _section(package)
    for url, sha256 in re.findall(r'url = "([^"]+\.whl)", hash = "sha256:([0-9a-f]{64})"', section):
        if _fits(url.rsplit("/", 1)[-1]):
            return Wheel(version(package), url, sha256)
    raise Stop(
        "{} is not built for this kind of machine ({} {}): install {} yourself so that it is on PATH.".format(
            package, sys.platform, platform.machine(), package
        )
    )


def _section(package: str) -> str:
    with open(under("uv.lock"), encoding="utf-8") as file:
        for section in file.read().split("[[package]]"):
            if section.startswith('\nname = "{}"\n'.format(package)):
                return section
    raise Stop("uv.lock does not name {}: check out the file again.".format(package))


def _fits(filename: str) -> bool:
    machine = platform.machine().lower()
    if sys.platform == "darwin":
        return "macosx" in filename and machine in filename
    return "manylinux" in filename and machine in filename
