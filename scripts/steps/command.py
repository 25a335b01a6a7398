"""Run a program, keep what it says in a log file, show that it is alive, and explain its failure."""

import os
import re
import subprocess
import sys
import time
from typing import Dict, Sequence

from steps.paths import ROOT, TOOLS
from steps.say import Step, Stop

LOGS = os.path.join(TOOLS, "log")
NO_SPACE = re.compile(r"No space left|Errno 28|ENOSPC|Disk quota exceeded", re.I)
NO_NETWORK = re.compile(
    r"dns error|failed to lookup|Could not resolve|Temporary failure in name resolution|getaddrinfo|"
    r"Connection refused|Connection reset|Network is unreachable|timed out|ETIMEDOUT|ENOTFOUND|ECONNREFUSED|"
    r"EAI_AGAIN|ECONNRESET|Failed to fetch|tcp connect error|error sending request|tunnel",
    re.I,
)
BAD_CERTIFICATE = re.compile(r"certificate|SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER", re.I)
SYSTEM_CERTIFICATES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
)
MISLEADING = {"VIRTUAL_ENV", "UV_PYTHON", "UV_PROJECT_ENVIRONMENT", "PYTHONHOME", "PYTHONPATH"}
BEAT_SECONDS = 15.0


def run(step: Step, argv: Sequence[str], log: str, fetches: str = "", cwd: str = ROOT) -> None:
    """Run `argv` to its end as part of `step`; its output goes to the log file `log`.

    `fetches` names what the program downloads, for the sentence when there is no network. Raises Stop.
    """
    os.makedirs(LOGS, exist_ok=True)
    path = os.path.join(LOGS, log + ".log")
    with open(path, "wb") as out:
        try:
            child = subprocess.Popen(
                argv,
                cwd=cwd,
                env=environment(),
                stdin=subprocess.DEVNULL,  # nothing may ask a question
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        except OSError as error:
            raise Stop("{} cannot be started: {}.".format(argv[0], error.strerror)) from None
        try:
            _watch(step, child, path)
        except BaseException:
            child.terminate()
            child.wait()
            raise
    if child.returncode:
        raise Stop(why(step.name, path, fetches))


def environment() -> Dict[str, str]:
    """The environment for programs of the set-up: a person's own Python set-up must not lead them astray."""
    env = {name: value for name, value in os.environ.items() if name not in MISLEADING}
    if any(os.path.exists(path) for path in SYSTEM_CERTIFICATES):
        # A company's own certificate authority is known to the system, not to what uv and Node carry.
        env.setdefault("UV_SYSTEM_CERTS", "true")
        env.setdefault("NODE_USE_SYSTEM_CA", "1")
    env["PATH"] = os.path.join(TOOLS, "node", "bin") + os.pathsep + env.get("PATH", os.defpath)
    return env


def _watch(step: Step, child: "subprocess.Popen[bytes]", path: str) -> None:
    every = 0.2 if sys.stdout.isatty() else BEAT_SECONDS
    beat = time.monotonic() + every
    while True:
        try:
            child.wait(0.05)
            return
        except subprocess.TimeoutExpired:
            if time.monotonic() >= beat:
                beat += every
                step.beat(last_line(path))


def last_line(path: str) -> str:
    """The last line with something on it in the file `path`."""
    with open(path, "rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - 2000))
        lines = [line.strip() for line in re.split(r"[\r\n]+", file.read().decode("utf-8", "replace"))]
    said = [line for line in lines if line]
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", said[-1]) if said else ""


def why(name: str, path: str, fetches: str) -> str:
    """One sentence on why the step `name` failed, from its log."""
    with open(path, encoding="utf-8", errors="replace") as file:
        said = file.read()[-20000:]
    if NO_SPACE.search(said):
        return "No disk space is left ({}): free some and run this again.".format(name)
    if fetches and BAD_CERTIFICATE.search(said):
        return (
            "{} cannot be fetched, the certificate of the package index is not trusted: install your "
            "network's certificate authority on the system, or name its file in SSL_CERT_FILE and "
            "NODE_EXTRA_CA_CERTS; details in {}.".format(fetches, path)
        )
    if fetches and NO_NETWORK.search(said):
        return (
            "{} cannot be fetched, the network does not answer: check it (or the package index you set) "
            "and run this again; details in {}.".format(fetches, path)
        )
    errors = [line.strip() for line in said.splitlines() if re.search(r"\berror\b", line, re.I)]
    return "{} failed with “{}”: see {}.".format(name, errors[-1] if errors else last_line(path), path)
