"""The public names: one list in the stub, each name there, explained and loaded lazily."""

from __future__ import annotations

import ast
import importlib
import importlib.metadata
import inspect
import subprocess
import sys
from pathlib import Path

import brian2
import numpy as np
import pytest

import brianfit
from brianfit import library
from tests.architecture.source_tree import CHECKOUT, PACKAGE

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
MODULES_OF_THE_OLDER_TOOLBOX = {
    "fitter": ("Fitter", "SpikeFitter", "TraceFitter", "OnlineTraceFitter"),
    "metric": (
        *("Metric", "TraceMetric", "SpikeMetric", "MSEMetric", "GammaFactor", "FeatureMetric"),
        *("get_gamma_factor", "firing_rate", "calc_eFEL", "normalize_weights"),
    ),
    "optimizer": ("Optimizer", "NevergradOptimizer", "SkoptOptimizer", "calc_bounds"),
    "utils": ("callback_setup", "callback_text", "callback_none", "ProgressBar", "make_dic"),
    "simulator": (),
}
PUBLIC_NAMES = tuple(name for name in dir(brianfit) if not name.startswith("_"))
FOLDERS = tuple(
    path.name
    for path in sorted(PACKAGE.iterdir())
    if path.is_dir() and not path.name.startswith("_") and path.name != "cli"
)
HIDES_A_FUNCTION_OF_NUMPY = {"load", "split"}


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


@pytest.mark.parametrize("module", MODULES_OF_THE_OLDER_TOOLBOX)
def test_modules_of_the_older_toolbox_hand_on_the_public_names(module: str) -> None:
    found = getattr(brianfit, module)

    names = MODULES_OF_THE_OLDER_TOOLBOX[module]

    assert [getattr(found, name) for name in names] == [getattr(brianfit, name) for name in names]


def test_the_stub_lists_every_name_once() -> None:
    stub = ast.parse((PACKAGE / "__init__.pyi").read_text(encoding="utf-8"))

    listed = [
        name.asname or name.name
        for line in stub.body
        if isinstance(line, ast.ImportFrom)
        for name in line.names
    ]

    assert sorted(listed) == sorted(PUBLIC_NAMES)


def test_all_open_folders_and_modules_of_the_package_are_public_names() -> None:
    modules = {name for name in PUBLIC_NAMES if inspect.ismodule(getattr(brianfit, name))}

    assert modules == {*FOLDERS, *MODULES_OF_THE_OLDER_TOOLBOX}


def test_a_star_import_gives_all_names_but_modules_and_names_of_numpy() -> None:
    by_name_only = set(PUBLIC_NAMES) - set(brianfit.__all__)

    assert set(brianfit.__all__) <= set(PUBLIC_NAMES)
    assert by_name_only == {
        *HIDES_A_FUNCTION_OF_NUMPY,
        *set(FOLDERS) - {"library"},
        *MODULES_OF_THE_OLDER_TOOLBOX,
    }


def test_a_star_import_hides_nothing_of_numpy_or_brian() -> None:
    assert set(brianfit.__all__).isdisjoint({*dir(np), *dir(brian2)})
    assert set(dir(np)) >= HIDES_A_FUNCTION_OF_NUMPY


def test_every_folder_is_an_attribute_from_the_start() -> None:
    code = (
        "import brianfit\n"
        f"for name in {(*FOLDERS, *MODULES_OF_THE_OLDER_TOOLBOX)}:\n"
        "    assert getattr(brianfit, name).__name__ == 'brianfit.' + name\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_name_that_a_folder_lists_is_there(folder: str) -> None:
    module = importlib.import_module(f"brianfit.{folder}")

    missing = [name for name in getattr(module, "__all__", ()) if not hasattr(module, name)]

    assert missing == []


@pytest.mark.slow
def test_strict_types_hold_in_a_script_that_uses_every_public_name(tmp_path: Path) -> None:
    script = tmp_path / "every_name.py"
    others = sorted(set(PUBLIC_NAMES) - set(brianfit.__all__))
    lines = ["import brianfit as bf", "from brianfit import *", "", "names: list[object] = ["]
    lines += [f"    {name}," for name in sorted(brianfit.__all__)]
    lines += [f"    bf.{name}," for name in others]
    lines += ["]", "print(bf.metrics.MSEMetric(), bf.__version__.upper(), bf.__version_tuple__[0])"]
    script.write_text("\n".join([*lines, ""]), encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", "pyproject.toml"]

    done = subprocess.run(
        [*command, str(script)], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout


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


def test_every_public_name_and_model_has_its_place_in_the_reference(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.syspath_prepend(str(CHECKOUT / "docs" / "_ext"))
    pages = importlib.import_module("public_names")

    told = {one.name for one in pages.public_names()}

    assert {name for name in PUBLIC_NAMES if callable(getattr(brianfit, name))} - told == set()
    assert set(pages.library_names()) == set(library.names())
