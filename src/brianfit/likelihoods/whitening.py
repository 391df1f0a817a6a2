"""Slow plus white noise taken out of residuals, as compiled loops; importing this imports Numba.

The noise is an Ornstein-Uhlenbeck process seen through white noise. What of every step could not be
told from the steps before it (the innovation of a Kalman filter) is independent from step to step,
so that the likelihood of a trace is a sum over its steps, gaps or not.

References
----------
Harvey (1989), Forecasting, structural time series models and the Kalman filter, eqs. 3.2.3-3.2.6
and 3.4.5. Cambridge University Press.
"""

from __future__ import annotations

import math

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)
def filter_gains(
    is_compared: np.ndarray, memory: float, slow_share: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return, by trace and step, gain and one over the deviation; and the log-determinants.

    Parameters
    ----------
    memory
        Correlation of the slow part from step to step.
    slow_share
        Its part of the variance, which is 1; the rest is white.
    """
    n_traces, n_steps = is_compared.shape
    gains, scales = np.zeros((n_traces, n_steps)), np.zeros((n_traces, n_steps))
    log_determinants = np.zeros(n_traces)
    for trace in range(n_traces):
        variance, known, gain, scale, log = slow_share, -1.0, 0.0, 0.0, 0.0
        for step in range(n_steps):
            if is_compared[trace, step]:
                # Without gaps the filter soon is in its steady state, where nothing changes.
                if abs(variance - known) > 1e-15 * variance:
                    total = variance + 1.0 - slow_share
                    known, gain = variance, variance / total
                    scale, log = 1.0 / math.sqrt(total), math.log(total)
                gains[trace, step], scales[trace, step] = gain, scale
                log_determinants[trace] += log
                variance *= 1.0 - gain
            variance = memory * memory * variance + (1.0 - memory * memory) * slow_share
    return gains, scales, log_determinants


@numba.njit(cache=True, nogil=True)
def whitened(
    row: np.ndarray, gains: np.ndarray, scales: np.ndarray, memory: float, out: np.ndarray
) -> None:
    """Write the innovations of one trace, each over its deviation; 0 where nothing is compared."""
    expected = 0.0
    for step in range(row.size):
        pull = memory * gains[step]
        out[step] = (row[step] - expected) * scales[step]
        expected = (memory - pull) * expected + pull * row[step]


@numba.njit(cache=True, nogil=True)
def whitened_sums(
    residuals: np.ndarray,
    slopes: np.ndarray,
    gains: np.ndarray,
    scales: np.ndarray,
    memory: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the sums of squares of whitened residuals and slopes.

    Parameters
    ----------
    residuals
        Shape (n_samples, n_traces, n_steps).
    slopes
        Shape (n_columns, n_samples, n_traces, n_steps).
    """
    n_columns, n_samples, n_traces, n_steps = slopes.shape
    totals = np.zeros((n_samples, n_traces))
    gradients = np.zeros((n_samples, n_columns))
    matrices = np.zeros((n_samples, n_columns, n_columns))
    rows = np.empty((n_columns + 1, n_steps))
    for sample in range(n_samples):
        for trace in range(n_traces):
            gain, scale = gains[trace], scales[trace]
            whitened(residuals[sample, trace], gain, scale, memory, rows[n_columns])
            for column in range(n_columns):
                whitened(slopes[column, sample, trace], gain, scale, memory, rows[column])
            products = np.dot(rows, rows.T)
            totals[sample, trace] = products[n_columns, n_columns]
            gradients[sample] += products[n_columns, :n_columns]
            matrices[sample] += products[:n_columns, :n_columns]
    return totals, gradients, matrices


@numba.njit(cache=True, nogil=True)
def slow_products(rows: np.ndarray, memory: float) -> np.ndarray:
    """Return ``X R X^T``, R being the correlations of the slow part of the noise of one trace.

    Parameters
    ----------
    rows
        X, of shape (n_rows, n_steps); 0 where nothing is compared.
    """
    n_rows, n_steps = rows.shape
    past = np.empty((n_rows, n_steps))
    for row in range(n_rows):
        kept = 0.0
        for step in range(n_steps):
            past[row, step] = kept
            kept = memory * (kept + rows[row, step])
    one_way = np.dot(rows, past.T)
    both: np.ndarray = np.dot(rows, rows.T) + one_way + one_way.T
    return both
