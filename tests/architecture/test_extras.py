"""Extras: each installs what some code asks for, and the code asks for each of them."""

from __future__ import annotations

import ast
import re
import tomllib

from tests.architecture.source_tree import CHECKOUT, last_name, package_files, parsed

EXTRAS = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "optional-dependencies"
]
COLLECTIONS = {"all", "dev", "docs", "test"}


def test_every_extra_is_one_that_the_code_asks_for_and_the_other_way_round() -> None:
    asked = {
        keyword.value.value
        for path in package_files()
        for call in ast.walk(parsed(path))
        if isinstance(call, ast.Call) and last_name(call) == "import_optional"
        for keyword in call.keywords
        if keyword.arg == "extra" and isinstance(keyword.value, ast.Constant)
    }

    assert asked == set(EXTRAS) - COLLECTIONS


def test_the_extra_all_is_all_extras() -> None:
    (everything,) = EXTRAS["all"]

    assert set(re.findall(r"\w+", everything)) == {"brianfit", *EXTRAS} - COLLECTIONS
