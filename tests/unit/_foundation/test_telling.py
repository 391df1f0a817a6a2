"""Warnings of brianfit are sentences, and belong to the line of the user who caused them."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path

import pytest

import brianfit as bf
from brianfit._foundation.errors import BrianfitWarning
from brianfit._foundation.telling import warn


def _run(script: Path, code: str) -> subprocess.CompletedProcess[str]:
    # Apart from the tests, whose checks of array shapes stand between brianfit and its callers.
    script.write_text(f"import warnings\nfrom brianfit._foundation.telling import warn\n{code}")
    return subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)


def test_a_warning_is_printed_as_its_sentence(tmp_path: Path) -> None:
    done = _run(tmp_path / "script.py", "warn('Mind the gap.')\n")

    assert "Mind the gap." in done.stderr
    assert "script.py" not in done.stderr
    assert "warn(" not in done.stderr


def test_a_warning_belongs_to_the_line_of_the_user(tmp_path: Path) -> None:
    code = (
        "with warnings.catch_warnings(record=True) as caught:\n"
        "    warn('Mind the gap.')\n"
        "print(caught[0].filename, caught[0].lineno)\n"
    )

    done = _run(tmp_path / "script.py", code)

    assert done.stdout.split() == [str(tmp_path / "script.py"), "4"]


def test_warnings_of_others_keep_their_line() -> None:
    with pytest.warns(BrianfitWarning):
        warn("Mind the gap.")

    text = warnings.formatwarning("Theirs.", UserWarning, "their.py", 3, "x = 1")

    assert text == "their.py:3: UserWarning: Theirs.\n  x = 1\n"


def test_an_implausible_recording_is_a_warning_of_brianfit() -> None:
    assert issubclass(bf.PlausibilityWarning, BrianfitWarning)
