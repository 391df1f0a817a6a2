"""What was given to a fitter, as its users read it back."""

from __future__ import annotations

from abc import ABC

import numpy as np
from brian2 import TimedArray
from brian2.equations.equations import Equations

from brianfit._foundation.arguments import check_positive_integer
from brianfit._foundation.parts.call_text import call_text
from brianfit._foundation.units import SECOND, Dimension, Quantity, from_si
from brianfit.data import RecordingSet
from brianfit.fitting.search.session import FitSession
from brianfit.model.complete_equations import complete_equations
from brianfit.model.equation_text import equation_text
from brianfit.objective import SPIKES


class AbstractProblemView(ABC):
    """Properties that show the problem of a fitter."""

    _session: FitSession

    def __repr__(self) -> str:
        model = self._session.problem.model
        said = {
            "method": model.method,
            "threshold": model.threshold,
            "reset": model.reset,
            "refractory": model.refractory or None,
            "param_init": dict(model.initial_values) or None,
            "penalty": self.penalty,
        }
        arguments = {
            "model": equation_text(model.equations),
            "input": self.recordings,
            "dt": self.dt,
            "n_samples": self.n_samples,
            **{name: value for name, value in said.items() if value is not None},
        }
        return call_text(type(self).__name__, arguments)

    @property
    def model(self) -> Equations:
        """The equations, with inputs and recorded outputs (``<output>_target``) defined."""
        problem = self._session.problem
        return complete_equations(
            problem.model, problem.timed_names(), trace_index=f"i % {problem.n_traces}"
        )

    @property
    def recordings(self) -> RecordingSet:
        """Inputs and outputs, sweep by sweep."""
        return self._session.problem.recordings

    @property
    def dt(self) -> Quantity:
        """The simulation step."""
        return from_si(self._session.problem.dt, SECOND)

    @property
    def duration(self) -> Quantity:
        """The length of the longest trace."""
        return from_si(self._session.problem.duration, SECOND)

    @property
    def method(self) -> str | None:
        """The integration method; None: Brian chooses."""
        return self._session.problem.model.method

    @property
    def threshold(self) -> str | None:
        """The condition of a spike."""
        return self._session.problem.model.threshold

    @property
    def reset(self) -> str | None:
        """What happens after a spike."""
        return self._session.problem.model.reset

    @property
    def refractory(self) -> bool | str | Quantity:
        """The refractory period or condition."""
        return self._session.problem.model.refractory

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """The parameters of the model."""
        return self._session.problem.model.parameter_names

    @property
    def n_traces(self) -> int:
        """The number of traces."""
        return self._session.problem.n_traces

    @property
    def n_samples(self) -> int:
        """Samples per round; an optimizer may have raised it to the smallest number it can use."""
        return self._session.n_samples

    @n_samples.setter
    def n_samples(self, number: int) -> None:
        self._session.n_samples = check_positive_integer("n_samples", number)

    @property
    def n_neurons(self) -> int:
        """Neurons simulated per round: samples times traces."""
        return self.n_samples * self.n_traces

    @property
    def use_units(self) -> bool:
        """Whether results carry units."""
        return self._session.use_units

    @property
    def penalty(self) -> str | None:
        """The variable whose value at the end of the run is added to the error."""
        penalty: str | None = self._session.in_force.penalty
        return penalty

    @property
    def input(self) -> dict[str, Quantity]:
        """The inputs by name, shape (n_traces, n_values), with units; short ones filled up."""
        problem = self._session.problem
        return {
            name: from_si(values.values, values.dimensions)
            for name, values in problem.task().inputs.items()
        }

    @property
    def input_traces(self) -> TimedArray | dict[str, TimedArray]:
        """The input as a `TimedArray` of (time, trace); a dictionary if there are several."""
        arrays = {
            name: TimedArray(
                from_si(values.values.T, values.dimensions), dt=from_si(values.dt, SECOND)
            )
            for name, values in self._session.problem.task().inputs.items()
        }
        return next(iter(arrays.values())) if len(arrays) == 1 else arrays

    @property
    def output(self) -> list[Quantity | list[Quantity]]:
        """What was measured, with units, in the order of `output_var`."""
        problem = self._session.problem
        return [
            [from_si(train, SECOND) for train in problem.spike_trains()[0]]
            if name == SPIKES
            else from_si(problem.data(name), problem.output_dimensions(name))
            for name in problem.output_names
        ]

    @property
    def output_(self) -> list[np.ndarray | list[np.ndarray]]:
        """What was measured, as SI numbers."""
        return [
            [np.asarray(train) for train in values]
            if isinstance(values, list)
            else np.asarray(values)
            for values in self.output
        ]

    @property
    def output_var(self) -> list[str]:
        """The names of the outputs."""
        return list(self._session.problem.output_names)

    @property
    def output_dim(self) -> list[Dimension]:
        """The physical dimensions of the outputs."""
        problem = self._session.problem
        return [problem.output_dimensions(name) for name in problem.output_names]
