"""Names, order and defaults of arguments, as scripts written for the older toolbox have them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

import brianfit

NEEDED = inspect.Parameter.empty
"""Stands for an argument without default."""

FITTERS: Mapping[str, Mapping[str, Any]] = {
    "TraceFitter": {
        "model": NEEDED,
        "input": NEEDED,
        "output": NEEDED,
        "dt": NEEDED,
        "n_samples": 60,
        "input_var": None,
        "output_var": None,
        "method": None,
        "reset": None,
        "refractory": False,
        "threshold": None,
        "param_init": None,
        "penalty": None,
        "use_units": True,
    },
    "SpikeFitter": {
        "model": NEEDED,
        "input": NEEDED,
        "output": NEEDED,
        "dt": NEEDED,
        "reset": NEEDED,
        "threshold": NEEDED,
        "input_var": "I",
        "refractory": False,
        "n_samples": 30,
        "method": None,
        "param_init": None,
        "penalty": None,
        "use_units": True,
    },
    "OnlineTraceFitter": {
        "model": NEEDED,
        "input_var": NEEDED,
        "input": NEEDED,
        "output_var": NEEDED,
        "output": NEEDED,
        "dt": NEEDED,
        "n_samples": 30,
        "method": None,
        "reset": None,
        "refractory": False,
        "threshold": None,
        "param_init": None,
        "t_start": 0.0,
        "penalty": None,
    },
}

FIT: Mapping[str, Any] = {
    "optimizer": NEEDED,
    "metric": None,
    "n_rounds": 1,
    "callback": "text",
    "restart": False,
    "start_iteration": None,
    "penalty": None,
    "level": 0,
}
GENERATE: Mapping[str, Any] = {"params": None, "param_init": None, "iteration": 1e9, "level": 0}
REFINE: Mapping[str, Any] = {
    "params": None,
    "metric": None,
    "callback": "text",
    "calc_gradient": False,
    "optimize": True,
    "iteration": 1e9,
    "level": 0,
}

METHODS: list[tuple[str, str, Mapping[str, Any]]] = [
    ("TraceFitter", "fit", FIT),
    ("SpikeFitter", "fit", FIT),
    (
        "OnlineTraceFitter",
        "fit",
        {name: default for name, default in FIT.items() if name != "metric"},
    ),
    ("TraceFitter", "generate", {"output_var": None, **GENERATE}),
    ("SpikeFitter", "generate", {"output_var": None, **GENERATE}),
    ("OnlineTraceFitter", "generate", {"output_var": None, **GENERATE}),
    ("TraceFitter", "generate_traces", GENERATE),
    ("SpikeFitter", "generate_spikes", GENERATE),
    ("OnlineTraceFitter", "generate_traces", {"params": None, "param_init": None, "level": 0}),
    ("TraceFitter", "refine", REFINE),
    ("TraceFitter", "results", {"format": "list", "use_units": None}),
    ("SpikeFitter", "results", {"format": "list", "use_units": None}),
]

METRICS: Mapping[str, Mapping[str, Any]] = {
    "Metric": {"t_start": 0.0, "normalization": 1.0},
    "TraceMetric": {"t_start": 0.0, "t_weights": None, "normalization": 1.0},
    "MSEMetric": {"t_start": 0.0, "t_weights": None, "normalization": 1.0},
    "SpikeMetric": {"t_start": 0.0, "normalization": 1.0},
    "GammaFactor": {
        "delta": NEEDED,
        "time": NEEDED,
        "t_start": 0.0,
        "normalization": 1.0,
        "rate_correction": True,
    },
    "FeatureMetric": {
        "stim_times": NEEDED,
        "feat_list": NEEDED,
        "weights": None,
        "combine": None,
        "t_start": 0.0,
        "normalization": 1.0,
        "parallel_processes": 0,
    },
}

FUNCTIONS: Mapping[str, Mapping[str, Any]] = {
    "get_gamma_factor": {
        "model": NEEDED,
        "data": NEEDED,
        "delta": NEEDED,
        "time": NEEDED,
        "dt": NEEDED,
        "rate_correction": True,
    },
    "firing_rate": {"spikes": NEEDED},
    "normalize_weights": {"t_weights": NEEDED},
    "calc_eFEL": {
        "traces": NEEDED,
        "inp_times": NEEDED,
        "feat_list": NEEDED,
        "dt": NEEDED,
        "parallel_processes": 0,
    },
    "callback_setup": {"set_type": NEEDED, "n_rounds": NEEDED},
    "make_dic": {"names": NEEDED, "values": NEEDED},
    "callback_text": dict.fromkeys(
        ("params", "errors", "best_params", "best_error", "index", "additional_info"), NEEDED
    ),
    "callback_none": dict.fromkeys(
        ("params", "errors", "best_params", "best_error", "index", "additional_info"), NEEDED
    ),
}


def assert_takes(function: Callable[..., Any], expected: Mapping[str, Any]) -> None:
    """Check that arguments of the older toolbox stand first, in order, with their defaults."""
    parameters = list(inspect.signature(function).parameters.values())
    if parameters[0].name == "self":
        parameters = parameters[1:]
    by_position = [p for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]

    assert [p.name for p in by_position[: len(expected)]] == list(expected)
    for parameter in by_position[: len(expected)]:
        default = expected[parameter.name]
        if default is not NEEDED:
            assert parameter.default == default, parameter.name
    # What is new may not be needed.
    for parameter in parameters[len(expected) :]:
        assert parameter.default is not NEEDED or parameter.kind is parameter.VAR_KEYWORD


@pytest.mark.parametrize("name", FITTERS)
def test_fitters_take_the_arguments_of_older_scripts(name: str) -> None:
    assert_takes(getattr(brianfit, name).__init__, FITTERS[name])


@pytest.mark.parametrize(("fitter", "method", "expected"), METHODS)
def test_methods_of_fitters_take_the_arguments_of_older_scripts(
    fitter: str, method: str, expected: Mapping[str, Any]
) -> None:
    assert_takes(getattr(getattr(brianfit, fitter), method), expected)


@pytest.mark.parametrize(
    ("fitter", "method"),
    [
        ("TraceFitter", "fit"),
        ("SpikeFitter", "fit"),
        ("OnlineTraceFitter", "fit"),
        ("TraceFitter", "refine"),
    ],
)
def test_bounds_are_further_keywords(fitter: str, method: str) -> None:
    last = list(inspect.signature(getattr(getattr(brianfit, fitter), method)).parameters.values())

    assert last[-1].kind is inspect.Parameter.VAR_KEYWORD


@pytest.mark.parametrize("name", METRICS)
def test_metrics_take_the_arguments_of_older_scripts(name: str) -> None:
    assert_takes(getattr(brianfit, name).__init__, METRICS[name])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_take_the_arguments_of_older_scripts(name: str) -> None:
    assert_takes(getattr(brianfit, name), FUNCTIONS[name])


def test_optimizers_take_the_arguments_of_older_scripts() -> None:
    nevergrad, skopt = brianfit.NevergradOptimizer.__init__, brianfit.SkoptOptimizer.__init__

    assert_takes(nevergrad, {"method": "DE", "use_nevergrad_recommendation": False})
    assert_takes(skopt, {"method": "GP"})
    for constructor in (nevergrad, skopt):
        kinds = [p.kind for p in inspect.signature(constructor).parameters.values()]
        assert inspect.Parameter.VAR_KEYWORD in kinds


def test_the_parts_of_an_optimizer_are_called_as_before() -> None:
    found = {
        name: list(inspect.signature(getattr(brianfit.Optimizer, name)).parameters)[1:]
        for name in ("initialize", "ask", "tell", "recommend")
    }

    assert found == {
        "initialize": ["parameter_names", "popsize", "rounds", "bounds"],
        "ask": ["n_samples"],
        "tell": ["parameters", "errors"],
        "recommend": [],
    }


def test_calc_bounds_returns_bounds_in_the_order_of_the_names() -> None:
    assert brianfit.calc_bounds(["b", "a"], a=[0.0, 1.0], b=[2.0, 3.0]) == [[2, 3], [0, 1]]


def test_calc_bounds_names_what_is_missing() -> None:
    with pytest.raises(TypeError, match="Bounds must be set .*missing: 'b'"):
        brianfit.calc_bounds(["a", "b"], a=[0.0, 1.0])


def test_a_star_import_brings_the_names_of_older_scripts() -> None:
    visible: dict[str, Any] = {}

    exec("from brianfit import *", visible)  # what an older script begins with

    names = [
        "Fitter",
        "TraceFitter",
        "SpikeFitter",
        "OnlineTraceFitter",
        "Metric",
        "TraceMetric",
        "SpikeMetric",
        "MSEMetric",
        "GammaFactor",
        "FeatureMetric",
        "Optimizer",
        "NevergradOptimizer",
        "SkoptOptimizer",
        "calc_bounds",
        "get_gamma_factor",
        "firing_rate",
        "calc_eFEL",
        "normalize_weights",
        "callback_setup",
        "callback_text",
        "callback_none",
        "ProgressBar",
        "make_dic",
    ]
    assert [name for name in names if name not in visible] == []


def test_what_is_no_public_part_is_not_exported() -> None:
    exported = set(brianfit.__all__)

    assert not exported & {"Simulator", "RuntimeSimulator", "CPPStandaloneSimulator", "Inferencer"}
    assert not exported & set(vars(np))  # `from brianfit import *` hides nothing of NumPy


def test_no_name_of_brian_is_hidden() -> None:
    visible: dict[str, Any] = {}

    exec("from brian2 import *", visible)  # what an older script begins with, too

    assert set(visible) & set(brianfit.__all__) == set()


def test_the_version_is_told_twice() -> None:
    assert brianfit.__version__.startswith(".".join(map(str, brianfit.__version_tuple__)))
    assert all(isinstance(part, int) for part in brianfit.__version_tuple__)
