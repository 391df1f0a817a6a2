"""What a metric can do beyond its base class; it offers a protocol by having the method.

Most of these are short cuts past `get_features`, `get_errors` or `calc`. A subclass that writes one
of those anew, but not the short cut, is not asked for it; see `Capability`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np

from brianfit._foundation.parts import Capability
from brianfit._foundation.shapes import Float
from brianfit._foundation.spike_trains import SpikeTrains
from brianfit.model import Accumulator

_FEATURES = ("get_features", "features_of", "calc")
_OF_FEATURES = ("get_errors", "errors_of", "calc")
_ERRORS = (*_FEATURES, *_OF_FEATURES)


@runtime_checkable
class SupportsAccumulator(Protocol, metaclass=Capability, instead_of=_FEATURES):
    """A trace metric whose features are running sums: no trace needs to be kept."""

    def accumulator(
        self, output: str, data: Float[np.ndarray, "n_traces n_steps"], dt: float
    ) -> Accumulator:
        """Return the sum that equals the features (n_samples, n_traces) of variable `output`."""


@runtime_checkable
class SupportsResiduals(Protocol, metaclass=Capability, instead_of=_ERRORS):
    """A metric that is a mean of squares: usable by least-squares algorithms."""

    def residual_weights(
        self, data: Float[np.ndarray, "n_traces n_steps"], dt: float
    ) -> Float[np.ndarray, "n_traces n_steps"]:
        """Return w such that the error of a sample is ``sum((w * (model - data))**2)``.

        Where nothing was measured, w is zero. `normalization` is contained.
        """


@runtime_checkable
class SupportsSpikeCosts(Protocol, metaclass=Capability, instead_of=_FEATURES):
    """A trace metric to which a spike that is not seen in the voltage costs something.

    It is asked for models that are reset: their voltage does not show when they fired.
    """

    def cost_of_spikes(
        self, spikes: SpikeTrains, data: Float[np.ndarray, "n_traces n_steps"], dt: float
    ) -> Float[np.ndarray, "n_samples n_traces"]:
        """Return what is added to the features for the spikes of the model."""


@runtime_checkable
class SupportsModelSpikes(Protocol, metaclass=Capability, instead_of=_FEATURES):
    """A trace metric that is told when a model fired that is reset, since its voltage hides it."""

    def features_with_spikes(
        self,
        model: Float[np.ndarray, "n_samples n_traces n_steps"],
        spikes: SpikeTrains,
        data: Float[np.ndarray, "n_traces n_steps"],
        dt: float,
    ) -> Any:
        """Return the features of whole traces in SI units and of the spikes of the model."""


@runtime_checkable
class SupportsTraceErrors(Protocol, metaclass=Capability, instead_of=_OF_FEATURES):
    """A metric that can tell the error of every trace although its features are not those."""

    def get_trace_errors(self, features: Any) -> Float[np.ndarray, "n_samples n_traces"]:
        """Return one error per sample and trace."""


@runtime_checkable
class SupportsSpikeTrains(Protocol, metaclass=Capability, instead_of=_FEATURES):
    """A spike metric that works on the trains of all samples and repeats at once."""

    def features_of_trains(
        self, model: SpikeTrains, data: Sequence[Sequence[np.ndarray]], dt: float
    ) -> Float[np.ndarray, "n_samples n_features"]:
        """Return the features, `t_start` applied: one per trace if the metric is one `of_sets`.

        Otherwise one per pair of trains: for every trace, every recorded repeat with every
        simulated one. Arguments that hold one value per trace hold one per pair by then, see
        `SupportsTraceSelection`.

        Parameters
        ----------
        model
            The trains of the model: as many on the first trace as there were simulated repeats,
            then those on the second trace, ...
        data
            The recorded trains of every trace.
        dt
            Simulation step [s].
        """


@runtime_checkable
class SupportsSimilarity(Protocol, metaclass=Capability, instead_of=_ERRORS):
    """A metric that measures similarity: 1 for the same response, 0 for chance."""

    def similarity(self) -> Any:
        """Return the metric whose error is exactly one minus the similarity."""


@runtime_checkable
class SupportsDataCheck(Protocol, metaclass=Capability, instead_of=_FEATURES):
    """A metric that can tell, before anything is simulated, that it cannot score a recording."""

    def check_data(self, data: Any, dt: float) -> None:
        """Raise a `BrianfitError` if the metric cannot be used with `data`.

        Parameters
        ----------
        data
            As in `get_features`, but whole: neither cut at `t_start` nor normalized.
        dt
            Simulation step [s].
        """


@runtime_checkable
class SupportsDurations(Protocol):
    """A metric that depends on how long the traces are."""

    def with_durations(self, durations: Float[np.ndarray, " n_traces"]) -> Any:
        """Return the metric for traces that end at `durations` [s].

        Durations that were given to the metric by its user stand.
        """


@runtime_checkable
class SupportsTraceSelection(Protocol):
    """A metric with arguments that hold one value per trace."""

    def select_traces(self, traces: Sequence[int]) -> Any:
        """Return the metric for `traces` only, in that order; one may be named several times."""


@runtime_checkable
class SupportsParts(Protocol, metaclass=Capability, instead_of=_OF_FEATURES):
    """A metric whose error is a sum of parts that a Pareto search may weigh against each other."""

    @property
    def part_names(self) -> Sequence[str]:
        """The name of every part."""

    def get_part_errors(self, features: Any) -> Float[np.ndarray, "n_samples n_parts"]:
        """Return the parts of the error of every sample, `normalization` applied."""
