"""What a ready neuron model is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, final

from brianfit._foundation.errors import InvalidValueError, Problems
from brianfit._foundation.parts.call_text import call_of
from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.types import QuantityLike
from brianfit._foundation.units import scalar_si
from brianfit.model import Model, Parameter
from brianfit.model.model import read_equations

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class NeuronModel:
    """A neuron model with everything that a fit of it needs.

    Every fitter takes one as its ``model``. Threshold, reset, refractoriness, method and initial
    values are then those of the model, unless the fitter is given others; bounds of parameters are
    those of the model, unless `fit` is given others. The input is called ``I`` [A].

    Attributes
    ----------
    name
        What `get` knows it by.
    title
        Its name in words.
    family
        Models that are variants of one another share a family.
    equations, threshold, reset, refractory, method, initial_values
        As for a fitter.
    parameters
        How each parameter is treated in a fit: default bounds and scale, or a fixed value.
    held_for_spikes
        Values of parameters that spike times alone cannot determine, such as the zero and the unit
        of the voltage. They are held there where no voltage is fitted.
    source
        The paper that the model is from.
    notes
        How the parameters relate to those of the paper, where they differ.
    published
        Published parameters, ``{name of the set: {parameter: value}}``; each set is complete.
    published_in
        Where each published set is from, ``{name of the set: citation}``.

    Raises
    ------
    InvalidValueError
        If parameters, held values or published sets do not fit the equations.
    """

    name: str
    title: str
    family: str
    equations: str
    threshold: str
    reset: str | None = None
    refractory: bool | str | QuantityLike = False
    method: str
    initial_values: Mapping[str, QuantityLike | str] = field(default_factory=lambda: _NOTHING)
    parameters: Mapping[str, Parameter]
    held_for_spikes: Mapping[str, QuantityLike] = field(default_factory=lambda: _NOTHING)
    source: str
    notes: str = ""
    published: Mapping[str, Mapping[str, QuantityLike]] = field(default_factory=lambda: _NOTHING)
    published_in: Mapping[str, str] = field(default_factory=lambda: _NOTHING)

    def __post_init__(self) -> None:
        problems = Problems()
        needed = set(self.model.parameter_names) - set(self.initial_values)
        for what, names in self._sets_of_names().items():
            if names != needed:
                problems.add(
                    InvalidValueError(
                        f"The model '{self.name}' has the parameters {sorted(needed)}, but {what} "
                        f"name {sorted(names)}."
                    )
                )
        unknown = sorted(set(self.held_for_spikes) - needed)
        if unknown:
            problems.add(InvalidValueError(f"`held_for_spikes` of '{self.name}' names {unknown}."))
        if set(self.published) != set(self.published_in):
            problems.add(
                InvalidValueError(f"Each published set of '{self.name}' needs one citation.")
            )
        problems.raise_if_any()
        for values in (self.held_for_spikes, *self.published.values()):
            for name, value in values.items():
                scalar_si(name, value, self.model.dimensions(name))

    def __repr__(self) -> str:
        return call_of(self)

    @cached_property
    def model(self) -> Model:
        """The model without bounds, sources and published parameters."""
        return Model(
            equations=read_equations(self.equations),
            threshold=self.threshold,
            reset=self.reset,
            refractory=self.refractory,
            method=self.method,
            initial_values=dict(self.initial_values),
        )

    def parameters_for(self, *, only_spikes: bool) -> dict[str, Parameter]:
        """Return how parameters are treated unless told otherwise.

        Parameters
        ----------
        only_spikes
            Whether spike times are all there is to fit: what they cannot determine is then fixed.
        """
        held = self.held_for_spikes if only_spikes else {}
        fixed = {name: Parameter(fixed=value) for name, value in held.items()}
        return {**self.parameters, **fixed}

    def _sets_of_names(self) -> dict[str, set[str]]:
        named = {"`parameters`": set(self.parameters)}
        named.update(
            {f"the published set {key!r}": set(self.published[key]) for key in self.published}
        )
        return named


__all__ = ["NeuronModel"]
