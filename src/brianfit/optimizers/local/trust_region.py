"""Steps of bounded least squares in the unit box, for many searches at a time.

The variables are scaled by their distance from the bound towards which they move, so that steps
follow the walls instead of running into them (Branch, Coleman & Li 1999, SIAM J. Sci. Comput. 21:1,
doi 10.1137/S1064827595289108). A step that would leave the box competes with one that is reflected
at the wall and with one along the gradient. The quadratic model of the error is
``2 g p + p H p``, half of which is used below.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from brianfit._foundation.shapes import Bool, Float

TINY = 1e-300
SHORTEN = 0.995
"""A step takes at most this part of the way to a wall."""

SECULAR_ITERATIONS = 12
"""Newton steps that find the damping for a given radius; few are needed."""

SECULAR_TOLERANCE = 1e-3
"""Newton's method ends with the step that began as near to the radius as this fraction of it."""


@final
@dataclass(frozen=True, kw_only=True)
class Steps:
    """Where to go next.

    Attributes
    ----------
    moves
        In unit coordinates; they end inside of the box.
    lengths
        In scaled variables, in which the trust region is a ball.
    predicted
        By how much the error should fall.
    """

    moves: Float[np.ndarray, "n_searches n_parameters"]
    lengths: Float[np.ndarray, " n_searches"]
    predicted: Float[np.ndarray, " n_searches"]


def trust_region_steps(
    points: Float[np.ndarray, "n_searches n_parameters"],
    gradients: Float[np.ndarray, "n_searches n_parameters"],
    matrices: Float[np.ndarray, "n_searches n_parameters n_parameters"],
    radii: Float[np.ndarray, " n_searches"],
) -> Steps:
    """Return the step of every search, inside of its trust region and of the box."""
    room = np.where(gradients < 0, 1.0 - points, np.where(gradients > 0, points, 1.0))
    scale = np.sqrt(room)
    slopes = scale * gradients
    curvatures = matrices * scale[:, :, np.newaxis] * scale[:, np.newaxis]
    curvatures += np.eye(points.shape[1]) * np.abs(gradients)[:, :, np.newaxis]
    model = _Model(points=points, scale=scale, slopes=slopes, curvatures=curvatures)
    straight = _inside_ball(slopes, curvatures, radii)
    candidates = np.stack(
        [
            _shortened(model, straight),
            _reflected(model, straight, radii),
            _downhill(model, radii),
        ]
    )
    values = np.stack([model.value(candidate) for candidate in candidates])
    best = values.argmin(axis=0)
    chosen = candidates[best, np.arange(len(points))]
    return Steps(
        moves=scale * chosen,
        lengths=_length(chosen),
        predicted=-2.0 * values.min(axis=0),
    )


@final
@dataclass(frozen=True, kw_only=True)
class _Model:
    """Half of the error around the points, in scaled variables."""

    points: Float[np.ndarray, "n_searches n_parameters"]
    scale: Float[np.ndarray, "n_searches n_parameters"]
    slopes: Float[np.ndarray, "n_searches n_parameters"]
    curvatures: Float[np.ndarray, "n_searches n_parameters n_parameters"]

    def value(self, steps: np.ndarray) -> np.ndarray:
        """Return the change of the model."""
        return _dot(self.slopes, steps) + 0.5 * _dot(steps, self.times(steps))

    def times(self, steps: np.ndarray) -> np.ndarray:
        """Return curvatures times steps."""
        return np.asarray((self.curvatures @ steps[:, :, np.newaxis])[:, :, 0])

    def strides(self, steps: np.ndarray, start: np.ndarray | None = None) -> np.ndarray:
        """Return, per variable, which multiple of a step reaches a wall; inf where none does."""
        points = self.points if start is None else self.points + self.scale * start
        moves = self.scale * steps
        with np.errstate(divide="ignore", invalid="ignore"):
            strides = np.where(moves > 0, (1.0 - points) / moves, -points / moves)
        return np.where(moves == 0, np.inf, np.maximum(strides, 0.0))


def _inside_ball(
    slopes: Float[np.ndarray, "n_searches n_parameters"],
    curvatures: Float[np.ndarray, "n_searches n_parameters n_parameters"],
    radii: Float[np.ndarray, " n_searches"],
) -> Float[np.ndarray, "n_searches n_parameters"]:
    """Return the lowest points of the models within balls around zero."""
    eigenvalues, axes = np.linalg.eigh(curvatures)
    # Directions without curvature, up to rounding, must not give endless steps.
    floor = np.maximum(eigenvalues[:, -1:] * 1e-14, TINY)
    eigenvalues = np.maximum(eigenvalues, floor)
    along = (axes.transpose(0, 2, 1) @ slopes[:, :, np.newaxis])[:, :, 0]
    damping = _damping(along, eigenvalues, radii)
    steps = -along / (eigenvalues + damping[:, np.newaxis])
    lengths = _length(steps)
    steps *= np.minimum(1.0, radii / np.maximum(lengths, TINY))[:, np.newaxis]
    return np.asarray((axes @ steps[:, :, np.newaxis])[:, :, 0])


def _damping(along: np.ndarray, eigenvalues: np.ndarray, radii: np.ndarray) -> np.ndarray:
    """Return the numbers to add to the eigenvalues so that steps are not longer than the radii.

    Newton's method on 1 / length, kept between bounds (Moré & Sorensen 1983, doi 10.1137/0904038).
    """
    damping, high = np.zeros(len(radii)), _length(along) / radii
    low = np.zeros(len(radii))
    unsettled = np.flatnonzero(_length(along / eigenvalues) > radii)
    for _ in range(SECULAR_ITERATIONS):
        if unsettled.size == 0:
            break
        radius, tried = radii[unsettled], damping[unsettled]
        sums = eigenvalues[unsettled] + tried[:, np.newaxis]
        squares = (along[unsettled] / sums) ** 2
        length = np.sqrt(squares.sum(axis=1))
        excess = length - radius
        low[unsettled] = np.where(excess > 0, tried, low[unsettled])
        high[unsettled] = np.where(excess < 0, tried, high[unsettled])
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            newton = tried + excess / radius * length**2 / (squares / sums).sum(axis=1)
        between = np.sqrt(np.maximum(low[unsettled], 1e-3 * high[unsettled]) * high[unsettled])
        is_inside = (newton > low[unsettled]) & (newton < high[unsettled])
        damping[unsettled] = np.where(is_inside, newton, between)
        unsettled = unsettled[np.abs(excess) > SECULAR_TOLERANCE * radius]
    return damping


def _shortened(model: _Model, straight: np.ndarray) -> np.ndarray:
    """Return steps that stop before the first wall."""
    stride = model.strides(straight).min(axis=1)
    return np.asarray(straight * np.where(stride > 1, 1.0, SHORTEN * stride)[:, np.newaxis])


def _reflected(model: _Model, straight: np.ndarray, radii: np.ndarray) -> np.ndarray:
    """Return steps that turn round at the first wall, where there is one on the way."""
    strides = model.strides(straight)
    stride = strides.min(axis=1)
    is_hit: Bool[np.ndarray, "n m"] = strides <= stride[:, np.newaxis] * (1 + 1e-12)
    to_wall = straight * np.minimum(stride, 1.0)[:, np.newaxis]
    turned = np.where(is_hit, -straight, straight)
    longest = np.minimum(
        _to_sphere(to_wall, turned, radii), SHORTEN * model.strides(turned, to_wall).min(axis=1)
    )
    slope = _dot(model.slopes + model.times(to_wall), turned)
    curvature = _dot(turned, model.times(turned))
    length = np.clip(-slope / np.maximum(curvature, TINY), (1 - SHORTEN) * stride, longest)
    reflects = (stride < 1) & (longest > (1 - SHORTEN) * stride)
    return np.where(
        reflects[:, np.newaxis],
        to_wall + turned * length[:, np.newaxis],
        _shortened(model, straight),
    )


def _downhill(model: _Model, radii: np.ndarray) -> np.ndarray:
    """Return steps against the slope."""
    direction = -model.slopes
    length = _length(direction)
    longest = np.minimum(
        radii / np.maximum(length, TINY), SHORTEN * model.strides(direction).min(axis=1)
    )
    curvature = _dot(direction, model.times(direction))
    best = np.minimum(length**2 / np.maximum(curvature, TINY), longest)
    return np.asarray(direction * best[:, np.newaxis])


def _to_sphere(start: np.ndarray, direction: np.ndarray, radii: np.ndarray) -> np.ndarray:
    """Return which multiple of a direction leads from inside a ball to its surface."""
    a = np.maximum(_dot(direction, direction), TINY)
    b, c = _dot(start, direction), _dot(start, start) - radii**2
    return np.asarray((-b + np.sqrt(np.maximum(b * b - a * c, 0.0))) / a)


def _dot(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return np.asarray(np.einsum("sp,sp->s", left, right))


def _length(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(np.sqrt(np.einsum("sp,sp->s", vectors, vectors)))
