"""What a fit leaves behind."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import final

import numpy as np

from brianfit._foundation.arguments import also_called, checked
from brianfit._foundation.errors import BrianfitError
from brianfit._foundation.parts.same_values import compared_by_value
from brianfit._foundation.shapes import Float
from brianfit._foundation.units import Quantity, from_si, readable
from brianfit.data import RecordingSet
from brianfit.results.diagnostics import Diagnostics, LocalSearch, SearchedBox, diagnose
from brianfit.results.history import History
from brianfit.results.intervals.uncertainty import Uncertainty
from brianfit.results.methods import methods_references, methods_text
from brianfit.results.notebook import summary_html
from brianfit.results.pareto_front import ParetoFront, pareto_front
from brianfit.results.prediction import Prediction
from brianfit.results.problem_record import ProblemRecord
from brianfit.results.report_formats import report_writer
from brianfit.results.score import ValidationCourse
from brianfit.results.tables import Dimensions
from brianfit.results.verdict import Verdict, verdict_on


@final
@compared_by_value
@dataclass(frozen=True, kw_only=True)
class FitResult:
    """The outcome of a fit; printing it gives a summary.

    Attributes
    ----------
    best_values
        The best sample: every parameter that was free, fixed or tied, SI numbers. Empty if no
        sample could be scored.
    error
        Its error, as minimised; inf if no sample could be scored.
    trace_errors
        Its normalised error by output and trace; nan where the metric has none.
    history
        Every sample and its errors.
    dimensions
        Units of all of them.
    at_bound
        Free parameters that ended at the edge of their bounds: ``{name: 'lower' | 'upper'}``.
    bounds
        Bounds of the free parameters [SI].
    stop_reason
        Why the fit ended, in words.
    seed
        With which it can be repeated.
    settings
        What was asked for, in words: model, method, optimizer, metrics, numbers.
    versions
        Of the packages that took part.
    trace_labels
        Names of the traces.
    standard_errors
        Of the free parameters [SI], where a refinement could tell them.
    local_searches
        Those that ended, where the optimizer searches locally.
    n_restarts
        How often the search began anew elsewhere.
    strategy
        How it was searched and why so, where the user named no optimizer; empty otherwise.
    refinement
        What the local polish found, in words; empty before `refine`.
    problem
        What was fitted to what; enough to ask for it again.
    validation
        The errors on recordings that were held out, round by round; None without any.
    uncertainty
        How sure the parameters are, once `fitter.uncertainty` was asked; None before, and when a
        better sample was found since.
    simulate
        Returns what the best sample yields, for `verdict`; None where nobody can.
    """

    best_values: Mapping[str, float]
    error: float
    output_errors: Mapping[str, float]
    raw_output_errors: Mapping[str, float]
    trace_errors: Mapping[str, Float[np.ndarray, " n_traces"]]
    history: History
    dimensions: Dimensions
    at_bound: Mapping[str, str]
    bounds: Mapping[str, tuple[float, float]]
    stop_reason: str
    seed: int
    settings: Mapping[str, str]
    versions: Mapping[str, str]
    trace_labels: tuple[str, ...]
    standard_errors: Mapping[str, float] = field(default_factory=dict)
    refinement: str = ""
    strategy: str = ""
    local_searches: tuple[LocalSearch, ...] = ()
    n_restarts: int = 0
    problem: ProblemRecord | None = None
    validation: ValidationCourse | None = None
    uncertainty: Uncertainty | None = field(default=None, compare=False)
    simulate: Callable[[FitResult], Prediction] | None = field(
        default=None, repr=False, compare=False
    )

    @cached_property
    def verdict(self) -> Verdict | None:
        """Whether the fit is good, on the sweeps that were fitted; print it.

        Its best sample is simulated once for that. None for a result that was read from a file:
        the page and `brianfit report` judge that as well.
        """
        if not self.best_values:
            return verdict_on(self, None)
        if self.simulate is None or self.problem is None:
            return None
        try:
            return verdict_on(self, self.simulate(self))
        except BrianfitError:
            return None  # a model that only its script can run

    @property
    def best_params(self) -> dict[str, Quantity | float]:
        """The best sample with units."""
        return {
            name: from_si(value, self.dimensions.parameters[name])
            for name, value in self.best_values.items()
        }

    @property
    def best_error(self) -> Quantity | float:
        """The lowest error with its unit."""
        return from_si(self.error, self.dimensions.error)

    def diagnostics(self) -> Diagnostics:
        """Return how the search went, and what its samples say about the parameters."""
        logarithmic = self.settings.get("logarithmic parameters", "").split(", ")
        return diagnose(
            self.history,
            SearchedBox(bounds=self.bounds, logarithmic=frozenset(logarithmic)),
            at_bound=self.at_bound,
            n_restarts=self.n_restarts,
            local_searches=self.local_searches,
        )

    def ends_of(self, name: str) -> tuple[float, float] | None:
        """Return the ends of the 95 % interval of a parameter [SI]; None without an interval."""
        found = self.uncertainty
        if found is None or found.is_withheld or name not in found.intervals:
            return None
        low, high = found.intervals[name].limits[1].tolist()
        return low, high

    def pareto_front(self) -> ParetoFront:
        """Return the samples that no other beats in one error without losing in another.

        The errors are those of the outputs; or, after a search by a `ParetoOptimizer`, all those
        that it weighed.

        Raises
        ------
        FitStateError
            If no sample could be scored.
        """
        return pareto_front(self.history, self.dimensions.parameters)

    @property
    def n_failed(self) -> int:
        """The number of samples that could not be scored."""
        return self.history.n_failed

    @property
    def held_out(self) -> ValidationCourse | None:
        """The errors after every round on what was fitted and on what was held out, if anything.

        Its older name is `validation`.
        """
        return self.validation

    @also_called(left_out="held_out")
    @checked
    def report(
        self,
        path: str | Path,
        *,
        title: str | None = None,
        recordings: RecordingSet | None = None,
        held_out: Collection[int] | RecordingSet = (),
        command: str | None = None,
    ) -> Path:
        """Write a page that shows the fit, for a browser without a network and for paper.

        Parameters
        ----------
        path
            Where to; the ending says what is written, such as ``'cell.html'``.
        title
            Of the page.
        recordings
            The sweeps that are shown and predicted; those of the fit unless told.
        held_out
            Numbers of the sweeps among them that were not fitted, or other recordings: what the
            model is scored on besides.
        command
            What to type to repeat the fit; the running Python script unless told.

        Returns
        -------
        Path
            Of what was written.

        Raises
        ------
        InvalidValueError
            If nobody writes files with this ending, or `recordings` do not suit the model.
        """
        path = Path(path)
        write = report_writer(path)
        return write(
            self,
            path,
            title=title,
            recordings=recordings,
            held_out=held_out,
            command=command,
        )

    def methods_text(self) -> str:
        """Return two paragraphs for a methods section: model and data, search and result.

        Numbers, versions and the seed are those of this fit. Read it over: what the cell is and
        why this model, only you know.
        """
        return methods_text(self)

    def bibtex(self) -> str:
        """Return the references of `methods_text` as a BibTeX file."""
        return "\n\n".join(paper.bibtex for paper in methods_references(self)) + "\n"

    def __repr__(self) -> str:
        best, evaluations = readable(self.error, self.dimensions.error), self.history.n_evaluations
        return f"<FitResult: error {best} after {_counted(evaluations, 'evaluation')}>"

    def _repr_html_(self) -> str:
        """Return the summary as notebooks show it."""
        return summary_html(_headline(self), self)

    def __str__(self) -> str:
        verdict = [] if self.verdict is None else str(self.verdict).splitlines()
        return "\n".join(
            [*_headline(self), *verdict, *_parameter_lines(self), *_output_lines(self)]
        )


def _headline(result: FitResult) -> list[str]:
    history = result.history
    n_refined = history.n_rounds - history.n_search_rounds
    refined = f" and {_counted(n_refined, 'refinement')}" if n_refined else ""
    spent = (
        f"{_counted(history.n_evaluations, 'evaluation')} in "
        f"{_counted(history.n_search_rounds, 'round')}{refined}, {history.seconds:.3g} s"
    )
    lines = [
        f"Fit of {_counted(len(history.parameter_names), 'parameter')}",
        f"  {spent}",
        *([f"  searched by {result.strategy}"] if result.strategy else []),
        f"  stopped because {result.stop_reason}",
        f"  error {readable(result.error, result.dimensions.error)}",
    ]
    if result.validation is not None:
        lines.append(f"  {result.validation}")
    if result.n_failed:
        share = 100 * result.n_failed / max(1, history.n_evaluations)
        failed = _counted(result.n_failed, "sample")
        lines.append(f"  {failed} ({share:.0f} %) could not be scored (diverged)")
    n_repeated = int(np.count_nonzero(history.is_repeated))
    if n_repeated:
        lines.append(f"  {_counted(n_repeated, 'evaluation')} repeated a sample known already")
    n_bound = int(np.count_nonzero(history.is_bound))
    if n_bound:
        lines.append(f"  {_counted(n_bound, 'sample')} given up on the way (racing)")
    if result.refinement:
        lines.append(f"  {result.refinement}")
    lines.append(f"  seed {result.seed}")
    return lines


def _parameter_lines(result: FitResult) -> list[str]:
    if not result.best_values:
        return ["No sample could be scored: no parameters."]
    width = max(len(name) for name in result.best_values)
    is_bad = result.verdict is not None and not result.verdict.is_good
    withheld = is_bad and bool(result.standard_errors)
    lines = ["Parameters" + (" (no uncertainties, since the fit is not good)" if withheld else "")]
    for name, value in result.best_values.items():
        dimension = result.dimensions.parameters[name]
        line = f"  {name:<{width}}  {readable(value, dimension)}"
        ends = result.ends_of(name)
        if ends is not None:
            line += "   95 %: " + " to ".join(
                readable(end, dimension) if np.isfinite(end) else "?" for end in ends
            )
        elif name in result.standard_errors and not is_bad:
            line += f" ± {readable(result.standard_errors[name], dimension)}"
        if name in result.bounds:
            low, high = result.bounds[name]
            line += f"   in [{readable(low, dimension)}, {readable(high, dimension)}]"
        else:
            line += "   (fixed or tied)"
        if name in result.at_bound:
            line += f"   AT ITS {result.at_bound[name].upper()} BOUND"
        lines.append(line)
    return lines


def _output_lines(result: FitResult) -> list[str]:
    lines = ["Errors"] if result.raw_output_errors else []
    for name, error in result.raw_output_errors.items():
        dimension = result.dimensions.raw_output_errors[name]
        normalized = result.output_errors[name]
        line = f"  {name}: {readable(error, dimension)}"
        if normalized != error:
            line += f" (normalized {readable(normalized, result.dimensions.output_errors[name])})"
        lines.append(line)
        per_trace = result.trace_errors.get(name)
        if per_trace is None or np.all(np.isnan(per_trace)):
            continue
        factor = error / normalized if normalized > 0 else 1.0
        lines += [
            f"    {label}: {readable(factor * float(value), dimension)}"
            for label, value in zip(result.trace_labels, per_trace, strict=True)
        ]
    return lines


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
