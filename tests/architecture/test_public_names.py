"""What `from brianfit import *` gives: the documented names, each explained and loaded lazily."""

from __future__ import annotations

import importlib.metadata
import inspect
import subprocess
import sys

import pytest

import brianfit

# The names that scripts written for the older toolbox import.
NAMES_OF_THE_OLDER_TOOLBOX = (
    "FeatureMetric",
    "Fitter",
    "GammaFactor",
    "MSEMetric",
    "Metric",
    "NevergradOptimizer",
    "OnlineTraceFitter",
    "Optimizer",
    "ProgressBar",
    "SkoptOptimizer",
    "SpikeFitter",
    "SpikeMetric",
    "TraceFitter",
    "TraceMetric",
    "calc_bounds",
    "calc_eFEL",
    "callback_none",
    "callback_setup",
    "callback_text",
    "firing_rate",
    "get_gamma_factor",
    "make_dic",
    "normalize_weights",
)
PUBLIC_NAMES = tuple(getattr(brianfit, "__all__", ()))

pytestmark = pytest.mark.skipif(not PUBLIC_NAMES, reason="no public names yet")


@pytest.mark.parametrize("name", PUBLIC_NAMES)
def test_a_public_name_is_there(name: str) -> None:
    assert hasattr(brianfit, name)


@pytest.mark.parametrize("name", PUBLIC_NAMES)
def test_a_public_name_is_explained(name: str) -> None:
    public = getattr(brianfit, name)

    if inspect.isclass(public) or inspect.isroutine(public):
        assert inspect.getdoc(public), f"{name} has no docstring"


@pytest.mark.parametrize("name", PUBLIC_NAMES)
def test_public_methods_are_explained_in_the_class_or_in_its_base(name: str) -> None:
    public = getattr(brianfit, name)
    if not inspect.isclass(public):
        return

    bare = [
        member
        for member, value in inspect.getmembers(public)
        if not member.startswith("_")
        and (inspect.isroutine(value) or isinstance(value, property))
        and not inspect.getdoc(value)
    ]

    assert bare == []


def test_names_of_the_older_toolbox_are_public() -> None:
    assert set(NAMES_OF_THE_OLDER_TOOLBOX) <= set(PUBLIC_NAMES)


def test_public_names_are_listed_once_and_by_dir() -> None:
    assert len(set(PUBLIC_NAMES)) == len(PUBLIC_NAMES)
    assert set(PUBLIC_NAMES) <= set(dir(brianfit))


def test_an_unknown_name_is_an_attribute_error_that_names_it() -> None:
    with pytest.raises(AttributeError, match="no_such_fitter"):
        brianfit.no_such_fitter  # noqa: B018 - reading it is the test


def test_star_import_gives_the_public_names() -> None:
    code = (
        "import brianfit\n"
        "given = {}\n"
        "exec('from brianfit import *', given)\n"
        "missing = set(brianfit.__all__) - set(given)\n"
        "assert not missing, missing\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_importing_the_package_loads_none_of_its_layers() -> None:
    code = "import sys, brianfit; print(*(n for n in sys.modules if n.startswith('brianfit.')))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == []


def test_the_version_is_that_of_the_installed_package() -> None:
    assert brianfit.__version__ == importlib.metadata.version("brianfit")
