"""make mutate ROOM=ledger: put small faults into a room, one at a time, and see which its tests notice.

python -m tools.mutate ROOM [ROOM ...] [--sample N] [--only TEXT] [--jobs N]

Prints what survived and the share that was killed; the whole goes to build/mutate/ROOM.json. Ends with 1
when less than nine in ten were killed, or, with --sample, when any survived.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from pathlib import Path

from tools.mutate.run import LEAST, Room, Trial, try_room

ROOT = Path(__file__).resolve().parents[2]


def rooms() -> dict[str, Room]:
    """Every room that can be tried, by name."""
    table = tomllib.loads((Path(__file__).parent / "rooms.toml").read_text("utf-8"))
    equal = tomllib.loads((Path(__file__).parent / "equivalent.toml").read_text("utf-8"))
    return {
        name: Room(
            name,
            tuple(entry["modules"]),
            tuple(entry["tests"]),
            equal.get(name, {}),
            entry.get("brain", False),
        )
        for name, entry in table.items()
    }


def main() -> int:
    known = rooms()
    parser = argparse.ArgumentParser(prog="make mutate")
    parser.add_argument("rooms", nargs="+", metavar="ROOM", help="of: " + ", ".join(known))
    parser.add_argument("--sample", type=int, help="so many faults of each room, always the same ones")
    parser.add_argument("--only", default="", help="faults whose name has this text, e.g. a file")
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    if unknown := set(asked.rooms) - set(known):
        sys.exit(f"There is no room {', '.join(sorted(unknown))}: choose from {', '.join(known)}.")
    worked = True
    for name in asked.rooms:
        trial = try_room(ROOT, known[name], asked.sample, asked.only, asked.jobs)
        _tell(trial)
        worked = worked and (not trial.survivors if asked.sample else trial.share >= LEAST)
    return 0 if worked else 1


def _tell(trial: Trial) -> None:
    if trial.failing:
        print(f"{trial.room}: these tests fail without any fault, mend them first:")
        print("\n".join(f"  {test}" for test in trial.failing))
        return
    for each in trial.survivors:
        print(f"  {each.verdict}  {each.file}:{each.line}  {each.before}  ->  {each.after}\n      {each.key}")
    for key in trial.stale:
        print(f"  no longer there, take it out of equivalent.toml: {key}")
    counted = f"{trial.killed} of {trial.counted} faults killed ({trial.share:.0%})"
    print(f"{trial.room}: {counted}, {trial.equivalent} change nothing, {trial.seconds:.0f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
