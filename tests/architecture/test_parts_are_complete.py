"""A part that is new stands wherever it must: in its folder, its contract tests, its page."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from types import ModuleType

import pytest

from brianfit import engines, executors, library, likelihoods, metrics, optimizers
from brianfit.data import readers
from brianfit.data.readers import READERS, AbstractReader
from brianfit.engines import AbstractEngine
from brianfit.executors import AbstractExecutor
from brianfit.library import NeuronModel
from brianfit.likelihoods import AbstractNoise
from brianfit.metrics import AbstractMetric
from brianfit.optimizers import AbstractOptimizer
from tests.architecture.source_tree import CHECKOUT, classes, last_name, parsed

KINDS: dict[str, tuple[ModuleType, type]] = {
    "metrics": (metrics, AbstractMetric),
    "optimizers": (optimizers, AbstractOptimizer),
    "executors": (executors, AbstractExecutor),
    "likelihoods": (likelihoods, AbstractNoise),
    "engines": (engines, AbstractEngine),
    "readers": (readers, AbstractReader),
}
PAGES = {
    "metrics": "choose_a_metric",
    "optimizers": "choose_an_optimizer",
    "executors": "use_processes_and_clusters",
    "likelihoods": "my_residuals_are_correlated",
}
TESTED_ELSEWHERE = {
    "EscapeRateLikelihood",  # compares a rate, which the examples of the contract are not
    "DefaultEngine",  # chooses one of the two engines that are tested
}


def written(package: ModuleType, base: type) -> dict[str, type]:
    """Return the concrete classes of a kind that are written in the files of a package."""
    found: dict[str, type] = {}
    for module in _modules(package):
        for name, value in vars(module).items():
            is_own = inspect.isclass(value) and value.__module__ == module.__name__
            if is_own and issubclass(value, base) and not name.startswith(("_", "Abstract")):
                found[name] = value
    return found


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(module.name)


def rows_of(page: str) -> str:
    """Return the rows of all tables of a page."""
    text = (CHECKOUT / "docs" / "how_to" / f"{page}.md").read_text(encoding="utf-8")
    return "\n".join(line for line in text.splitlines() if line.startswith("|"))


@pytest.mark.parametrize("kind", ["metrics", "optimizers", "executors", "likelihoods", "engines"])
def test_every_part_is_offered_by_its_folder(kind: str) -> None:
    package, base = KINDS[kind]

    missing = set(written(package, base)) - set(package.__all__)

    assert missing - {"FusedEngine"} == set(), "import them in `__init__.py` and list them there"


def test_every_reader_is_offered() -> None:
    assert set(written(readers, AbstractReader).values()) == {type(reader) for reader in READERS}


def test_every_model_of_the_library_is_offered() -> None:
    models = {
        value.name: value
        for module in _modules(library)
        for name, value in vars(module).items()
        if isinstance(value, NeuronModel) and not name.startswith("_")
    }

    assert models.keys() == set(library.names()), "name them in `library/__init__.py`"


@pytest.mark.parametrize("kind", KINDS)
def test_every_part_is_tested_for_its_contract(kind: str) -> None:
    package, base = KINDS[kind]
    tests = parsed(CHECKOUT / "tests" / "contracts" / f"test_{kind}.py")

    named = {node.id for node in ast.walk(tests) if isinstance(node, ast.Name)}

    missing = set(written(package, base)) - named - TESTED_ELSEWHERE
    assert missing == set(), f"add a class to tests/contracts/test_{kind}.py"


@pytest.mark.parametrize("kind", ["metrics", "optimizers", "readers"])
def test_contracts_are_kept_by_classes_that_name_their_part(kind: str) -> None:
    package, base = KINDS[kind]
    tests = parsed(CHECKOUT / "tests" / "contracts" / f"test_{kind}.py")
    contracts = [
        node
        for node in classes(tests)
        if any(last_name(parent).endswith("Contract") for parent in node.bases)
    ]

    named = {one.id for node in contracts for one in ast.walk(node) if isinstance(one, ast.Name)}

    assert set(written(package, base)) - named - TESTED_ELSEWHERE == set()


@pytest.mark.parametrize("kind", PAGES)
def test_every_part_has_a_row_on_the_page_that_helps_to_choose(kind: str) -> None:
    package, base = KINDS[kind]
    rows = rows_of(PAGES[kind])

    missing = [name for name in written(package, base) if not re.search(rf"`{name}\b", rows)]

    assert missing == [], f"add a row to docs/how_to/{PAGES[kind]}.md"


def test_every_model_has_a_row_on_the_page_that_helps_to_choose() -> None:
    rows = rows_of("choose_a_model")

    missing = [name for name in library.names() if f"`{name}`" not in rows]

    assert missing == [], "add a row to docs/how_to/choose_a_model.md"


def test_every_ending_of_a_reader_is_on_the_page_of_formats() -> None:
    rows = rows_of("read_recordings")
    endings = {ending.removesuffix(".gz") for reader in READERS for ending in reader.suffixes}

    missing = sorted(ending for ending in endings if f"`{ending}`" not in rows)

    assert missing == [], "add them to the table of docs/how_to/read_recordings.md"


@pytest.mark.parametrize("kind", ["metrics", "optimizers", "models"])
def test_every_part_is_told_in_the_changelog(kind: str) -> None:
    pages = [CHECKOUT / "CHANGELOG.md", *(CHECKOUT / "changelog.d").glob("*.md")]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    parts = library.names() if kind == "models" else written(*KINDS[kind])

    missing = [name for name in parts if not re.search(rf"`{name}\b|\"{name}\"", text)]

    assert missing == [], "add a file in changelog.d that names them"
