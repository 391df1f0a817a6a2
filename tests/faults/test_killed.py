"""A fit that is killed at any moment goes on to the same numbers."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from tests.faults.kill import kill_and_go_on, kinds


@pytest.mark.skipif(not hasattr(os, "fork"), reason="fits are killed in forked processes")
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_killed_fits_go_on_to_the_same_numbers(tmp_path: Path) -> None:
    chosen = {name: kinds()[name] for name in ("CMA-ES", "least squares", "refine")}

    same = kill_and_go_on(tmp_path, np.random.default_rng(7), 6, chosen)

    assert same == 6
