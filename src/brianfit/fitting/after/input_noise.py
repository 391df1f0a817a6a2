"""How much noise on its input makes a model without chance as reliable as the cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from brianfit._foundation.arguments import check_instance, checked
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.types import QuantityLike, TimeLike
from brianfit._foundation.units import DIMENSIONLESS, si_array
from brianfit.data import RecordingSet
from brianfit.engines import AbstractEngine
from brianfit.fitting.after.predict import predict
from brianfit.results import FitResult, SetScore

FRACTIONS = (0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6)
"""Standard deviations of the noise, over that of the input, that are tried."""


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class InputNoise:
    """Levels of noise on the input of a model, and how well trials with them are like the cell's.

    Attributes
    ----------
    fractions
        Standard deviations of the noise over that of the input.
    scores
        MD* of the trials with each.
    """

    fractions: tuple[float, ...]
    scores: tuple[SetScore, ...]

    @property
    def chosen(self) -> float:
        """The level with the highest MD*; pass it on as ``predict(..., input_noise=...)``."""
        return self.fractions[int(np.argmax([score.value for score in self.scores]))]

    def __str__(self) -> str:
        lines = [f"noise on the input: {self.chosen:g} of its standard deviation"]
        for fraction, score in zip(self.fractions, self.scores, strict=True):
            lines.append(f"  {fraction:5g}: MD* {score}")
        return "\n".join(lines)


@checked
def choose_input_noise(
    result: FitResult,
    recordings: RecordingSet | None = None,
    *,
    fractions: QuantityLike = FRACTIONS,
    n_trials: int = 50,
    delta: TimeLike = 0.004,
    t_start: TimeLike = 0.0,
    engine: AbstractEngine | None = None,
) -> InputNoise:
    """Choose the noise with which trials of a fitted model are most like those of the cell.

    A model without chance gives one train, always the same; a cell does not. Chosen on what was
    fitted, the noise makes of any such model a set of trials, to be scored as a set.

    Parameters
    ----------
    result
        Of a model with a threshold and one input.
    recordings
        On which the noise is chosen, best with repeats of the stimulus, see `merge_repeats`; those
        of the fit unless told.
    fractions
        Levels to try: standard deviation of the noise over that of the input.
    n_trials
        Simulations at every level.
    delta
        Spikes so far apart coincide [s].
    t_start
        Earlier spikes do not count [s].
    engine
        Who simulates; the fastest one that can unless told.

    Raises
    ------
    InvalidValueError
        If `fractions` are not finite numbers from 0 on, or what `predict` refuses.

    References
    ----------
    Naud, Gerhard, Mensi & Gerstner (2011), Neural Computation 23:3016-3069, for MD*.
    """
    check_instance("result", result, FitResult, "the result of a fit")
    levels = np.atleast_1d(si_array("fractions", fractions, DIMENSIONLESS))
    if levels.ndim != 1 or levels.size == 0 or not np.all(np.isfinite(levels) & (levels >= 0)):
        raise InvalidValueError(
            f"`fractions` must be finite numbers from 0 on, at least one, but are {fractions}."
        )
    scores = []
    for level in levels.tolist():
        found = predict(result, recordings, n_trials=n_trials, input_noise=level, engine=engine)
        trials = found.trials
        if trials is None:
            raise RuntimeError("A prediction with trials came without them.")
        scores.append(trials.md_star(delta, t_start=t_start))
    return InputNoise(fractions=tuple(levels.tolist()), scores=tuple(scores))
