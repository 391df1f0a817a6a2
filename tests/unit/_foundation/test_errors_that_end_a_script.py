"""A script that ends with an error of ours ends plainly."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


RAISES = {
    "ours": "raise brianfit.BrianfitError('give a unit')",
    "other": "raise RuntimeError('odd')",
}


@pytest.mark.parametrize("whose", ["ours", "other"])
def test_only_errors_of_others_come_with_the_banner_of_brian(whose: str, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(f"import brian2, brianfit\nbrianfit.TraceFitter\n{RAISES[whose]}\n")

    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "", "TMPDIR": str(tmp_path), "PYTHONPATH": ":".join(sys.path)},
    )

    assert done.returncode == 1
    assert ("unexpected error" in done.stderr) == (whose == "other")
    assert bool(list(tmp_path.glob("brian_*"))) == (whose == "other")
