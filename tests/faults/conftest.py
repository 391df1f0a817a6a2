"""A fit that was stopped on the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.cell import fit


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    """Return the store of a fit that did five of its rounds."""
    store = tmp_path / "cell.fit"
    fit(store, callback=lambda *arguments: arguments[4] + 1 == 5)
    return store
