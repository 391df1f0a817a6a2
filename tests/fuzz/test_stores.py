"""Stores from a stranger: what is wrong with them is said, and their texts stay texts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.fuzz.stores import try_stores


@pytest.mark.filterwarnings("ignore:Glyph:UserWarning")
def test_a_hostile_store_is_refused_or_does_no_harm(tmp_path: Path) -> None:
    outcomes = try_stores(tmp_path, np.random.default_rng(5), 40)

    assert outcomes["not read"] + outcomes["read"] == 40
    assert outcomes["not read"] > 10
    assert outcomes["read"] >= 3
