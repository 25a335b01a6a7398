"""What the tests need beyond Python: Chromium, a Chinese font, and servers of Redis and PostgreSQL."""

import glob
import os
import shutil
import subprocess
from typing import List

from steps import command
from steps.say import Step, Stop

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def bring() -> None:
    """Install what is missing, on Debian and Ubuntu as root; elsewhere name it. Raises Stop."""
    with Step("Chromium, a Chinese font, Redis and PostgreSQL for the tests") as step:
        missing = _missing()
        if not missing:
            step.result = "there"
            return
        if os.geteuid() != 0 or not shutil.which("apt-get"):
            raise Stop(
                "the tests need {0}; install them (on Debian or Ubuntu: sudo apt-get install {0}).".format(
                    " ".join(missing)
                )
            )
        os.environ["DEBIAN_FRONTEND"] = "noninteractive"
        command.run(step, ["apt-get", "update"], "apt-update", fetches="The list of system packages")
        install = ["apt-get", "install", "--yes", "--no-install-recommends"]
        command.run(step, install + missing, "apt-install", fetches="System packages")
        step.result = "installed " + " ".join(missing)
        if _missing():
            raise Stop("{} were installed but are not found: see .tools/log.".format(" ".join(_missing())))


def _missing() -> List[str]:
    """Debian's names of what is not there."""
    missing = []
    if not any(shutil.which(name) for name in CHROMIUM):
        missing.append("chromium")
    if not _chinese_font():
        missing.append("fonts-noto-cjk")
    if not shutil.which("redis-server"):
        missing.append("redis-server")
    if not shutil.which("pg_ctl") and not glob.glob("/usr/lib/postgresql/*/bin/pg_ctl"):
        missing.append("postgresql")
    return missing


def _chinese_font() -> bool:
    if shutil.which("fc-list"):
        return bool(
            subprocess.check_output(["fc-list", ":lang=zh", "family"], stderr=subprocess.DEVNULL).strip()
        )
    return bool(glob.glob("/usr/share/fonts/**/*CJK*", recursive=True))
