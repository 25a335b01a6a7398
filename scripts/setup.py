#!/usr/bin/env python3
"""Bring everything Huitouke needs into this folder, doing again only what changed.

Runs on any Python 3.6 or newer with the standard library alone, and touches nothing outside the folder.

    python3 scripts/setup.py           what `make run` needs
    python3 scripts/setup.py --test    and what the tests need beyond that
"""

import sys

if sys.version_info < (3, 6):
    sys.exit("Huitouke's set-up needs python3 3.6 or newer; this is %s." % sys.version.split()[0])

sys.dont_write_bytecode = True

from steps import main  # noqa: E402 - after the version check

if __name__ == "__main__":
    sys.exit(main.main(sys.argv[1:]))
