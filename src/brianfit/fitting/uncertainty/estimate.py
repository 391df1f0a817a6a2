"""The uncertainty of a fit: polish, how the residuals follow each other, intervals, verdicts."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from brianfit._foundation.arguments import check_choice
from brianfit._foundation.shapes import Float
from brianfit._foundation.units import readable
from brianfit.fitting.search.replay import Refinement
from brianfit.fitting.search.session import FitSession
from brianfit.fitting.uncertainty.bootstrap import replicates
from brianfit.fitting.uncertainty.error_surface import ErrorSurface, Points
from brianfit.fitting.uncertainty.likelihood_of_fit import best_of, simulated_outputs
from brianfit.fitting.uncertainty.profiles import Courses, profiles_of
from brianfit.fitting.uncertainty.reasons import notes_on, reason_of_the_fit, reason_of_the_task
from brianfit.fitting.uncertainty.scatter import Scatter, residual_correlation, scatter_of
from brianfit.fitting.uncertainty.simulated_outputs import SimulatedOutputs
from brianfit.fitting.uncertainty.spiking import uncertainty_of_spikes
from brianfit.fitting.uncertainty.sweeps import SweepFits, fitted_sweeps, spreads
from brianfit.fitting.uncertainty.verdicts import combinations_of, verdict_of
from brianfit.likelihoods import OutputTraces
from brianfit.model import ParameterSpace
from brianfit.objective.linearisation import residual_weights
from brianfit.results import FitResult
from brianfit.results.intervals.uncertainty import LEVELS, Interval, Profile, Uncertainty

METHODS = ("auto", "laplace", "profile", "sweeps", "bootstrap")

MAX_RESTARTS = 3
"""So often a better sample, found by a profile, is where all begins anew."""

POLISHED = 1e-9
"""A fit is polished if the error would fall by less than this part of it."""

NOTICED = 1e-7
"""A polished sample enters the fit if its error is lower by more than this part."""


@final
@dataclass(frozen=True, kw_only=True)
class Valley:
    """The best sample and what is around it.

    Attributes
    ----------
    best
        In coordinates: one point.
    traces
        Its outputs, with their derivatives.
    widths
        Half widths of the narrow and the wide interval by Laplace's approximation, in coordinates.
    """

    surface: ErrorSurface
    simulated: SimulatedOutputs
    best: Points
    traces: Mapping[str, OutputTraces]
    scatter: Scatter
    widths: Float[np.ndarray, "2 n_parameters"]

    @property
    def space(self) -> ParameterSpace:
        """The box of the free parameters."""
        return self.surface.space

    @property
    def values(self) -> Float[np.ndarray, " n_parameters"]:
        """The best sample [SI]."""
        return np.asarray(self.space.to_values(self.best.x)[0])

    @property
    def weights(self) -> Mapping[str, Float[np.ndarray, "n_traces n_steps"]]:
        """Of the residuals in the error, by output."""
        return residual_weights(self.simulated.outputs, self.simulated.task.problem.dt)

    def value_at(self, k: int, coordinate: float) -> float:
        """Return the value of a parameter [SI]; nan beyond the bounds."""
        if not 0.0 < coordinate < 1.0:
            return float("nan")
        x = self.best.x.copy()
        x[0, k] = coordinate
        return float(self.space.to_values(x)[0, k])


def estimated_uncertainty(
    session: FitSession, result_now: Callable[[], FitResult], method: str
) -> Uncertainty:
    """Return how sure the parameters of a fit are.

    Parameters
    ----------
    result_now
        Returns the result of the fit as it is, able to simulate its best sample.

    Raises
    ------
    FitStateError
        If there was no fit, or no sample of it could be scored.
    InvalidTypeError, InvalidValueError
        If what is compared has no likelihood, or there is no such method.
    """
    check_choice("method", method, METHODS)
    best_of(session)
    search = session.require_search()
    simulated = simulated_outputs(session)
    reason = reason_of_the_task(search.task)
    if reason:
        return _withheld(session, reason)
    if search.objective.is_least_squares:
        _polish(session, best_of(session).values)
    result = result_now()
    reason = reason_of_the_fit(result)
    if reason:
        return _withheld(session, reason)
    if not search.objective.is_least_squares:
        return uncertainty_of_spikes(session, simulated)
    if method == "auto":
        method = "laplace" if search.objective.derivatives is None else "profile"
    return _Estimate(session=session, simulated=simulated, result=result).by(method)


def _polish(session: FitSession, values: Float[np.ndarray, " n_parameters"]) -> None:
    """Go downhill from a sample; the end enters the fit if it is better than the best."""
    began = time.perf_counter()
    search = session.require_search()
    surface, space = ErrorSurface(search=search), search.task.parameters.space
    known = best_of(session).error
    start = space.to_coordinates(values[np.newaxis])
    best = surface.minimised(start, np.array([-1]), np.array([POLISHED * known]))
    if best.errors[0] < known * (1 - NOTICED):
        at = space.to_values(best.x)
        found = search.objective.evaluate(at, iteration=search.iteration, seed=search.seed)
        unit = search.task.dimensions.error
        words = (
            f"refined while its uncertainty was looked for: {readable(known, unit)} -> "
            f"{readable(float(found.errors[0]), unit)}"
        )
        seconds = time.perf_counter() - began
        session.add_refined(at[0], found, Refinement(words=words), seconds)


@final
@dataclass(frozen=True, kw_only=True)
class _Estimate:
    session: FitSession
    simulated: SimulatedOutputs
    result: FitResult

    def by(self, method: str) -> Uncertainty:
        """Return the uncertainty by a method."""
        valley = self._valley()
        notes: list[str] = []
        courses: Courses | None = None
        if method == "profile":
            valley, courses = self._profiled(valley, notes)
        return self._told(method, valley, courses, notes)

    def _valley(self) -> Valley:
        """Return the best sample and what is around it."""
        surface = ErrorSurface(search=self.session.require_search())
        space = surface.space
        best = surface.at(space.to_coordinates(best_of(self.session).values[np.newaxis]))
        at = space.to_values(best.x)
        traces = self.simulated.traces(at, with_slopes=True)
        scatter = scatter_of(self.simulated, traces, space.derivative(at[0]))
        widths = np.array([scatter.half_widths(level) for level in LEVELS])
        return Valley(
            surface=surface,
            simulated=self.simulated,
            best=best,
            traces=traces,
            scatter=scatter,
            widths=widths,
        )

    def _profiled(self, valley: Valley, notes: list[str]) -> tuple[Valley, Courses]:
        """Return the profiles, around the best sample that they come across."""
        for restart in range(MAX_RESTARTS + 1):
            courses = profiles_of(
                valley.surface, valley.best, valley.scatter.inverse, valley.widths
            )
            if courses.better is None or restart == MAX_RESTARTS:
                break
            before = float(valley.best.errors[0])
            _polish(self.session, valley.space.to_values(courses.better[np.newaxis])[0])
            valley = self._valley()
            unit = self.session.require_search().task.dimensions.error
            notes.append(
                f"A profile came across a better sample, {readable(before, unit)} -> "
                f"{readable(float(valley.best.errors[0]), unit)}; it is the best of the fit now, "
                "and the intervals are around it."
            )
        return valley, courses

    def _told(
        self, method: str, valley: Valley, courses: Courses | None, notes: list[str]
    ) -> Uncertainty:
        space, scatter = valley.space, valley.scatter
        sweeps = self._sweeps(valley)
        n_blocks = None
        if method == "bootstrap":
            ends, n_blocks = _ends_of_bootstrap(valley)
        elif method == "sweeps":
            ends = _ends_of_sweeps(valley, sweeps)
        elif courses is not None:
            ends = _ends_of_profiles(valley, courses)
        else:
            ends = _ends(valley.best.x[0], valley.widths)
        deviations = np.sqrt(np.diag(scatter.covariance))
        naive = np.sqrt(np.maximum(np.diag(scatter.naive), 1e-300))
        inflation = deviations / naive
        if method != "profile":
            ends[~scatter.is_seen] = np.nan
        slopes = space.derivative(valley.values)
        spread = {} if sweeps is None else spreads(sweeps, space, inflation)
        limits = _limits(valley, ends)
        notes = [*notes, *notes_on(self.result, scatter, inflation, spread, n_blocks)]
        return Uncertainty(
            method=method,
            intervals=_intervals(self.session, valley, limits),
            dimensions=_dimensions(self.session),
            notes=tuple(notes),
            covariance=scatter.covariance * np.outer(slopes, slopes),
            profiles={} if courses is None else _profiles(valley, courses),
            sweeps=spread,
            sweep_labels=self.result.trace_labels,
            residuals={
                name: residual_correlation(
                    each.residuals(self.simulated.compared[name])[0],
                    self.simulated.compared[name],
                    scatter.noises[name],
                )
                for name, each in valley.traces.items()
            },
            n_compared=scatter.n_compared,
            n_independent=scatter.n_independent,
            naive_ratio=dict(zip(space.names, inflation.tolist(), strict=True)),
            n_gradients=valley.surface.n_gradients,
        )

    def _sweeps(self, valley: Valley) -> SweepFits | None:
        """Return every sweep fitted alone; None if there is but one."""
        if len(self.result.trace_labels) < 2:
            return None
        return fitted_sweeps(self.simulated, valley.weights, valley.space, valley.best.x[0])


def _ends(
    centre: Float[np.ndarray, " n_parameters"], widths: Float[np.ndarray, "2 n_parameters"]
) -> Float[np.ndarray, "n_parameters 2 2"]:
    """Return the ends of intervals around a centre: by parameter, level and side."""
    return np.moveaxis(np.array([centre - widths, centre + widths]), (0, 1, 2), (2, 1, 0))


def _ends_of_profiles(valley: Valley, courses: Courses) -> Float[np.ndarray, "n_parameters 2 2"]:
    return np.array(
        [
            [[course.end(float(width), side) for side in (-1, 1)] for width in valley.widths[:, k]]
            for k, course in enumerate(courses.courses)
        ]
    )


def _ends_of_bootstrap(valley: Valley) -> tuple[Float[np.ndarray, "n_parameters 2 2"], int]:
    slopes = valley.space.derivative(valley.values)
    found, n_blocks = replicates(
        valley.simulated, valley.traces, valley.weights, valley.scatter.noises, slopes
    )
    tails = [[50 - 50 * level, 50 + 50 * level] for level in LEVELS]
    ends = np.percentile(valley.best.x[0] + found, np.ravel(tails), axis=0)
    return np.moveaxis(ends.reshape(2, 2, -1), -1, 0), n_blocks


def _ends_of_sweeps(
    valley: Valley, sweeps: SweepFits | None
) -> Float[np.ndarray, "n_parameters 2 2"]:
    """Return intervals of the mean over sweeps that differ; nan where fewer than two are known."""
    from scipy.stats import t

    n = valley.best.x.shape[1]
    widths = np.full((2, n), np.nan)
    for k in range(n if sweeps is not None else 0):
        known = sweeps.x[np.isfinite(sweeps.x[:, k]), k] if sweeps is not None else np.empty(0)
        if known.size >= 2:
            factors = t.ppf(0.5 + 0.5 * np.array(LEVELS), known.size - 1)
            widths[:, k] = factors * known.std(ddof=1) / np.sqrt(known.size)
    return _ends(valley.best.x[0], widths)


def _limits(
    valley: Valley, ends: Float[np.ndarray, "n_parameters 2 2"]
) -> Float[np.ndarray, "n_parameters 2 2"]:
    """Return ends as values [SI]."""
    found = np.full_like(ends, np.nan)
    for place in np.ndindex(*ends.shape):
        found[place] = valley.value_at(place[0], float(ends[place]))
    return found


def _intervals(
    session: FitSession, valley: Valley, limits: Float[np.ndarray, "n_parameters 2 2"]
) -> dict[str, Interval]:
    space, values = valley.space, valley.values
    slopes = space.derivative(values)
    matrix = np.asarray(valley.best.matrices[0]) / np.outer(slopes, slopes)
    seen = valley.scatter.is_seen
    wide = np.diag(valley.scatter.covariance)[seen] / np.diag(valley.scatter.inverse)[seen]
    variance = float(np.median(wide)) if seen.any() else 1.0
    is_open = np.isnan(limits[:, 1]).any(axis=1)
    combined = combinations_of(space.names, values, matrix / max(variance, 1e-300), is_open)
    units = _dimensions(session)
    return {
        name: Interval(
            value=float(values[k]),
            limits=limits[k],
            verdict=verdict_of(limits[k], combined.get(name, ""), units[name]),
        )
        for k, name in enumerate(space.names)
    }


def _profiles(valley: Valley, courses: Courses) -> dict[str, Profile]:
    space = valley.space
    found = {}
    for k, (name, course) in enumerate(zip(space.names, courses.courses, strict=True)):
        size = float(valley.widths[0, k]) or 1.0
        others = space.to_values(course.points)
        found[name] = Profile(
            values=others[:, k],
            others=others,
            deviances=(course.roots / size) ** 2,
            wald=((course.places - course.centre) / size) ** 2,
            thresholds=(1.0, float((valley.widths[1, k] / size) ** 2)),
        )
    return found


def _withheld(session: FitSession, reason: str) -> Uncertainty:
    search = session.require_search()
    values = best_of(session).values
    nothing = np.full((2, 2), np.nan)
    return Uncertainty(
        method="none",
        intervals={
            name: Interval(value=float(value), limits=nothing, verdict="withheld")
            for name, value in zip(search.task.parameters.space.names, values, strict=True)
        },
        dimensions=_dimensions(session),
        reason=reason,
    )


def _dimensions(session: FitSession) -> dict[str, Any]:
    search = session.require_search()
    space = search.task.parameters.space
    return dict(zip(space.names, space.dimensions, strict=True))
