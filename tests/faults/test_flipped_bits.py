"""A store of which one bit was flipped is refused, or tells what it told before."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.faults.flips import flip_and_read


def test_a_flipped_bit_changes_nothing_in_silence(tmp_path: Path) -> None:
    outcomes = flip_and_read(tmp_path, np.random.default_rng(3), 20)

    assert outcomes["refused"] + outcomes["told the same"] == 20
    assert outcomes["refused"] > 2
