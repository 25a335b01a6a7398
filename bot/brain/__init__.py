"""The dialogue side: Rasa with our own components. Runs in its own environment, on loopback only."""

import os

# Before numpy is loaded. The product of a message and a matrix takes microseconds on one processor; a pool
# of threads that spin while they wait for the next one takes more than all the rest of the turn.
for _library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")
