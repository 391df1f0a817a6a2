"""What an engine is: it makes a model ready to run, then simulates samples."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, final, runtime_checkable

import numpy as np

from brianfit._foundation.parts import AbstractPart
from brianfit._foundation.shapes import Float
from brianfit._foundation.spike_trains import SpikeTrains
from brianfit.model import Accumulator, Model, TimedValues


@final
@dataclass(frozen=True, kw_only=True)
class SimulationTask:
    """Everything an engine must know before the first sample.

    The simulation has ``n_samples * n_traces`` neurons; neuron ``i`` is sample ``i // n_traces``
    on trace ``i % n_traces``. Every step follows Brian's schedule: record (traces, accumulators),
    state update, threshold, reset.

    Attributes
    ----------
    parameter_names
        The columns of the samples: parameters of the model, or variables with a differential
        equation, whose column is then their initial value. Everything else starts at its value
        from `Model.initial_values`, or zero; those are applied after the columns, so that an
        expression there may use the parameters.
    inputs
        Variables that the equations use and that are given over time.
    targets
        Recorded outputs by the name that the equations may use, ``<output>_target``; without
        gaps: what was not measured is filled in.
    dt
        Simulation step [s].
    recorded
        Variables (of any kind) whose full traces are wanted.
    record_spikes
        Whether the spikes of the model's threshold are wanted.
    final
        Variables whose value at the end of the run is wanted.
    accumulators
        Running sums wanted.
    directions
        Columns of the samples with respect to which derivatives are wanted, of `squares`, of
        `sloped` and of the spike times.
    squares
        Sums of squares wanted: the expression of each is a residual, not yet squared.
    sloped
        Variables whose derivatives are wanted at every step.
    stoppable
        Whether samples may be given up on the way (`SupportsSumLimits`), by their accumulators;
        nothing else but final values is wanted then.
    """

    model: Model
    parameter_names: tuple[str, ...]
    inputs: Mapping[str, TimedValues]
    n_traces: int
    n_steps: int
    dt: float
    targets: Mapping[str, TimedValues] = field(default_factory=dict)
    recorded: tuple[str, ...] = ()
    record_spikes: bool = False
    final: tuple[str, ...] = ()
    accumulators: tuple[Accumulator, ...] = ()
    directions: tuple[str, ...] = ()
    squares: tuple[Accumulator, ...] = ()
    sloped: tuple[str, ...] = ()
    stoppable: bool = False


@final
@dataclass(frozen=True, kw_only=True)
class SquareSums:
    """A sum of squares ``r^T r`` and its derivatives, J being that of the residuals r.

    Attributes
    ----------
    gradients
        ``J^T r``.
    normal_matrices
        ``J^T J``.
    """

    totals: Float[np.ndarray, "n_samples n_traces"]
    gradients: Float[np.ndarray, "n_samples n_traces n_parameters"]
    normal_matrices: Float[np.ndarray, "n_samples n_traces n_parameters n_parameters"]


@final
@dataclass(frozen=True, kw_only=True)
class SpikeSlopes:
    """Spike times between the steps, and their derivatives, in the order of the spike trains.

    Attributes
    ----------
    times
        When the threshold is crossed [s]: up to a step after the step in which Brian notes it.
    derivatives
        [s / SI unit of the parameter].
    """

    times: Float[np.ndarray, " n_spikes"]
    derivatives: Float[np.ndarray, "n_spikes n_parameters"]


@final
@dataclass(frozen=True, kw_only=True)
class SumLimits:
    """How large the running sums of a sample may grow before it is given up.

    Attributes
    ----------
    weights
        Of the accumulators of the task, in their order: what is limited is their weighted sum over
        all traces. Sums and weights are not negative.
    limits
        inf for a sample that is not given up.
    """

    weights: Float[np.ndarray, " n_sums"]
    limits: Float[np.ndarray, " n_samples"]


@final
@dataclass(frozen=True, kw_only=True)
class SimulationResult:
    """What a simulation yields, in SI units, by the names of the task.

    Values of samples that diverged are nan or inf; it is for the objective to say what that means.

    Attributes
    ----------
    neuron_steps
        How many steps of neurons were simulated, where samples could be given up on the way.
    """

    traces: Mapping[str, Float[np.ndarray, "n_samples n_traces n_steps"]] = field(
        default_factory=dict
    )
    spikes: SpikeTrains | None = None
    final: Mapping[str, Float[np.ndarray, "n_samples n_traces"]] = field(default_factory=dict)
    sums: Mapping[str, Float[np.ndarray, "n_samples n_traces"]] = field(default_factory=dict)
    squares: Mapping[str, SquareSums] = field(default_factory=dict)
    slopes: Mapping[str, Float[np.ndarray, "n_samples n_traces n_steps n_parameters"]] = field(
        default_factory=dict
    )
    spike_slopes: SpikeSlopes | None = None
    neuron_steps: int | None = None


class AbstractSimulation(ABC):
    """One task made ready to run."""

    @abstractmethod
    def run(
        self,
        samples: Float[np.ndarray, "n_samples n_parameters"],
        *,
        iteration: int,
        seed: int,
        first_sample: int = 0,
    ) -> SimulationResult:
        """Simulate every sample on every trace from the initial state.

        Parameters
        ----------
        samples
            Parameter values in SI units, columns as in `SimulationTask.parameter_names`.
        iteration
            Value of the model's variable ``iteration``: the number of the round.
        seed
            Noise is a function of (seed, iteration, neuron, step) alone.
        first_sample
            Number of the first row within the round, where a round is simulated in parts.
        """

    @property
    @abstractmethod
    def source(self) -> str:
        """The code that is run, for reading."""


class AbstractEngine(AbstractPart):
    """A way to simulate models."""

    @abstractmethod
    def prepare(self, task: SimulationTask) -> AbstractSimulation:
        """Make `task` ready to run.

        Raises
        ------
        BrianfitError
            If the engine cannot run it; the message says why.
        """


@runtime_checkable
class SupportsDerivatives(Protocol):
    """An engine that can differentiate what it simulates."""

    def prepare_derivatives(self, task: SimulationTask) -> AbstractSimulation:
        """Make a task with `SimulationTask.directions` ready to run.

        Raises
        ------
        NoDerivativesError, UnsupportedByFusedEngine
            If this one cannot be differentiated.
        """


@runtime_checkable
class SupportsSumLimits(Protocol):
    """A simulation that can give up samples whose running sums have grown too large."""

    def run_within(
        self,
        samples: Float[np.ndarray, "n_samples n_parameters"],
        *,
        limits: SumLimits,
        iteration: int,
        seed: int,
        first_sample: int = 0,
    ) -> SimulationResult:
        """Simulate as `AbstractSimulation.run` does, but give up samples beyond their limit.

        The sums of a sample within its limit are exact. Those of any other are beyond the limit;
        how far it was simulated, and on which traces, depends on the engine.
        """
