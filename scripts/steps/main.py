"""The order of the steps."""

import argparse
import errno
import sys
from typing import List

from steps import checks, environments, front, model, needs, node, pythons, uv
from steps.paths import BRAIN, ROOT
from steps.say import Stop

REST = ("3.11", "3.12", "3.13", "3.14")


def main(arguments: List[str]) -> int:
    """Run the set-up; 0 when all is there, 1 with one sentence when not."""
    parser = argparse.ArgumentParser(description="Bring everything Huitouke needs into this folder.")
    parser.add_argument("--test", action="store_true", help="also what the tests need")
    try:
        _steps(parser.parse_args(arguments).test)
    except Stop as stop:
        print("\nHuitouke cannot be set up: {}".format(stop), file=sys.stderr)
        return 1
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        print("\nHuitouke cannot be set up: no disk space is left in {}.".format(ROOT), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Running it again goes on from here.", file=sys.stderr)
        return 130
    return 0


def _steps(tests: bool) -> None:
    print("Setting up Huitouke" + (" and its tests" if tests else ""), flush=True)
    checks.machine()
    with checks.alone():
        tool = uv.bring()
        interpreters = [
            pythons.find(tool, BRAIN, ("3.10",), "the brain"),
            pythons.find(tool, ROOT, REST, "the rest"),
        ]
        environments.both(tool, interpreters, tests)
        node.bring(tool)
        front.build()
        model.prepare()
        if tests:
            front.oracles()
            needs.bring()
