"""A fit in the words of a methods section."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from brianfit.results import PartRecord
from tests.unit.plots.fitted import problem, result


def test_it_is_two_paragraphs_with_the_numbers_of_the_fit() -> None:
    text = result(standard_errors={"g_L": 1e-10}).methods_text()

    assert len(text.strip().split("\n\n")) == 2
    assert "fitted to 2 sweeps of 100 ms in all (outputs: v, spikes)" in text
    assert (
        "2 parameters were free: g_L between 1 nS and 100 nS; C between 100 pF and 300 pF" in text
    )
    assert "E_L = -70 mV" in text
    assert "in 2 rounds with 8 evaluations in all (seed 7)" in text
    assert "g_L = 10 nS ± 100 pS (standard error); C = 200 pF" in text
    assert "in steps of 0.5 ms" in text


def test_what_makes_a_fit_doubtful_is_told() -> None:
    text = result(at_bound={"C": "upper"}).methods_text()

    assert "C at its upper bound" in text
    assert "12 % of the samples could not be scored" in text


@pytest.mark.parametrize(
    ("optimizer", "words", "key"),
    [
        ("CMAESOptimizer", "(Hansen and Ostermeier, 2001)", "hansen2001cma"),
        ("DifferentialEvolution", "(Storn and Price, 1997)", "storn1997differential"),
        ("ParticleSwarm", "(Kennedy and Eberhart, 1995)", "kennedy1995particle"),
    ],
)
def test_the_optimizer_is_cited(optimizer: str, words: str, key: str) -> None:
    record = PartRecord(name=optimizer, module="brianfit.optimizers.any")
    found = result(problem=problem(optimizer=record))

    assert words in found.methods_text()
    assert f"{{{key}," in found.bibtex()


def test_an_optimizer_of_the_user_is_named_and_not_cited() -> None:
    own = PartRecord(name="CMAESOptimizer", module="mine")
    found = result(problem=problem(optimizer=own))

    assert "searched by CMAESOptimizer() in" in found.methods_text()
    assert "hansen" not in found.bibtex()


def test_every_entry_of_the_bibliography_is_closed() -> None:
    text = result().bibtex()

    assert text.count("{") == text.count("}")
    assert len(re.findall(r"^@\w+\{\w+,$", text, flags=re.MULTILINE)) == 3


def test_a_result_without_its_problem_or_without_parameters_has_a_text_too() -> None:
    bare = replace(result(), problem=None, best_values={})

    text = bare.methods_text()

    assert "fitted to 2 sweeps" in text
    assert "No sample could be scored." in text
