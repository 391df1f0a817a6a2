"""Wheel and source hold everything and nothing else, and their metadata is complete."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path
from types import ModuleType

import pytest

from tests.architecture.source_tree import CHECKOUT

PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

pytestmark = [pytest.mark.slow, pytest.mark.needs_package("hatchling")]


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--directory", str(folder)],
        cwd=CHECKOUT,
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture(scope="module")
def metadata(dist: Path) -> Message:
    with zipfile.ZipFile(next(dist.glob("*.whl"))) as wheel:
        name = next(name for name in wheel.namelist() if name.endswith("/METADATA"))
        return Parser().parsestr(wheel.read(name).decode())


def _tracked(folder: str) -> set[str]:
    done = subprocess.run(
        ["git", "ls-files", folder], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip("no git here")
    return {name for name in done.stdout.splitlines() if (CHECKOUT / name).exists()}


def test_the_wheel_holds_the_package_and_nothing_else(dist: Path) -> None:
    expected = {name.removeprefix("src/") for name in _tracked("src")}

    with zipfile.ZipFile(next(dist.glob("*.whl"))) as wheel:
        found = {name for name in wheel.namelist() if ".dist-info/" not in name}

    assert found == expected


def test_the_source_holds_what_builds_tests_and_explains_the_package(dist: Path) -> None:
    folders = ("src", "tests", "docs", "examples", "benchmarks")
    expected = set[str]().union(*(_tracked(folder) for folder in folders))

    with tarfile.open(next(dist.glob("*.tar.gz"))) as source:
        found = {name.partition("/")[2] for name in source.getnames()}

    assert expected - found == set()
    assert {"pyproject.toml", "hatch_build.py", "LICENSE", "README.md", "CITATION.cff"} <= found
    assert not [name for name in found if "_build/" in name or ".venv" in name]


def test_metadata_tell_version_licence_and_pythons(metadata: Message) -> None:
    assert metadata["Version"] == PROJECT["version"]
    assert metadata["License-Expression"] == "BSD-3-Clause"
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["Author"] == "the brianfit developers"
    assert len(metadata.get_all("Classifier")) >= 10


def test_readers_of_the_formats_that_the_readme_names_are_installed(metadata: Message) -> None:
    needed = {
        re.match(r"[\w-]+", line)[0]  # type: ignore[index]
        for line in metadata.get_all("Requires-Dist")
        if "extra ==" not in line
    }

    assert {"neo", "igor2", "h5py", "pandas"} <= needed


def test_no_link_of_the_readme_leads_nowhere_on_an_index(metadata: Message) -> None:
    text = str(metadata.get_payload())
    targets = re.findall(r"\]\(([^)\s]+)\)", text)

    assert "Fit neuron models" in text
    assert [target for target in targets if not re.match(r"https?://", target)] == []


def test_links_of_the_readme_are_absolute_once_the_repository_is_known() -> None:
    hook = _module(CHECKOUT / "hatch_build.py")
    text = "[how](docs/a.md) ![picture](docs/b.png) [out](https://x.org) [here](#place)"

    known = hook.readme_of_the_index(text, "https://h.org/r")
    unknown = hook.readme_of_the_index(text, None)

    assert known == (
        "[how](https://h.org/r/blob/main/docs/a.md) "
        "![picture](https://h.org/r/raw/main/docs/b.png) [out](https://x.org) [here](#place)"
    )
    assert unknown == "how  [out](https://x.org) [here](#place)"


def test_the_citation_has_the_version_of_the_package() -> None:
    text = (CHECKOUT / "CITATION.cff").read_text(encoding="utf-8")

    assert f"\nversion: {PROJECT['version']}\n" in text


def test_the_recipe_has_version_and_needs_of_the_package() -> None:
    text = (CHECKOUT / "recipe" / "meta.yaml").read_text(encoding="utf-8")
    run = text.partition("  run:\n")[2].partition("\ntest:")[0]
    in_recipe = {line.split()[1]: line.split()[-1] for line in run.splitlines() if "- " in line}

    assert f'version = "{PROJECT["version"]}"' in text
    for entry in PROJECT["dependencies"]:
        name, _, lowest = entry.partition(">=")
        if lowest:
            conda = {"matplotlib": "matplotlib-base"}.get(name, name)
            assert in_recipe.get(conda) == f">={lowest}", entry


def _module(path: Path) -> ModuleType:
    specification = importlib.util.spec_from_file_location(path.stem, path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module
