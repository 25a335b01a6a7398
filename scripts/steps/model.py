"""The spaCy pipeline and the trained model, made again when data or configuration changed."""

import os
import subprocess

from steps import command, stamps
from steps.paths import BRAIN, ROOT, under, venv_python
from steps.say import Step


def prepare() -> None:
    """Build the pipeline and train, where needed. Raises Stop."""
    python = venv_python(BRAIN)
    with Step("Chinese language pipeline") as step:
        sources = stamps.digest(os.path.join(BRAIN, "nlu"), skip=("__pycache__",))
        wanted = sources + stamps.digest(os.path.join(BRAIN, "uv.lock"))
        if stamps.read("pipeline") == wanted and os.path.isdir(under("models", "spacy", "zh")):
            step.result = "up to date"
        else:
            command.run(step, [python, "-m", "bot.brain.nlu.build"], "pipeline")
            stamps.write("pipeline", wanted)
    with Step("model") as step:
        train = [python, "-m", "bot.brain.train"]
        if subprocess.call([*train, "--check"], cwd=ROOT, env=command.environment()) == 0:
            step.result = "up to date"
        else:
            command.run(step, train, "train")
