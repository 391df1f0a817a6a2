"""Profiles: the error along each parameter, all others fitted anew, of all parameters at once.

Every point starts where the Gauss-Newton matrix says that the other parameters go, so that few
steps are left to do; all points of all parameters are simulated together.

References
----------
Venzon & Moolgavkar (1988), A method for computing profile-likelihood-based confidence intervals.
Applied Statistics 37(1), 87-94. Pace, Salvan & Sartori (2011), Adjusting composite likelihood ratio
statistics. Statistica Sinica 21(1), 129-148: thresholds where residuals are not independent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol, final, runtime_checkable

import numpy as np

from brianfit._foundation.shapes import Float, Int
from brianfit.fitting.uncertainty.error_surface import Points

PLACES = (-1.3, -1.0, -0.6, -0.3, 0.3, 0.6, 1.0, 1.3)
"""Where points of a profile begin, in half widths of the wide interval."""

TOLERANCE = 4e-4
"""A point is fitted well enough if the error would fall by this part of its rise over one standard
deviation: that moves an end by less than a hundredth of it."""

LEAST = 1e-6
"""A rise of the error by less than this part of it is none."""

NARROWEST, WIDEST = 1e-6, 0.2
"""Half widths with which a profile begins, in coordinates, are within these."""

MAX_EXTENSIONS = 7
"""So often a profile is followed further out."""

FURTHEST = 4.0
"""So many times further out than before the next point of a profile is at most."""

BETTER = 1e-2
"""An error that is lower by this part of the rise over one standard deviation is a better fit."""


@runtime_checkable
class Minimised(Protocol):
    """An error that can be minimised from many starts at once, as that of `ErrorSurface`."""

    def minimised(
        self,
        starts: Float[np.ndarray, "n_points n_parameters"],
        fixed: Int[np.ndarray, " n_points"],
        tolerances: Float[np.ndarray, " n_points"],
    ) -> Points:
        """Go downhill from every start, one coordinate kept as it is."""


@final
@dataclass(frozen=True, kw_only=True)
class Course:
    """The profile of one parameter, in coordinates.

    Attributes
    ----------
    centre
        The coordinate of the best sample.
    scale
        What a rise of the error by 1 is worth in squared coordinates: the root of the rise times
        this is as far as Laplace's approximation says that one has gone.
    places, roots
        Coordinates, ascending, and how far the error has risen there, in coordinates, negative on
        the low side.
    points
        All parameters at every place.
    """

    centre: float
    scale: float
    places: Float[np.ndarray, " n_points"]
    roots: Float[np.ndarray, " n_points"]
    points: Float[np.ndarray, "n_points n_parameters"]

    def end(self, half_width: float, side: int) -> float:
        """Return the coordinate where the error has risen so far; nan if it is beyond a bound."""
        is_side = side * (self.places - self.centre) >= 0
        order = np.argsort(side * self.places[is_side], kind="stable")
        places = self.places[is_side][order]
        roots = np.abs(self.roots[is_side][order])
        beyond = np.flatnonzero(roots >= half_width)
        if not beyond.size:
            return float("nan")
        last = int(beyond[0])
        if last == 0:
            return float(places[0])
        rising = np.maximum.accumulate(roots[: last + 1])
        kept = np.concatenate([[True], np.diff(rising) > 0])
        if kept.sum() < 3:
            part = (half_width - rising[last - 1]) / (rising[last] - rising[last - 1])
            return float(places[last - 1] + part * (places[last] - places[last - 1]))
        from scipy.interpolate import PchipInterpolator

        return float(PchipInterpolator(rising[kept], places[: last + 1][kept])(half_width))


@final
@dataclass(frozen=True, kw_only=True)
class Courses:
    """The profiles of all parameters, and a better sample if one was found on the way."""

    courses: tuple[Course, ...]
    better: Float[np.ndarray, " n_parameters"] | None


def profiles_of(
    surface: Minimised,
    best: Points,
    inverse: Float[np.ndarray, "n_parameters n_parameters"],
    half_widths: Float[np.ndarray, "2 n_parameters"],
) -> Courses:
    """Return the profiles of all parameters.

    Parameters
    ----------
    best
        The best sample, one point.
    inverse
        Of the Gauss-Newton matrix there.
    half_widths
        Of the narrow and of the wide interval, in coordinates.
    """
    # What is not seen has no width; its profile begins with a wide one, and tells that it is flat.
    half_widths = np.where(half_widths > NARROWEST, half_widths, WIDEST)
    work = _Work(surface=surface, best=best, inverse=inverse, half_widths=half_widths)
    found, fixed = work.first()
    for _ in range(MAX_EXTENSIONS):
        further = work.further(found, fixed)
        if further is None:
            break
        found, fixed = _joined(found, work.fitted(*further)), np.append(fixed, further[1])
    ends = work.ends(found, fixed)
    if ends is not None:
        found, fixed = _joined(found, work.fitted(*ends)), np.append(fixed, ends[1])
    lowest = int(np.argmin(found.errors))
    is_better = found.errors[lowest] < best.errors[0] - BETTER * work.units[fixed[lowest]]
    return Courses(
        courses=tuple(work.course(found, fixed, k) for k in range(best.x.shape[1])),
        better=found.x[lowest] if is_better else None,
    )


@final
@dataclass(frozen=True, kw_only=True)
class _Work:
    surface: Minimised
    best: Points
    inverse: Float[np.ndarray, "n_parameters n_parameters"]
    half_widths: Float[np.ndarray, "2 n_parameters"]

    @property
    def sizes(self) -> Float[np.ndarray, " n_parameters"]:
        """What a rise of the error by 1 is worth, squared coordinates."""
        return np.asarray(np.maximum(np.diag(self.inverse), 1e-300))

    @property
    def units(self) -> Float[np.ndarray, " n_parameters"]:
        """How far the error rises where the wide interval ends, over four: one deviation."""
        rises = (0.5 * self.half_widths[1]) ** 2 / self.sizes
        return np.asarray(np.maximum(rises, LEAST * self.best.errors[0]))

    def first(self) -> tuple[Points, Int[np.ndarray, " n_points"]]:
        """Return points on either side of the best sample."""
        starts, fixed = [], []
        for k, width in enumerate(self.half_widths[1]):
            goals = np.clip(self.best.x[0, k] + width * np.array(PLACES), 0.0, 1.0)
            for goal in np.unique(goals[goals != self.best.x[0, k]]):
                starts.append(self.start(self.best.x[0], k, float(goal)))
                fixed.append(k)
        numbers = np.array(fixed, dtype=np.int64)
        return self.fitted(np.array(starts), numbers), numbers

    def start(
        self, origin: Float[np.ndarray, " n_parameters"], k: int, goal: float
    ) -> Float[np.ndarray, " n_parameters"]:
        """Return where the others go as coordinate `k` is brought to a goal."""
        direction = self.inverse[k] / self.sizes[k]
        start = np.clip(origin + (goal - origin[k]) * direction, 0.0, 1.0)
        start[k] = goal
        return np.asarray(start)

    def fitted(
        self,
        starts: Float[np.ndarray, "n_points n_parameters"],
        fixed: Int[np.ndarray, " n_points"],
    ) -> Points:
        """Fit all others."""
        return self.surface.minimised(starts, fixed, TOLERANCE * self.units[fixed])

    def course(self, found: Points, fixed: Int[np.ndarray, " n"], k: int) -> Course:
        """Return the profile of a parameter."""
        own = (fixed == k) & np.isfinite(found.errors)
        x = np.concatenate([self.best.x, found.x[own]])
        rises = np.concatenate([[0.0], found.errors[own] - self.best.errors[0]])
        order = np.argsort(x[:, k], kind="stable")
        signs = np.sign(x[order, k] - self.best.x[0, k])
        return Course(
            centre=float(self.best.x[0, k]),
            scale=float(self.sizes[k]),
            places=x[order, k],
            roots=signs * np.sqrt(np.maximum(rises[order], 0.0) * self.sizes[k]),
            points=x[order],
        )

    def further(
        self, found: Points, fixed: Int[np.ndarray, " n"]
    ) -> tuple[np.ndarray, np.ndarray] | None:
        """Return points further out, of profiles that have not risen far enough yet."""
        starts, numbers = [], []
        for k in range(self.best.x.shape[1]):
            course = self.course(found, fixed, k)
            for side in (-1, 1):
                goal = _next_place(course, float(self.half_widths[1, k]), side)
                if goal is not None:
                    outermost = course.points[0 if side < 0 else -1]
                    starts.append(self.start(outermost, k, goal))
                    numbers.append(k)
        return (np.array(starts), np.array(numbers)) if starts else None

    def ends(
        self, found: Points, fixed: Int[np.ndarray, " n"]
    ) -> tuple[np.ndarray, np.ndarray] | None:
        """Return points at the ends of the intervals, where the profile is wanted exactly."""
        starts, numbers = [], []
        for k in range(self.best.x.shape[1]):
            course = self.course(found, fixed, k)
            for width in self.half_widths[:, k]:
                for side in (-1, 1):
                    end = course.end(float(width), side)
                    if np.isfinite(end) and np.abs(course.places - end).min() > 1e-3 * width:
                        nearest = int(np.abs(course.places - end).argmin())
                        starts.append(self.start(course.points[nearest], k, end))
                        numbers.append(k)
        return (np.array(starts), np.array(numbers)) if starts else None


def _next_place(course: Course, half_width: float, side: int) -> float | None:
    """Return where to look next on one side; None if the profile has risen, or ends at a bound."""
    outermost = 0 if side < 0 else -1
    place, root = float(course.places[outermost]), abs(float(course.roots[outermost]))
    bound = 0.0 if side < 0 else 1.0
    if root >= half_width or place == bound:
        return None
    gone = max(abs(place - course.centre), half_width)
    factor = np.clip(1.2 * half_width / max(root, 1e-3 * half_width), 1.2, FURTHEST)
    goal = course.centre + side * gone * float(factor)
    return float(np.clip(goal, 0.0, 1.0))


def _joined(first: Points, second: Points) -> Points:
    return replace(
        first,
        x=np.concatenate([first.x, second.x]),
        errors=np.concatenate([first.errors, second.errors]),
        gradients=np.concatenate([first.gradients, second.gradients]),
        matrices=np.concatenate([first.matrices, second.matrices]),
    )
