"""Files and functions stay small; what is larger is listed with a reason and may only shrink."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from tests.architecture.source_tree import FunctionNode, all_files, functions, parsed, relative

LINES_PER_FILE = 400
LINES_PER_FUNCTION = 50  # without the docstring
LINES_PER_EXAMPLE = 60
FILES_PER_FOLDER = 20

# path: (lines now, why it is larger). Numeric tables and generated code are reasons.
LARGE_FILES: Mapping[str, tuple[int, str]] = {}
# path::function: (lines now, why it is larger)
LARGE_FUNCTIONS: Mapping[str, tuple[int, str]] = {}


def test_files_stay_small_and_listed_ones_shrink() -> None:
    sizes = {relative(path): _n_lines(path) for path in all_files()}

    complaints = _complaints(sizes, LINES_PER_FILE, LARGE_FILES)

    assert not complaints, "\n".join(complaints)


def test_functions_stay_small_and_listed_ones_shrink() -> None:
    sizes = {
        f"{relative(path)}::{function.name}": _n_lines_of_code(function)
        for path in all_files()
        for function in functions(parsed(path))
    }

    complaints = _complaints(sizes, LINES_PER_FUNCTION, LARGE_FUNCTIONS)

    assert not complaints, "\n".join(complaints)


def test_examples_fit_on_a_page() -> None:
    sizes = {
        relative(path): _n_lines(path)
        for path in all_files()
        if relative(path).startswith("examples/")
    }

    complaints = _complaints(sizes, LINES_PER_EXAMPLE, {})

    assert not complaints, "\n".join(complaints)


def test_no_folder_holds_more_files_than_can_be_overlooked() -> None:
    in_folder = Counter(
        relative(path.parent) for path in all_files() if relative(path).startswith("src/")
    )

    crowded = {folder: n for folder, n in in_folder.items() if n > FILES_PER_FOLDER}

    assert not crowded, f"Make rooms in these folders: {crowded}"


def test_a_file_over_the_limit_is_reported() -> None:
    complaints = _complaints({"a.py": 401, "b.py": 400}, 400, {})

    assert complaints == ["a.py has 401 lines, 400 are allowed; split it"]


def test_a_listed_file_must_not_grow() -> None:
    complaints = _complaints({"a.py": 451}, 400, {"a.py": (450, "a table")})

    assert complaints == ["a.py has 451 lines, 450 are allowed; split it"]


def test_a_listed_file_that_shrank_lowers_its_limit() -> None:
    complaints = _complaints({"a.py": 430}, 400, {"a.py": (450, "a table")})

    assert complaints == ["a.py shrank to 430 lines; write that into the list"]


def test_a_listed_file_that_is_small_or_gone_leaves_the_list() -> None:
    listed = {"a.py": (450, "a table"), "b.py": (450, "a table")}

    complaints = _complaints({"a.py": 400}, 400, listed)

    assert complaints == [
        "a.py is listed as large and is not; take it off the list",
        "b.py is listed as large and is not; take it off the list",
    ]


def test_docstrings_do_not_count() -> None:
    function = ast.parse('def f(x):\n    """One.\n\n    Two.\n    """\n    return x\n').body[0]
    assert isinstance(function, ast.FunctionDef)

    assert _n_lines_of_code(function) == 2


def _complaints(
    sizes: Mapping[str, int], limit: int, listed: Mapping[str, tuple[int, str]]
) -> list[str]:
    complaints = []
    for name, size in sizes.items():
        allowed = listed[name][0] if name in listed else limit
        if size > allowed:
            complaints.append(f"{name} has {size} lines, {allowed} are allowed; split it")
        elif name in listed and limit < size < allowed:
            complaints.append(f"{name} shrank to {size} lines; write that into the list")
    return complaints + [
        f"{name} is listed as large and is not; take it off the list"
        for name in listed
        if sizes.get(name, 0) <= limit
    ]


def _n_lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _n_lines_of_code(function: FunctionNode) -> int:
    n_lines = function.end_lineno - function.lineno + 1  # type: ignore[operator]
    first = function.body[0]
    if ast.get_docstring(function, clean=False) is not None:
        n_lines -= first.end_lineno - first.lineno + 1  # type: ignore[operator]
    return n_lines
