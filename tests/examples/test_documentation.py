"""Every code block of the documentation runs, page by page, from top to bottom."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.examples.code_blocks import pages_with_code, script_of

CHECKOUT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "page", pages_with_code(CHECKOUT), ids=lambda page: str(page.relative_to(CHECKOUT))
)
def test_the_code_of_a_page_runs(page: Path, tmp_path: Path) -> None:
    script = tmp_path / f"{page.stem}.py"
    script.write_text(script_of(page), encoding="utf-8")

    done = subprocess.run(
        [sys.executable, script.name],
        cwd=tmp_path,
        env={**os.environ, "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, f"{page.relative_to(CHECKOUT)}:\n{done.stderr}"


def test_lines_of_code_keep_their_numbers(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Title\n\n```python\nx = 1\n```\n\n```python\nprint(x)\n```\n")

    script = script_of(page)

    assert script.splitlines()[3] == "x = 1"
    assert script.splitlines()[7] == "print(x)"


def test_blocks_marked_not_run_and_other_languages_are_left_out(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```python not-run\nx = 1\n```\n```bash\nmake\n```\n")

    assert script_of(page).strip() == ""


def test_cells_that_the_site_runs_are_code_too(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Title\n\n```{code-cell} ipython3\n:tags: [hide-input]\n\nx = 1\n```\n")

    script = script_of(page)

    assert script.splitlines()[5] == "x = 1"
    assert ":tags:" not in script
