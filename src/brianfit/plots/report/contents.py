"""What the sections of a report are made from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import final

from brianfit._foundation.units import Dimension, readable
from brianfit.results import FitResult, Prediction, Score

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@final
@dataclass(frozen=True, kw_only=True)
class ReportContents:
    """A result and what was computed from it.

    Attributes
    ----------
    title
        Of the page.
    prediction
        What the model yields on the recordings that are shown; None if nothing could be scored.
    held_out
        The errors on recordings that were not fitted; None where there are none.
    notes
        What could not be computed, and why.
    standard_errors
        Of free parameters [SI], as far as they are known.
    command
        What to type to repeat the fit; empty if it is not known.
    script
        The fitted model as a Brian script, or why there is none.
    has_script
        Which of the two.
    written
        When the page was made.
    """

    title: str
    result: FitResult
    prediction: Prediction | None
    held_out: Score | None
    notes: tuple[str, ...]
    standard_errors: Mapping[str, float]
    command: str
    script: str
    has_script: bool
    written: datetime


def number_text(value: float, dimensions: Dimension) -> str:
    """Return an SI number as a person writes it, with its unit."""
    return re.sub(r"\^(-?\d+)", _raised, readable(value, dimensions)).replace("-", "−")


def parameter_text(contents: ReportContents, name: str, value: float) -> str:
    """Return the value of a parameter with its unit."""
    return number_text(value, contents.result.dimensions.parameters[name])


def _raised(power: re.Match[str]) -> str:
    return power[1].translate(_SUPERSCRIPT)
