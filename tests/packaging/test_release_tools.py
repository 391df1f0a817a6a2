"""The tools of a release: changes are gathered, lowest versions are listed, workflows call make."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from tests.architecture.source_tree import CHECKOUT

WORKFLOWS = sorted((CHECKOUT / ".github" / "workflows").glob("*.yml"))


def _tool(name: str) -> ModuleType:
    path = CHECKOUT / ".ci" / f"{name}.py"
    specification = importlib.util.spec_from_file_location(name, path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_changes_are_gathered_by_kind_and_number(tmp_path: Path) -> None:
    tool = _tool("gather_changes")
    (tmp_path / "README.md").write_text("not a change")
    (tmp_path / "10.fix.md").write_text("Third.\n")
    (tmp_path / "9.feature.md").write_text("First,\nin two lines.\n")
    (tmp_path / "12.feature.md").write_text("Second.\n")

    text = tool.section("0.2.0", "2026-12-01", tool.fragments(tmp_path))

    assert text == (
        "## 0.2.0 (2026-12-01)\n\n### New\n\n- First,\n  in two lines.\n- Second.\n\n"
        "### Mended\n\n- Third.\n"
    )


def test_a_release_stands_above_the_one_before() -> None:
    text = _tool("gather_changes").with_release("# Changes\n\nWords.\n\n## 0.1.0\n", "## 0.2.0\n")

    assert text == "# Changes\n\nWords.\n\n## 0.2.0\n\n## 0.1.0\n"


def test_a_change_of_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "9.story.md").write_text("x")

    with pytest.raises(SystemExit, match="expected a name like 12.fix.md"):
        _tool("gather_changes").fragments(tmp_path)


def test_every_change_at_hand_can_be_gathered() -> None:
    found = _tool("gather_changes").fragments(CHECKOUT / "changelog.d")

    assert all(
        path.read_text(encoding="utf-8").strip() for paths in found.values() for path in paths
    )


def test_lowest_versions_are_those_of_the_project() -> None:
    text = '[project]\ndependencies = ["brian2>=2.9", "numpy<2.4; python_version < \'3.12\'"]\n'

    assert _tool("lowest_versions").lowest_versions(text) == ["brian2==2.9"]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_every_step_of_a_workflow_calls_make_or_a_pinned_action(workflow: Path) -> None:
    text = workflow.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (CHECKOUT / "Makefile").read_text(), re.MULTILINE))

    commands = re.findall(r"- run: (.+)", text)
    actions = re.findall(r"uses: ([^\s.]\S*)", text)

    assert all(command.split()[0] == "make" for command in commands)
    assert {command.split()[1] for command in commands} <= targets
    assert all(re.fullmatch(r"[\w./-]+@v\d+\.\d+\.\d+", action) for action in actions), actions
    assert "run: |" not in text
