"""The pages of reference that are written by hand leave nothing out and invent nothing."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from brianfit._foundation import errors
from brianfit.cli.problem_file.metrics import METRICS, OWN_KEYS
from brianfit.cli.problem_file.optimizers import OPTIMIZERS
from brianfit.cli.problem_file.parts import keys_of
from brianfit.cli.problem_file.schema import BOUNDS, STIMULI, TABLES
from brianfit.data.readers import READERS

PART_KEYS = set(OWN_KEYS).union(*map(keys_of, (*METRICS.values(), *OPTIMIZERS.values())))
REFERENCE = Path(__file__).parents[3] / "docs" / "reference"


def _keys(table: Mapping[str, Any]) -> set[str]:
    inner = [value for value in table.values() if isinstance(value, Mapping)]
    return set(table).union(*(_keys(one) for one in inner))


def _words_in_code(page: str) -> set[str]:
    text = (REFERENCE / page).read_text(encoding="utf-8")
    return {word for code in re.findall(r"`([^`]+)`", text) for word in re.findall(r"\w+", code)}


def test_every_key_of_a_problem_file_is_explained() -> None:
    known = _keys(TABLES) | PART_KEYS | {*METRICS, *OPTIMIZERS, *STIMULI, *BOUNDS}

    assert known - _words_in_code("problem_file.md") == set()


def test_no_key_is_explained_that_a_problem_file_does_not_have() -> None:
    text = (REFERENCE / "problem_file.md").read_text(encoding="utf-8")
    first_cells = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", text, flags=re.MULTILINE)
    explained = {word for cell in first_cells for word in re.findall(r"\w+", cell)}

    assert explained - _keys(TABLES) - PART_KEYS - {*METRICS, *OPTIMIZERS} == set()


def test_every_error_and_warning_is_explained() -> None:
    classes = {
        name
        for name, value in vars(errors).items()
        if inspect.isclass(value)
        and issubclass(value, errors.BrianfitError | errors.BrianfitWarning)
    }

    assert classes - _words_in_code("errors.md") == set()


def test_every_format_is_listed() -> None:
    text = (REFERENCE / "file_formats.md").read_text(encoding="utf-8")

    missing = [
        suffix for reader in READERS for suffix in reader.suffixes if f"`{suffix}`" not in text
    ]

    assert missing == []
