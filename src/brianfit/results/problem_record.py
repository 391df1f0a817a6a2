"""What was fitted to what: model, recordings, parameters, metrics, as they were given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, final

from brianfit._foundation.parts import AbstractPart, given_arguments
from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.units import Dimension
from brianfit.data import RecordingSet
from brianfit.model import Prior


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class PartRecord:
    """A metric, an optimizer or an engine, by name and arguments.

    Attributes
    ----------
    name
        Name of the class.
    module
        Where the class is defined.
    arguments
        Those of its constructor as the user gave them, quantities included; what was left out is
        not there.
    """

    name: str
    module: str
    arguments: Mapping[str, Any] = field(default_factory=dict)

    @staticmethod
    def of(part: object) -> PartRecord:
        """Return the record of a part."""
        kind = type(part)
        arguments = {name: _recorded(value) for name, value in given_arguments(part).items()}
        return PartRecord(name=kind.__name__, module=kind.__module__, arguments=arguments)

    @property
    def is_ready_made(self) -> bool:
        """Whether the part comes with brianfit, so that its name is enough to make it again."""
        return self.module.partition(".")[0] == "brianfit"

    def __str__(self) -> str:
        arguments = ", ".join(f"{name}={value!r}" for name, value in self.arguments.items())
        return f"{self.name}({arguments})"


def _recorded(value: Any) -> Any:
    """Return a value with records in the place of the parts in it."""
    if isinstance(value, AbstractPart):
        return PartRecord.of(value)
    if type(value) in {list, tuple}:
        return type(value)(_recorded(item) for item in value)
    if isinstance(value, Mapping):
        return {name: _recorded(item) for name, item in value.items()}
    return value


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class ParameterRecord:
    """How one parameter was treated: searched between bounds, fixed, or tied to others.

    Attributes
    ----------
    dimensions
        Its physical dimensions.
    low, high
        Bounds [SI] of a free parameter, else None.
    scale
        'log' or 'linear' for a free parameter, else None.
    start
        The value to start from [SI], if one was given; or several.
    fixed
        The value [SI] of a fixed parameter.
    tied
        The expression of a tied one.
    is_integer
        Whether it takes whole numbers only.
    prior
        Of a free parameter, with SI numbers; None: even between the bounds, on its scale.
    """

    name: str
    dimensions: Dimension
    low: float | None = None
    high: float | None = None
    scale: str | None = None
    start: float | tuple[float, ...] | None = None
    fixed: float | None = None
    tied: str | None = None
    is_integer: bool = False
    prior: Prior | None = None


@final
@dataclass(frozen=True, kw_only=True)
class EventRecord:
    """An event besides the spike."""

    condition: str
    code: str


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class RegularRecord:
    """Code that is run by the clock; see `RegularOperation`."""

    code: str
    dt: Any = None
    when: str = "start"
    order: int = 0


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class ProblemRecord:
    """Everything that a fit was asked for; enough to ask for it again.

    Values are as the user gave them (quantities, numbers, expressions) unless told otherwise.

    Attributes
    ----------
    equations
        In the language of Brian 2, one a line, with units that Brian can read.
    threshold, reset
        None for a model without spikes.
    refractory
        A time, an expression, or False.
    method
        Name of the integration method; None: Brian chooses.
    method_options, events
        Of the model.
    dt
        Simulation step [s].
    initial_values
        By variable.
    constants
        External constants and functions of the equations, by name.
    recordings
        Inputs and what was measured, every repeat included, SI numbers with their dimensions.
    output_names
        What was compared; ``'spikes'`` stands for the spike times.
    parameters
        In the order of the columns of the samples: free, fixed, tied.
    metrics
        By output.
    weights
        Factor of the error by output [SI], with dimensions.
    penalty
        Variable whose value at the end was added to the error, or None.
    optimizer, engine
        Who searched, who simulated.
    simulation
        The engine that was chosen in the end, where the one asked for chooses.
    n_samples
        Samples per round.
    rounds_foreseen
        Rounds that were announced to the optimizer when the search began.
    seed
        Of everything random.
    use_units
        Whether results carry units.
    versions
        Of the packages that took part.
    n_repeats
        How often every trace was simulated.
    run_regularly
        Code of the model that is run by the clock.
    """

    equations: str
    threshold: str | None
    reset: str | None
    refractory: Any
    method: str | None
    method_options: Mapping[str, Any]
    events: Mapping[str, EventRecord]
    dt: float
    initial_values: Mapping[str, Any]
    constants: Mapping[str, Any]
    recordings: RecordingSet
    output_names: tuple[str, ...]
    parameters: tuple[ParameterRecord, ...]
    metrics: Mapping[str, PartRecord]
    weights: Mapping[str, tuple[float, Dimension]]
    penalty: str | None
    optimizer: PartRecord
    engine: PartRecord
    simulation: str
    n_samples: int
    rounds_foreseen: int
    seed: int
    use_units: bool
    versions: Mapping[str, str]
    n_repeats: int = 1
    run_regularly: tuple[RegularRecord, ...] = ()
