"""Figures are drawn without a display and closed after every test."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib as mpl
import pytest
from matplotlib import pyplot as plt


@pytest.fixture(autouse=True)
def closed_figures() -> Iterator[None]:
    before = mpl.get_backend()
    plt.switch_backend("agg")

    yield

    plt.close("all")
    plt.switch_backend(before)
