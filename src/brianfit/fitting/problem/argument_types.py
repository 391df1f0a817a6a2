"""Names for the kinds of values that users give to fitters; see `_foundation.types`."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Literal

    from brian2.equations.equations import Equations

    from brianfit._foundation.types import QuantityLike, Traces
    from brianfit.data import RecordingSet
    from brianfit.library import NeuronModel
    from brianfit.metrics import AbstractMetric
    from brianfit.model import Model, Parameter
    from brianfit.results import History

    Bounds: TypeAlias = Parameter | Sequence[QuantityLike] | QuantityLike
    """``[low, high]``, or a `Parameter`."""

    Callback: TypeAlias = Literal["text", "progressbar", "live"] | Callable[..., object] | None
    """What tells of a fit; see `brianfit.fitting.search.callbacks`."""

    MetricLike: TypeAlias = AbstractMetric | Mapping[str, AbstractMetric] | Sequence[AbstractMetric]
    """One metric for all outputs, one by output, or a list in the order of the outputs."""

    ModelLike: TypeAlias = str | Equations | Model | NeuronModel
    """Equations, or a whole model."""

    StopRule: TypeAlias = object | Callable[[History], object] | Sequence[object]
    """A stop rule, a function of the history, or a list of these."""

    InputLike: TypeAlias = RecordingSet | Mapping[str, Traces] | Traces
    OutputLike: TypeAlias = Mapping[str, Traces] | Traces | Sequence[str]
else:
    Bounds = Callback = MetricLike = ModelLike = StopRule = object
    InputLike = OutputLike = object

__all__ = [
    "Bounds",
    "Callback",
    "InputLike",
    "MetricLike",
    "ModelLike",
    "OutputLike",
    "StopRule",
]
