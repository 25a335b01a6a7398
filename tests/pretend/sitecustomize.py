"""Every Python process of the tests starts at the moment that scripts/moments.py has chosen.

The folder of this file stands in PYTHONPATH while the suite runs, so that a process which a test starts, and
the brain in its own environment, live at the same moment as the test. Time goes on from there as usual.
"""

import os
from datetime import datetime, timedelta, timezone

_ahead = os.environ.get("HUITOUKE_TESTS_AHEAD_SECONDS")
if _ahead:
    try:
        import time_machine
    except ImportError:  # an environment that runs none of our tests
        pass
    else:
        # The brain's Python is 3.10, which has no datetime.UTC.
        moment = datetime.now(timezone.utc) + timedelta(seconds=float(_ahead))
        time_machine.travel(moment, tick=True).start()
