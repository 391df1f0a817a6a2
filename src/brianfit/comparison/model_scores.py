"""All fits of one model in a comparison, as one row of a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.shapes import Float
from brianfit.comparison.held_out_fit import HeldOutFit

AGREEING = 0.05
"""Two seeds agree if their fitted errors differ by no more than this part of the lower one."""


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class Explained:
    """The part of the variance of what was held out that is explained.

    Attributes
    ----------
    rate, voltage
        By the model: of the rate of spikes, smoothed by 10 ms, and of the voltage between spikes;
        nan where it was not recorded, or does not vary.
    of_repeats_rate, of_repeats_voltage
        By other repeats of the same stimulus; nan without any.
    """

    rate: float
    voltage: float
    of_repeats_rate: float
    of_repeats_voltage: float

    @property
    def relative_rate(self) -> float:
        """Of the rate, relative to what repeats explain where there are any."""
        return _relative(self.rate, self.of_repeats_rate)

    @property
    def relative_voltage(self) -> float:
        """Of the voltage, in the same way."""
        return _relative(self.voltage, self.of_repeats_voltage)

    @property
    def value(self) -> float:
        """Of the rate where there are spikes, else of the voltage."""
        return self.relative_rate if np.isfinite(self.rate) else self.relative_voltage


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class ModelScores:
    """What one model reached.

    Attributes
    ----------
    n_parameters
        That were free.
    errors
        On every part that was held out.
    fitted_errors
        On what was fitted, by fold and seed.
    seconds
        Of all its searches together.
    warnings
        What the verdict finds wrong in the fold that is worst.
    """

    name: str
    n_parameters: int
    errors: Float[np.ndarray, " n_parts"]
    fitted_errors: Float[np.ndarray, "n_folds n_seeds"]
    explained: Explained
    seconds: float
    warnings: tuple[str, ...]

    @property
    def score(self) -> float:
        """The mean error on what was held out; inf if a part could not be scored."""
        return float(self.errors.mean()) if np.isfinite(self.errors).all() else float("inf")

    @property
    def fitted(self) -> float:
        """The mean over the folds of the lowest error on what was fitted."""
        return float(self.fitted_errors.min(axis=1).mean())

    @property
    def converged(self) -> float:
        """The share of the folds in which two seeds came to the same error; nan with one seed."""
        if self.fitted_errors.shape[1] < 2:
            return float("nan")
        lowest, second = np.sort(self.fitted_errors, axis=1)[:, :2].T
        with np.errstate(invalid="ignore"):
            return float(np.mean(second - lowest <= AGREEING * np.abs(lowest)))


def model_scores(
    name: str,
    fits: Sequence[Sequence[HeldOutFit]],
    *,
    of_repeats: tuple[float, float],
) -> ModelScores:
    """Return the row of a model.

    Parameters
    ----------
    fits
        By fold and seed; of each fold, the seed with the lowest fitted error counts.
    of_repeats
        What repeats explain of the rate and of the voltage.
    """
    chosen = [min(seeds, key=lambda fit: fit.fitted) for seeds in fits]
    worst = max(chosen, key=lambda fit: fit.held_out)
    return ModelScores(
        name=name,
        n_parameters=chosen[0].n_parameters,
        errors=np.array([fit.held_out for fit in chosen], dtype=np.float64),
        fitted_errors=np.array([[fit.fitted for fit in seeds] for seeds in fits]),
        explained=Explained(
            rate=_mean([fit.explained_rate for fit in chosen]),
            voltage=_voltage(chosen),
            of_repeats_rate=of_repeats[0],
            of_repeats_voltage=of_repeats[1],
        ),
        seconds=float(sum(fit.seconds for seeds in fits for fit in seeds)),
        warnings=worst.problems,
    )


def _voltage(chosen: Sequence[HeldOutFit]) -> float:
    squares = [fit.voltage_squares for fit in chosen if np.isfinite(sum(fit.voltage_squares))]
    total = sum(variance for _, variance in squares)
    return 1.0 - sum(left for left, _ in squares) / total if total > 0 else float("nan")


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if np.isfinite(value)]
    return float(np.mean(known)) if known else float("nan")


def _relative(own: float, of_repeats: float) -> float:
    return own / of_repeats if np.isfinite(of_repeats) and of_repeats > 0 else own
