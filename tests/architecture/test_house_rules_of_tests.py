"""The rules that `conftest.py` lays on every test are really laid."""

from __future__ import annotations

import sys
from pathlib import Path

import brian2
import numpy as np
import pytest
from jaxtyping import TypeCheckError

from tests.architecture.source_tree import CHECKOUT, PACKAGE
from tests.array_checks import check_array_types
from tests.brian_state import BrianState


def test_a_changed_clock_is_seen_and_put_back() -> None:
    before = BrianState.now()
    brian2.defaultclock.dt = 0.05 * brian2.ms

    changes = BrianState.now().changes_since(before)
    before.restore()

    assert changes == ["defaultclock.dt 0.0001 s became 5e-05 s"]
    assert BrianState.now() == before


def test_a_changed_preference_is_seen_and_put_back() -> None:
    before = BrianState.now()
    brian2.prefs["codegen.loop_invariant_optimisations"] = False

    changes = BrianState.now().changes_since(before)
    before.restore()

    assert changes == ["preference codegen.loop_invariant_optimisations became False"]
    assert BrianState.now() == before


def test_a_changed_device_is_seen_and_put_back() -> None:
    before = BrianState.now()
    brian2.set_device("cpp_standalone", build_on_run=False)

    changes = BrianState.now().changes_since(before)
    before.restore()

    assert len(changes) == 1
    assert changes[0].startswith("device ")
    assert BrianState.now() == before


def test_arrays_are_checked_against_their_annotation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = (
        "from __future__ import annotations\n"
        "import numpy as np\n"
        "from brianfit._foundation.shapes import Float\n"
        'def total(x: Float[np.ndarray, "n_samples n_traces"]) -> float:\n'
        "    return float(x.sum())\n"
    )
    (tmp_path / "annotated_example.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)

    with check_array_types(tmp_path):
        import annotated_example

    assert annotated_example.total(np.ones((2, 3))) == 6.0
    with pytest.raises(TypeCheckError, match="n_samples n_traces"):
        annotated_example.total(np.ones(6))
    del sys.modules["annotated_example"]


def test_folders_of_unit_tests_are_folders_of_the_package() -> None:
    unit = CHECKOUT / "tests" / "unit"
    folders = {path.parent.relative_to(unit) for path in unit.rglob("test_*.py")}

    assert [str(folder) for folder in folders if not (PACKAGE / folder).is_dir()] == []
