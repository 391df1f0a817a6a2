"""Why there is no interval, and what should be known of one: in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit._foundation.units import readable
from brianfit.fitting.problem.task import FitTask
from brianfit.fitting.uncertainty.scatter import Scatter
from brianfit.results import FitResult
from brianfit.results.intervals.uncertainty import FEW_RESIDUALS, SweepSpread

NOTABLE_RATIO = 2.0
"""Sweeps that differ by so many times what noise explains are told of."""

NOTABLE_MISFIT = 0.5
"""So much of the squared residual being something else than white noise is told of."""

FEW_BLOCKS = 20
"""With fewer blocks a bootstrap is not to be believed."""


def reason_of_the_task(task: FitTask) -> str:
    """Return why a fit can have no intervals, whatever its result; empty if it may have some."""
    if task.scoring.penalty is not None:
        return (
            f"the error has a penalty ({task.scoring.penalty}), which is no noise of a recording; "
            "fit without it."
        )
    whole = [
        name
        for name, is_integer in zip(
            task.parameters.space.names, task.parameters.space.is_integer, strict=True
        )
        if is_integer
    ]
    if whole:
        return f"{', '.join(whole)} takes whole numbers only, along which nothing can be derived."
    return ""


def reason_of_the_fit(result: FitResult) -> str:
    """Return why a fit gets no intervals; empty if it may have some."""
    verdict = result.verdict
    if verdict is not None and not verdict.is_good:
        return "the fit is not good, so that noise is not what its residuals are. " + " ".join(
            verdict.problems
        )
    return ""


def notes_on(
    result: FitResult,
    scatter: Scatter,
    inflation: Float[np.ndarray, " n_parameters"],
    sweeps: Mapping[str, SweepSpread],
    n_blocks: int | None,
) -> Iterator[str]:
    """Yield what should be known of intervals."""
    n, known = inflation.size, inflation[np.isfinite(inflation)]
    yield (
        f"{scatter.n_compared:.0f} residuals amount to {scatter.n_independent:.0f} independent "
        "ones"
        + (
            f": standard errors that take all for independent would be {known.min():.1f} to "
            f"{known.max():.1f} times too small."
            if known.size
            else "."
        )
    )
    if scatter.n_independent < FEW_RESIDUALS * n:
        yield (
            f"These are fewer than {FEW_RESIDUALS:.0f} a parameter: the intervals are too narrow "
            "more often than they say. Record longer, or fit fewer parameters."
        )
    if n_blocks is not None and n_blocks < FEW_BLOCKS:
        yield (
            f"The residuals make only {n_blocks} blocks that are independent: do not trust the "
            "bootstrap, take profiles."
        )
    yield from _on_misfit(result)
    for name, spread in sweeps.items():
        if spread.ratio > NOTABLE_RATIO:
            own = spread.values[np.isfinite(spread.values)]
            unit = result.dimensions.parameters[name]
            yield (
                f"'{name}' fitted to every sweep alone goes from {readable(own.min(), unit)} to "
                f"{readable(own.max(), unit)}, {spread.ratio:.1f} times as far as noise explains: "
                "no one value holds for all sweeps, and its interval says less than this spread."
            )


def _on_misfit(result: FitResult) -> Iterator[str]:
    """Yield how much of the residuals is not the white noise of the recording."""
    verdict = result.verdict
    if verdict is None:
        return
    for name in result.output_errors:
        ratio = verdict.figures.get(f"{name}, fitted: RMS over noise", float("nan"))
        rest = 1.0 - 1.0 / ratio**2 if ratio > 1 else 0.0
        if rest > NOTABLE_MISFIT:
            yield (
                f"{100 * rest:.3g} % of the squared residual of '{name}' is not white noise: slow "
                "noise, or what the model cannot do. Intervals take it for noise; a better model "
                "may have other values."
            )
