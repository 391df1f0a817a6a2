"""Odd arguments, tried in a process of its own: as users run brianfit, without checked types."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("what", ["arguments", "public_callables", "odd_parts"])
def test_whatever_is_given_works_or_the_error_says_what_is_wrong(what: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", f"tests.fuzz.{what}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-5000:]
