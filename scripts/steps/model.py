"""The spaCy pipeline and the trained model, made again when data or configuration changed."""

import subprocess

from steps import command
from steps.paths import BRAIN, ROOT, venv_python
from steps.say import Step


def prepare() -> None:
    """Build the pipeline and train, where needed. Raises Stop."""
    for module, name in (("bot.brain.nlu.build", "Chinese language pipeline"), ("bot.brain.train", "model")):
        with Step(name) as step:
            argv = [venv_python(BRAIN), "-m", module]
            if not subprocess.call(
                [*argv, "--check"],
                cwd=ROOT,
                env=command.environment(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            ):
                step.result = "up to date"
                continue
            command.run(step, argv, module)
