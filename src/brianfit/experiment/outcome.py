"""Ranked stimuli, in words for the person at the rig, and as files for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, final

import numpy as np

from brianfit._foundation.arguments import check_positive_integer, checked
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.shown.notebook import as_html, html_lines, html_table, text_table
from brianfit._foundation.units import SECOND, readable
from brianfit.data import AbstractStimulus, RecordingSet
from brianfit.experiment.settings import Protocol
from brianfit.experiment.written import write_protocol

if TYPE_CHECKING:
    import pandas as pd


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class RankedStimulus:
    """A stimulus, and what is expected of it.

    Attributes
    ----------
    stimulus
        With the settings that were found.
    deviations
        Relative standard deviation of every parameter that is expected after it.
    loss
        By which stimuli are ranked; smaller is better.
    reason
        Why it cannot be used; empty if it can.
    """

    stimulus: AbstractStimulus
    deviations: Mapping[str, float]
    loss: float
    reason: str = ""


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class Design:
    """Stimuli, the most telling first; print it for the person at the rig.

    Attributes
    ----------
    before
        Relative standard deviation of every parameter without a new recording.
    wanted
        The parameters that count.
    protocol
        Sweeps, limits and sampling step.
    like
        Recordings of the fit, whose inputs and traces the protocol has.
    """

    ranked: tuple[RankedStimulus, ...]
    before: Mapping[str, float]
    wanted: tuple[str, ...]
    protocol: Protocol
    like: RecordingSet

    @property
    def best(self) -> RankedStimulus:
        """The most telling stimulus."""
        return self.ranked[0]

    @property
    def table(self) -> pd.DataFrame:
        """One stimulus a row, the most telling first: expected relative deviations."""
        import pandas as pd

        rows = [
            {
                "stimulus": str(one.stimulus),
                "mean_deviation": _mean([one.deviations[name] for name in self.wanted]),
                **{name: one.deviations[name] for name in one.deviations},
                "reason": one.reason,
            }
            for one in self.ranked
        ]
        return pd.DataFrame(rows, index=pd.Index(range(len(rows)), name="rank"))

    @property
    def sentences(self) -> tuple[str, ...]:
        """What every stimulus does, in words."""
        return tuple(self._sentence(one) for one in self.ranked)

    def recordings(self, number: int = 0) -> RecordingSet:
        """Return the protocol of a stimulus: all sweeps that the budget allows, inputs alone.

        Parameters
        ----------
        number
            Its rank, 0 for the most telling one.
        """
        check_positive_integer("number", number, minimum=0)
        if number >= len(self.ranked):
            raise InvalidValueError(
                f"`number` must be a rank, 0 to {len(self.ranked) - 1}, but is {number}."
            )
        waveforms = self.protocol.sweeps(self.ranked[number].stimulus, self.protocol.n_sweeps)
        repeated = [waveforms[k % len(waveforms)] for k in range(self.protocol.n_sweeps)]
        made = self.protocol.recordings(repeated, self.like)
        name = self.protocol.input
        sweeps = [
            type(sweep)(
                dt=sweep.dt,
                inputs={name: sweep.inputs[name]},
                duration=sweep.duration,
                label=sweep.label,
            )
            for sweep in made
        ]
        return RecordingSet(recordings=tuple(sweeps), dimensions={name: made.dimensions[name]})

    @checked
    def write(self, path: str | Path, number: int = 0) -> Path:
        """Write the protocol of a stimulus for the rig: '.csv', '.atf' (Axon) or '.nwb'.

        Parameters
        ----------
        number
            Its rank, 0 for the most telling one.

        Raises
        ------
        InvalidValueError
            If the ending is another one.
        MissingPackageError
            If NWB is asked for without the package pynwb.
        """
        words = f"{self.ranked[min(number, len(self.ranked) - 1)].stimulus}"
        return write_protocol(self.recordings(number), Path(path), description=words)

    def __repr__(self) -> str:
        return f"<Design: {len(self.ranked)} stimuli, the best: {self.best.stimulus}>"

    def __str__(self) -> str:
        header, rows = self._short_table()
        return "\n".join([*self.sentences, *(f"  {line}" for line in text_table(header, rows))])

    def _repr_html_(self) -> str:
        first, *others = self.sentences
        return as_html(first, html_lines(others), html_table(*self._short_table()))

    def _short_table(self) -> tuple[list[str], list[list[str]]]:
        rows = [["now", *(_percent(self.before[name]) for name in self.before)]]
        rows += [
            [str(one.stimulus), *(_percent(one.deviations[name]) for name in self.before)]
            for one in self.ranked
        ]
        return ["after", *self.before], rows

    def _sentence(self, one: RankedStimulus) -> str:
        protocol = self.protocol
        seconds = readable(protocol.n_sweeps * protocol.duration, SECOND)
        if one.reason:
            return f"{_capital(str(one.stimulus))}: not to be used, {one.reason}."
        ratios = {name: one.deviations[name] / self.before[name] for name in self.wanted}
        most = min(ratios, key=lambda name: ratios[name])
        mean = float(np.exp(np.mean(np.log(list(ratios.values())))))
        return (
            f"{seconds} of {one.stimulus} {_words_of(ratios[most])} the error of {most}, from "
            f"{_percent(self.before[most])} to {_percent(one.deviations[most])}; on average errors "
            f"fall by {100 * (1 - mean):.0f} %."
        )


def _words_of(ratio: float) -> str:
    if 0.45 <= ratio <= 0.55:
        return "halves"
    return f"lowers by {100 * (1 - ratio):.0f} %"


def _percent(value: float) -> str:
    return f"{100 * value:.2g} %" if np.isfinite(value) else "–"


def _mean(values: list[float]) -> float:
    return float(np.mean(values))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
