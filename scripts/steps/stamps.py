"""What was built from what: a stamp holds the hash of a step's inputs, written when the step ended well."""

import hashlib
import os
from typing import Sequence

from steps.paths import TOOLS

STAMPS = os.path.join(TOOLS, "stamps")


def digest(folder: str, skip: Sequence[str] = ()) -> str:
    """The hash of every file under `folder` (or of one file): names and contents. `skip` names folders."""
    total = hashlib.sha256()
    if os.path.isfile(folder):
        total.update(_content(folder))
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in skip)
        for name in sorted(files):
            path = os.path.join(place, name)
            total.update(os.path.relpath(path, folder).encode("utf-8", "surrogateescape") + b"\0")
            total.update(_content(path))
    return total.hexdigest()


def _content(path: str) -> bytes:
    """The hash of one file, so that a boundary between two files cannot be mistaken."""
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).digest()


def read(name: str) -> str:
    """The stamp `name`, or an empty string."""
    try:
        with open(os.path.join(STAMPS, name)) as file:
            return file.read()
    except OSError:
        return ""


def write(name: str, value: str) -> None:
    """Keep `value` as the stamp `name`, whole or not at all."""
    os.makedirs(STAMPS, exist_ok=True)
    path = os.path.join(STAMPS, name)
    with open(path + ".new", "w") as file:
        file.write(value)
    os.replace(path + ".new", path)


def forget(name: str) -> None:
    """Remove the stamp `name`: call before a step begins to change what the stamp vouches for."""
    try:
        os.remove(os.path.join(STAMPS, name))
    except OSError:
        pass
