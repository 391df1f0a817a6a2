"""The score of Neuroptimus' first problem: the trace without spikes, and number, height, width.

References
----------
Mohácsi et al. (2024), PLOS Computational Biology 20:e1012039, doi 10.1371/journal.pcbi.1012039.
"""

from __future__ import annotations

from typing import Any, ClassVar, final

import numba
import numpy as np

from brianfit import TraceMetric

WINDOW = 40  # steps before and after a spike that the comparison of traces leaves out


@final
class SpikeShapeScore(TraceMetric):
    """Mean of four terms, each zero for a perfect model; the trace is in mV, the threshold 0 mV.

    The mean squared difference outside of spikes over the range of the model, the difference of
    the spike counts over their sum and one, the mean squared difference of peaks over the squared
    height of the recorded ones, and the squared relative difference of mean half widths.
    """

    output_power: ClassVar[int] = 0

    def get_features(self, model: Any, data: Any, dt: float) -> np.ndarray:
        """Return the four terms, shape (n_samples, n_traces, 4)."""
        return np.array(
            [
                [
                    _terms(np.ascontiguousarray(trace), target)
                    for trace, target in zip(s, data, strict=True)
                ]
                for s in model
            ]
        )

    def get_errors(self, features: Any) -> np.ndarray:
        """Return the mean of the terms."""
        return np.asarray(features.mean(axis=(1, 2)))


@numba.njit(cache=True)
def _spikes(trace: np.ndarray) -> np.ndarray:
    """Return first and last step of every run above zero."""
    found = []
    start = -1
    for k in range(trace.size):
        if trace[k] > 0 and start < 0:
            start = k
        elif trace[k] <= 0 and start >= 0:
            found.append((start, k - 1))
            start = -1
    if start >= 0:
        found.append((start, trace.size - 1))
    spikes = np.empty((len(found), 2), np.int64)
    for k in range(len(found)):
        spikes[k, 0], spikes[k, 1] = found[k]
    return spikes


@numba.njit(cache=True)
def _terms(trace: np.ndarray, target: np.ndarray) -> np.ndarray:
    own, recorded = _spikes(trace), _spikes(target)
    terms = np.empty(4)
    terms[0] = _outside_of_spikes(trace, target, own, recorded)
    n, m = len(own), len(recorded)
    terms[1] = abs(n - m) / (n + m + 1)
    terms[2] = terms[3] = 1.0
    pairs = min(n, m)
    if pairs > 0:
        highest = target.max()
        total = 0.0
        for k in range(pairs):
            peak = trace[own[k, 0] : own[k, 1] + 1].max()
            total += (peak - target[recorded[k, 0] : recorded[k, 1] + 1].max()) ** 2
        terms[2] = total / pairs / highest**2
        width = np.mean((recorded[:, 1] - recorded[:, 0]) / 2)
        terms[3] = ((width - np.mean((own[:, 1] - own[:, 0]) / 2)) / width) ** 2
    return terms


@numba.njit(cache=True)
def _outside_of_spikes(
    trace: np.ndarray, target: np.ndarray, own: np.ndarray, recorded: np.ndarray
) -> float:
    counts = np.ones(trace.size, np.bool_)
    for spikes in (own, recorded):
        for k in range(len(spikes)):
            counts[max(0, spikes[k, 0] - WINDOW) : spikes[k, 1] + WINDOW + 1] = False
    total = 0.0
    for k in range(trace.size):
        if counts[k]:
            total += (trace[k] - target[k]) ** 2
    return total / trace.size / (trace.max() - trace.min()) ** 2
