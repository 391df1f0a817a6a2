"""The metrics that a problem file may name, and their arguments."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from brianfit import metrics as ready
from brianfit._foundation.arguments import suggestion
from brianfit._foundation.parts import AbstractPart
from brianfit.cli.problem_file.document import Document, Place
from brianfit.cli.problem_file.parts import kinds_of, read_part
from brianfit.cli.problem_file.values import Converter, number, one_of
from brianfit.metrics import AbstractMetric

SPIKES = "spikes"

METRICS: Mapping[str, type[AbstractPart]] = {
    **(_found := kinds_of(ready, AbstractMetric)),
    "gamma": _found["gamma_factor"],  # the name that it had first
}

OWN_KEYS: Mapping[str, Converter] = {"kind": one_of(tuple(METRICS)), "weight": number}
"""What is said of a metric beside its arguments."""


def read_metrics(
    document: Document, table: Mapping[str, Mapping[str, Any]], outputs: Collection[str] | None
) -> dict[str, AbstractMetric]:
    """Return the metrics of the tables [metric.OUTPUT]; problems are noted in the document.

    Parameters
    ----------
    table
        By output: the keys of `OWN_KEYS`, read, and all others as the file has them.
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
        if isinstance(metric, AbstractMetric):
            metrics[output] = metric
    return metrics


def _metric(document: Document, place: Place, given: Mapping[str, Any]) -> AbstractPart | None:
    name = given.get("kind", "gamma" if place[-1] == SPIKES else "mse")
    arguments = {key: value for key, value in given.items() if key not in OWN_KEYS}
    return read_part(document, place, METRICS, name, arguments)
