"""What every test lives under: checked array shapes, Brian left as found, honest skips."""

from __future__ import annotations

import importlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import brian2
import hypothesis
import pytest

from tests.array_checks import check_array_types
from tests.brian_state import BrianState

CHECKOUT = Path(__file__).parents[1]

check_array_types()  # nothing imported above imports brianfit

# One seed, one run: a test that fails for someone fails for everybody.
hypothesis.settings.register_profile("house", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("house")


QUICK_FOLDERS = (CHECKOUT / "tests" / "architecture", CHECKOUT / "tests" / "unit")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what `make check` runs."""
    for item in items:
        is_in_folder = any(folder in item.path.parents for folder in QUICK_FOLDERS)
        if is_in_folder and not item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.quick)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, or in CI fail, a test whose optional package or compiler is missing."""
    for marker in item.iter_markers("needs_package"):
        for name in marker.args:
            _optional_package(name)
    if item.get_closest_marker("needs_compiler") and not _has_compiler():
        _skip_unless_required("a C++ compiler (g++ or clang++)")


@pytest.fixture(autouse=True)
def leaves_brian_as_found(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run Brian through NumPy, which starts at once, and fail a test that leaves it changed."""
    before = BrianState.now()
    if not request.node.get_closest_marker("cython"):
        brian2.prefs["codegen.target"] = "numpy"
    at_start = BrianState.now()

    yield

    changes = BrianState.now().changes_since(at_start)
    before.restore()
    if changes:
        pytest.fail(f"The test left Brian changed: {'; '.join(changes)}.")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of recordings beside the checkout, or named by BRIANFIT_SHARED."""
    folder = Path(os.environ.get("BRIANFIT_SHARED", CHECKOUT.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(
            f"There are no recordings in {folder}; the variable BRIANFIT_SHARED may name a "
            "folder that has them."
        )
    return folder


@pytest.fixture
def optional_package() -> Callable[[str], ModuleType]:
    """Return a function that imports an optional package, or skips (in CI fails) the test."""
    return _optional_package


def _optional_package(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        return _skip_unless_required(f"the package {name}")


def _has_compiler() -> bool:
    return any(shutil.which(name) for name in ("g++", "clang++", "c++"))


def _skip_unless_required(what: str) -> ModuleType:
    if os.environ.get("BRIANFIT_REQUIRE_OPTIONAL") == "1":
        pytest.fail(f"BRIANFIT_REQUIRE_OPTIONAL=1, but {what} is missing.")
    pytest.skip(f"needs {what}")
