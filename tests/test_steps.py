"""One customer's work is interrupted where it hangs; everybody else's goes on."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import time

import pytest

from bot.steps import StepTooLong, in_steps, short

SLOW = re.compile(r"(先|都|先都)*$")
HANGS = "先都" * 40 + "x"
SECONDS = 0.1


async def hang() -> None:
    await asyncio.sleep(0)
    SLOW.match(HANGS)


async def spin() -> None:
    await asyncio.sleep(0)
    while True:
        try:
            sum(range(1000))
        except Exception:
            continue


@pytest.mark.parametrize("work", [hang, spin])
async def test_a_step_that_does_not_yield_is_interrupted(work: object) -> None:
    """In a regular expression and in plain code; the loop is held no longer than that."""
    began = time.process_time()
    with pytest.raises(StepTooLong):
        await in_steps(work(), SECONDS)  # type: ignore[operator]
    assert time.process_time() - began < 20 * SECONDS


async def test_the_others_go_on() -> None:
    """A neighbour's turn ends well while a hanging one is interrupted beside it."""

    async def quick() -> str:
        await asyncio.sleep(0.01)
        return "done"

    bad, good = await asyncio.gather(in_steps_task(hang()), in_steps_task(quick()), return_exceptions=True)
    assert isinstance(bad, StepTooLong)
    assert good == "done"


async def in_steps_task(work: object) -> object:
    return await in_steps(work, SECONDS)  # type: ignore[arg-type]


async def test_waiting_is_no_work() -> None:
    """A long wait costs no processor time, and what is awaited comes back as it is."""

    async def waits() -> int:
        await asyncio.sleep(3 * SECONDS)
        return 7

    assert await in_steps(waits(), SECONDS) == 7


async def test_errors_and_cancellation_pass_through() -> None:
    """The work fails as it would alone, and can be cancelled and clean up."""
    seen: list[str] = []

    async def fails() -> None:
        await asyncio.sleep(0)
        raise LookupError("mine")

    async def waits() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            seen.append("cleaned")

    with pytest.raises(LookupError, match="mine"):
        await in_steps(fails(), SECONDS)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await in_steps(waits(), SECONDS)
    assert seen == ["cleaned"]


def test_code_that_does_not_wait_is_limited_too() -> None:
    """What reads a text is plain code."""
    with pytest.raises(StepTooLong), short(SECONDS):
        SLOW.match(HANGS)
    with short(SECONDS):
        assert SLOW.match("先都")


def test_a_loop_that_stands_still_ends_its_process() -> None:
    """What no signal reaches ends the process with its stack, so that it can be started again."""
    source = (
        "import asyncio\n"
        "from bot.steps import beat\n"
        "async def main():\n"
        "    watch = asyncio.create_task(beat(0.3))\n"
        "    await asyncio.sleep(0.5)\n"
        "    print('alive', flush=True)\n"
        "    pow(7, 10**9)\n"
        "asyncio.run(main())\n"
    )
    ended = subprocess.run([sys.executable, "-c", source], capture_output=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert ended.stdout == b"alive\n"
    assert b"in main" in ended.stderr
