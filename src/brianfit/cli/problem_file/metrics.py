"""The metrics that a problem file may name, and their arguments."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, final

from brianfit._foundation.arguments import suggestion
from brianfit._foundation.errors import BrianfitError
from brianfit.cli.problem_file.document import Document, Place
from brianfit.cli.problem_file.values import (
    Converter,
    flag,
    list_of,
    number,
    one_of,
    quantity,
    time,
)
from brianfit.metrics import (
    AbstractMetric,
    FiringPattern,
    FirstSpikeLatency,
    GammaFactor,
    ISIDistance,
    MDStar,
    MSEMetric,
    MultiWindowGamma,
    PSTHVariance,
    SpikeCount,
    SPIKEDistance,
    SpikeRate,
    StepResponse,
    SubthresholdMSE,
    VanRossum,
    VictorPurpura,
)

SPIKES = "spikes"


@final
@dataclass(frozen=True, kw_only=True)
class _Kind:
    """A metric by name: what makes it, the arguments that it needs, those that it may have.

    All take `t_start` and `normalization` besides.
    """

    make: type[AbstractMetric]
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        return (*self.needs, *self.takes, "t_start", "normalization")


KINDS: Mapping[str, _Kind] = {
    "mse": _Kind(make=MSEMetric),
    "subthreshold_mse": _Kind(
        make=SubthresholdMSE, needs=("threshold",), takes=("before", "after")
    ),
    "step_response": _Kind(
        make=StepResponse, needs=("threshold", "start", "stop"), takes=("scale", "weights")
    ),
    "gamma": _Kind(make=GammaFactor, needs=("delta",), takes=("rate_correction",)),
    "multi_window_gamma": _Kind(make=MultiWindowGamma, takes=("deltas", "rate_correction")),
    "md_star": _Kind(make=MDStar, needs=("delta",)),
    "firing_pattern": _Kind(make=FiringPattern),
    "spike_count": _Kind(make=SpikeCount),
    "spike_rate": _Kind(make=SpikeRate),
    "first_spike_latency": _Kind(make=FirstSpikeLatency),
    "isi_distance": _Kind(make=ISIDistance),
    "spike_distance": _Kind(make=SPIKEDistance),
    "van_rossum": _Kind(make=VanRossum, needs=("tau",)),
    "victor_purpura": _Kind(make=VictorPurpura, needs=("cost",)),
    "psth_variance": _Kind(make=PSTHVariance, needs=("width",)),
}

_EXAMPLES = {
    "delta": "4 ms", "tau": "10 ms", "cost": "100 Hz", "width": "10 ms", "threshold": "-20 mV",
    "start": "100 ms", "stop": "600 ms",
}  # fmt: skip

METRIC_KEYS: Mapping[str, Converter] = {
    "kind": one_of(tuple(KINDS)),
    "weight": number,
    "t_start": time,
    "normalization": quantity,
    "delta": time,
    "deltas": list_of(time),
    "rate_correction": flag,
    "threshold": quantity,
    "start": time,
    "stop": time,
    "scale": quantity,
    "weights": list_of(number),
    "before": time,
    "after": time,
    "tau": time,
    "cost": quantity,
    "width": time,
}


def read_metrics(
    document: Document, table: Mapping[str, Mapping[str, Any]], outputs: Collection[str] | None
) -> dict[str, AbstractMetric]:
    """Return the metrics of the tables [metric.OUTPUT]; problems are noted in the document.

    Parameters
    ----------
    outputs
        What is fitted; None if that is not known.
    """
    metrics = {}
    for output, given in table.items():
        place = ("metric", output)
        if outputs is not None and output not in outputs:
            document.complain(place, f"is no output that is fitted.{suggestion(output, outputs)}")
            continue
        metric = _metric(document, place, given)
        if metric is not None:
            metrics[output] = metric
    return metrics


def _metric(document: Document, place: Place, given: Mapping[str, Any]) -> AbstractMetric | None:
    name = given.get("kind", "gamma" if place[-1] == SPIKES else "mse")
    kind = KINDS[name]
    for key in set(given) - {"kind", "weight", *kind.keys}:
        document.complain((*place, key), f"does not belong to the metric {name!r}.")
    missing = [key for key in kind.needs if key not in given]
    if missing:
        examples = ", ".join(f'{key} = "{_EXAMPLES[key]}"' for key in missing)
        document.complain(place, f"the metric {name!r} needs {examples}.")
        return None
    try:
        return kind.make(**{key: given[key] for key in kind.keys if key in given})
    except BrianfitError as problem:
        document.complain(place, problem)
        return None
