"""Kill a fit again and again, and let it go on: ``python -m tests.faults.kill [kills]``.

A process fits and is killed by SIGKILL at a random moment; the next one goes on. In the end the
numbers must be those of a fit that nobody disturbed. Prints how often that was so.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from pathlib import Path

import numpy as np

from brianfit.results import load
from tests.faults.cell import assert_same_numbers, fit

LONGEST = 0.25
"""Latest moment of a kill [s] after the fit has begun; a fit takes less."""


def kill_and_go_on(folder: Path, generator: np.random.Generator, n_kills: int) -> int:
    """Kill fits at random moments; return how often the numbers were the undisturbed ones.

    Every fit is killed once, goes on, and must end with the undisturbed numbers.
    """
    expected = fit()
    good = 0
    for number in range(n_kills):
        store = folder / f"cell{number}.fit"
        _killed(store, generator.uniform(0, LONGEST))
        assert_same_numbers(fit(store), expected)
        assert_same_numbers(load(store).result, expected)
        good += 1
    return good


def _killed(store: Path, moment: float) -> None:
    """Begin a fit in a process of its own and kill it `moment` seconds after it begins."""
    context = multiprocessing.get_context("fork")  # a fresh interpreter would take seconds
    process = context.Process(target=fit, args=(store,))
    process.start()
    time.sleep(moment)
    process.kill()
    process.join()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kills", type=int, nargs="?", default=100)
    wanted = parser.parse_args().kills
    with tempfile.TemporaryDirectory() as place:
        counted = kill_and_go_on(Path(place), np.random.default_rng(1), wanted)
    print(f"{counted} of {wanted} kills went on to the same numbers")  # noqa: T201 - a figure
