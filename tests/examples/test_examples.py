"""Every example runs as a user runs it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


SCRIPTS = sorted(path for path in EXAMPLES.rglob("*.py") if path.parent.name != "data")


@pytest.mark.parametrize("example", SCRIPTS, ids=lambda path: path.stem)
def test_an_example_runs(example: Path, tmp_path: Path) -> None:
    without_display = {**os.environ, "MPLBACKEND": "agg"}

    done = subprocess.run(
        [sys.executable, str(example)],
        cwd=tmp_path,
        env=without_display,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip(), "an example shows what it found"


def test_every_example_stands_in_a_section_of_the_gallery_and_draws_a_figure() -> None:
    lost = [
        str(path.relative_to(EXAMPLES))
        for path in SCRIPTS
        if not (path.parent / "GALLERY_HEADER.rst").exists()
        or not re.search(r"\b(?:plot\w*|plt)\b.*\(", path.read_text(encoding="utf-8"))
    ]

    assert lost == []
    assert 20 <= len(SCRIPTS) <= 40
