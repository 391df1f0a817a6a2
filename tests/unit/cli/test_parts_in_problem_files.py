"""A problem file can name every ready metric and optimizer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from brian2 import Quantity, ms, mV

from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.parts.same_values import same_value
from brianfit._foundation.units import unit_name
from brianfit.cli.problem_file.document import Document, read_document
from brianfit.cli.problem_file.metrics import METRICS as KINDS_OF_METRICS
from brianfit.cli.problem_file.metrics import read_metrics
from brianfit.cli.problem_file.optimizers import OPTIMIZERS as KINDS_OF_OPTIMIZERS
from brianfit.cli.problem_file.optimizers import read_optimizer
from brianfit.cli.problem_file.parts import keys_of, kind_name, needed_keys
from brianfit.cli.problem_file.schema import read_tables
from brianfit.cli.problem_file.values import plain_value
from brianfit.metrics import AbstractSpikeMetric, FeatureMetric, SubthresholdMSE
from tests.ready_parts import METRIC_ARGUMENTS, METRICS, OPTIMIZER_NAMES, OPTIMIZERS

NAMES_OF_THE_FIRST_VERSION = (
    *("mse", "subthreshold_mse", "step_response", "gamma", "multi_window_gamma", "md_star"),
    *("firing_pattern", "spike_count", "spike_rate", "first_spike_latency", "isi_distance"),
    *("spike_distance", "van_rossum", "victor_purpura", "psth_variance"),
)
OF_FEATURES = {"stim_times": [0 * ms, 2 * ms], "feat_list": ["Spikecount"]}


def document(folder: Path, text: str) -> tuple[Document, dict[str, Any]]:
    path = folder / "cell.toml"
    path.write_text(text, encoding="utf-8")
    found = read_document(path)
    return found, read_tables(found)


def toml(value: Any) -> str:
    """Return a value as a file has it."""
    if isinstance(value, list) or getattr(value, "ndim", 0):
        return f"[{', '.join(toml(entry) for entry in value)}]"
    if isinstance(value, Quantity):
        return f'"{float(value)!r} {unit_name(value.dim)}"'
    return repr(value)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.needs_package("efel") if "Feature" in name else ())
        for name in METRICS
    ],
)
def test_every_metric_can_be_named(name: str, tmp_path: Path) -> None:
    kind: Any = METRICS[name]
    arguments = OF_FEATURES if kind is FeatureMetric else METRIC_ARGUMENTS.get(name, {})
    # A file has lists where a script may have arrays.
    arguments = {key: list(x) if np.ndim(x) == 1 else x for key, x in arguments.items()}
    arguments["normalization"] = 2.0
    output = "spikes" if issubclass(kind, AbstractSpikeMetric) else "v"
    lines = [f"[metric.{output}]", f'kind = "{kind_name(kind)}"', "weight = 3"]
    lines += [f"{key} = {toml(value)}" for key, value in arguments.items()]

    file, tables = document(tmp_path, "\n".join(lines))
    made = read_metrics(file, tables["metric"], [output])

    file.raise_if_any()
    assert same_value(made[output], kind(**arguments))


@pytest.mark.parametrize("name", OPTIMIZER_NAMES)
@pytest.mark.parametrize("form", ['"{kind}"', '{{ kind = "{kind}" }}'])
def test_every_optimizer_can_be_named(name: str, form: str, tmp_path: Path) -> None:
    kind: Any = OPTIMIZERS[name]
    text = f"[fit]\noptimizer = {form.format(kind=kind_name(kind))}"

    file, tables = document(tmp_path, text)
    made = read_optimizer(file, tables["fit"]["optimizer"])

    file.raise_if_any()
    assert same_value(made, kind())


def test_arguments_of_an_optimizer_are_those_of_its_class(tmp_path: Path) -> None:
    text = '[fit]\noptimizer = { kind = "cmaes", population = 20, sigma = 0.1 }'

    file, tables = document(tmp_path, text)
    made = read_optimizer(file, tables["fit"]["optimizer"])

    assert repr(made) == "CMAESOptimizer(population=20, sigma=0.1)"


@pytest.mark.parametrize("text", ["[fit]\nseed = 1", '[fit]\noptimizer = "auto"'])
def test_unless_told_the_problem_chooses_the_optimizer(text: str, tmp_path: Path) -> None:
    file, tables = document(tmp_path, text)

    assert read_optimizer(file, tables["fit"].get("optimizer")) is None
    file.raise_if_any()


def test_names_of_the_first_version_still_work() -> None:
    assert set(NAMES_OF_THE_FIRST_VERSION) <= set(KINDS_OF_METRICS)
    assert {"cmaes", "differential_evolution", "particle_swarm"} <= set(KINDS_OF_OPTIMIZERS)


@pytest.mark.parametrize("kind", METRICS.values())
def test_the_annotations_of_a_metric_say_how_a_file_is_read(kind: Any) -> None:
    vague = [key for key, convert in keys_of(kind).items() if convert is plain_value]

    assert vague == [], "annotate them with names of _foundation/types.py"
    assert set(needed_keys(kind)) <= set(keys_of(kind))


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ('kind = "gamma"\ndelta = 4', r"line 3: \[metric.spikes\] delta: must have the unit s"),
        ('kind = "gamma"', r"'gamma' needs delta = \"4 ms\""),
        ('kind = "gamma"\ndelta = "4 ms"\ntau = "1 ms"', "tau: does not belong to 'gamma', which"),
        ('kind = "gamma"\ndelta = "-4 ms"', r"line 3: \[metric.spikes\] delta: `delta` must be"),
        ('kind = "gama"\ndelta = "4 ms"', "Did you mean 'gamma'"),
        ('kind = "gamma"\ndelta = "4 ms"\nweight = "1"', "weight: must be a number"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(lines: str, complaint: str, tmp_path: Path) -> None:
    file, tables = document(tmp_path, f"[metric.spikes]\n{lines}")

    read_metrics(file, tables["metric"], ["spikes"])

    with pytest.raises(InvalidValueError, match=complaint):
        file.raise_if_any()


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        ('"cmaess"', "Did you mean 'cmaes'"),
        ('{ kind = "cmaes", sigmma = 1 }', "sigmma: does not belong to 'cmaes', which takes"),
        ('{ kind = "cmaes", sigma = "a" }', "sigma: must be a number"),
        ('{ kind = "cmaes", sigma = -1 }', "sigma"),
        ("{ population = 3 }", "population: does not belong to 'auto'"),
        ("3", "must be a text"),
    ],
)
def test_a_wrong_optimizer_is_told_with_its_line(
    entry: str, complaint: str, tmp_path: Path
) -> None:
    file, tables = document(tmp_path, f"[fit]\noptimizer = {entry}")

    read_optimizer(file, tables["fit"].get("optimizer"))

    with pytest.raises(InvalidValueError, match=complaint):
        file.raise_if_any()


def test_a_threshold_keeps_its_unit(tmp_path: Path) -> None:
    text = '[metric.v]\nkind = "subthreshold_mse"\nthreshold = "-20 mV"\nbefore = "1 ms"'

    file, tables = document(tmp_path, text)
    made = read_metrics(file, tables["metric"], ["v"])

    assert same_value(made["v"], SubthresholdMSE(-20 * mV, before=1 * ms))


def test_the_page_that_a_new_problem_file_cites_is_there() -> None:
    checkout = Path(__file__).parents[3]
    template = checkout / "src" / "brianfit" / "cli" / "problem_file" / "problem.template"

    cited = [word for word in template.read_text(encoding="utf-8").split() if "docs/" in word]

    assert cited
    assert all((checkout / word.rstrip(".")).exists() for word in cited)
