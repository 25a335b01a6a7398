"""Where things lie."""

import os

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TOOLS = os.path.join(ROOT, ".tools")
BRAIN = os.path.join(ROOT, "bot", "brain")
WEB = os.path.join(ROOT, "bot", "web")
ORACLES = os.path.join(ROOT, "tests", "channels", "oracles")


def under(*parts: str) -> str:
    """A path inside the repository."""
    return os.path.join(ROOT, *parts)


def venv_python(folder: str) -> str:
    """The interpreter of the environment in `folder`."""
    return os.path.join(folder, ".venv", "bin", "python")
