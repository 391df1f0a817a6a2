"""What a problem file of a stranger asks for is bounded: it is refused at once, whatever it is."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.cli.small_problem import PROBLEM, write_problem
from tests.unit.cli.test_commands import run


def _with(old: str, new: str) -> str:
    assert old in PROBLEM
    return PROBLEM.replace(old, new)


TAU, METHOD, START = 'tau = "10 ms"', 'method = "exact"', 'v = "EL"'
HUGE = "9**9**9**9"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (_with(TAU, f'tau = "0*{HUGE}*amp"'), "Cannot read"),
        (_with(TAU, f'tau = {{ tied = "EL*{HUGE}*second/volt" }}'), "tied parameter 'tau' has"),
        (_with("R*I)", f"R*I + 0*volt**{HUGE})"), "The equation of 'v' has"),
        (_with(": second", f": second**{HUGE}"), "The unit of 'tau' has"),
        (_with(START, f'v = "EL*{HUGE}"'), "The initial value of 'v' has"),
        (_with(METHOD, f'threshold = "v > {HUGE}*mV"\nreset = "v = EL"'), "The threshold has"),
        (_with("R*I)", "R*I" + " + EL" * 200 + ")"), "levels of nesting"),
        (_with("samples = 10", "samples = 9999999999999"), "9999999999999 samples a round"),
        (_with("rounds = 4", "rounds = 9999999999999"), "9999999999999 rounds"),
        ("a = " + "[" * 20000, "no valid TOML"),
        (".".join("a" * 20000) + " = 1", "a key of more than 50 parts"),
        (_with('"cell.csv"', '"pipe.csv"'), "pipe.csv is a device or a pipe"),
        (_with('"cell.csv"', '"wide.csv"'), "wide.csv holds no rows of numbers"),
        (_with("[model]", '[model]\nfile = "pipe.csv"').replace("equations", "x"), "a pipe"),
    ],
)
def test_a_bomb_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, words: str
) -> None:
    write_problem(tmp_path, text)
    os.mkfifo(tmp_path / "pipe.csv")
    row = ",".join("1" * 20000)
    (tmp_path / "wide.csv").write_text(f"{','.join(f'c{k}' for k in range(20000))}\n{row}\n{row}\n")
    monkeypatch.chdir(tmp_path)

    found = run("fit", "cell.toml", code=2)

    assert words in found.stderr


@pytest.mark.parametrize("command", ["fit", "report", "resume", "check", "simulate", "inspect"])
@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, lambda path: path.symlink_to("/dev/zero")])
def test_what_is_no_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, make: Callable[[Path], object]
) -> None:
    make(tmp_path / "strange.fit")
    make(tmp_path / "strange.csv")
    monkeypatch.chdir(tmp_path)

    name = "strange.csv" if command == "inspect" else "strange.fit"
    found = run(command, name, code=2)

    assert name in found.output
