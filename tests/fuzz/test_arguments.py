"""Odd arguments, tried in a process of its own: as users run brianfit, without checked types."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_fit_runs_or_says_what_is_wrong_before_it_simulates() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.arguments"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-5000:]
