"""The list of models, and what each must say about itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from brian2 import ms, mV

from brianfit import library
from brianfit._foundation.errors import InvalidValueError
from brianfit.fitting.problem.parameters import read_parameters
from brianfit.model import Parameter


def test_an_unknown_name_is_refused_and_the_nearest_suggested() -> None:
    with pytest.raises(InvalidValueError, match=r"Did you mean 'adex'"):
        library.get("adx")


@pytest.mark.parametrize("name", library.names())
def test_a_model_is_found_by_its_name(name: str) -> None:
    assert library.get(name).name == name


@pytest.mark.parametrize("name", library.names())
def test_a_model_names_its_source_with_a_year(name: str) -> None:
    source = library.get(name).source

    assert any(f"({year})" in source for year in range(1960, 2030))


@pytest.mark.parametrize("name", library.names())
@pytest.mark.parametrize("only_spikes", [True, False])
def test_default_parameters_are_all_that_a_fit_needs(name: str, only_spikes: bool) -> None:
    ready = library.get(name)

    read = read_parameters(ready.model, ready.parameters_for(only_spikes=only_spikes))

    assert set(read.columns.names) == set(ready.parameters)
    assert len(read.space) >= 3


@pytest.mark.parametrize("name", library.names())
def test_published_values_lie_on_the_side_of_the_bounds_that_a_log_scale_allows(name: str) -> None:
    ready = library.get(name)

    for published in ready.published.values():
        for key, value in published.items():
            if ready.parameters[key].scale == "log":
                assert value >= 0 * value, f"{key} = {value}"


def test_spikes_alone_hold_the_zero_and_the_unit_of_the_voltage() -> None:
    ready = library.get("lif")

    with_voltage = ready.parameters_for(only_spikes=False)
    only_spikes = ready.parameters_for(only_spikes=True)

    assert with_voltage["EL"].is_free
    assert only_spikes["EL"].fixed == -70 * mV
    assert only_spikes["VT"].fixed == -50 * mV
    assert only_spikes["tau_m"] == with_voltage["tau_m"]


def test_a_model_whose_parameters_do_not_fit_its_equations_is_refused() -> None:
    parameters = {**library.get("lif").parameters, "tau": Parameter(1 * ms, 2 * ms)}

    with pytest.raises(InvalidValueError, match=r"`parameters` name .*'tau'"):
        replace(library.get("lif"), parameters=parameters)


def test_an_incomplete_published_set_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="the published set 'half' name"):
        replace(
            library.get("lif"),
            published={"half": {"tau_m": 10 * ms}},
            published_in={"half": "nowhere"},
        )


def test_a_published_set_without_citation_is_refused() -> None:
    adex = library.get("adex")

    with pytest.raises(InvalidValueError, match="needs one citation"):
        replace(adex, published_in={})


def test_a_held_value_of_an_unknown_parameter_is_refused() -> None:
    with pytest.raises(InvalidValueError, match=r"`held_for_spikes` of 'lif' names \['E_L'\]"):
        replace(library.get("lif"), held_for_spikes={"E_L": -70 * mV})
