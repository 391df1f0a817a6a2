"""Every kind of broken input gives one clear message and exit code 2."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from typer.testing import CliRunner

from brianfit.cli.main import app
from tests.unit.cli.broken_inputs import ALL, GOOD_PROBLEM, GOOD_TABLE


@pytest.mark.parametrize("kind", ALL)
def test_broken_input_gives_one_message_and_exit_code_2(
    kind: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    optional_package: Callable[[str], ModuleType],
) -> None:
    broken = ALL[kind]
    if broken.package:
        optional_package(broken.package)
    broken.make(tmp_path)
    monkeypatch.chdir(tmp_path)

    found = CliRunner().invoke(app, list(broken.run))

    assert found.exit_code == 2, (found.output, found.exception)
    assert sum(line.startswith("Error:") for line in found.output.splitlines()) == 1
    assert "Traceback" not in found.output
    for words in broken.says:
        assert words in found.output


def test_at_least_thirty_kinds_are_tried() -> None:
    assert len(ALL) >= 30


def test_all_problems_of_a_file_are_listed_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cell.csv").write_text(GOOD_TABLE)
    text = GOOD_PROBLEM.replace('"lif"', '"liff"').replace("rounds = 2", "rounds = -2\nseed = 1.5")
    (tmp_path / "cell.toml").write_text(text)
    monkeypatch.chdir(tmp_path)

    found = CliRunner().invoke(app, ["fit", "cell.toml"])

    lines = found.output.splitlines()
    assert lines[0] == "Error: 3 problems in cell.toml:"
    assert [line.split(":")[0].strip() for line in lines[1:]] == ["line 6", "line 10", "line 11"]
