"""The box that an optimizer searches: bounds, unit coordinates, forms of samples, even samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from brianfit._foundation.arguments import check_instance, check_positive_integer, checked
from brianfit._foundation.errors import InvalidTypeError, InvalidValueError, Problems
from brianfit._foundation.parts import also_by_name
from brianfit._foundation.shapes import Float
from brianfit._foundation.units import DIMENSIONLESS, si_array


def check_search(parameter_names: Any, popsize: Any, rounds: Any) -> None:
    """Check what a search is begun with, besides the bounds.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If the names are no texts, or the others no whole numbers.
    """
    _check_names(parameter_names)
    check_positive_integer("popsize", popsize)
    check_positive_integer("rounds", rounds, minimum=0)


@also_by_name
@checked
def calc_bounds(parameter_names: Sequence[str], /, **bounds: Any) -> list[Any]:
    """Return the bounds of the parameters as a list, in the order of `parameter_names`.

    Raises
    ------
    InvalidTypeError
        If a parameter has no bounds; all of them are listed.
    """
    _check_names(parameter_names)
    missing = [name for name in parameter_names if name not in bounds]
    if missing:
        listed = ", ".join(repr(name) for name in missing)
        raise InvalidTypeError(
            f"Bounds must be set for every parameter; missing: {listed}. "
            f"Give them as {missing[0]}=[low, high]."
        )
    return [bounds[name] for name in parameter_names]


@final
@dataclass(frozen=True, kw_only=True)
class SearchBox:
    """The box between the bounds of the parameters.

    Optimizers work on unit coordinates, in which the box is [0, 1] in every direction.
    """

    names: tuple[str, ...]
    low: Float[np.ndarray, " n_parameters"]
    high: Float[np.ndarray, " n_parameters"]

    @staticmethod
    def from_bounds(parameter_names: Sequence[str], bounds: Mapping[str, Any]) -> SearchBox:
        """Read bounds as `AbstractOptimizer.initialize` is given them.

        Raises
        ------
        InvalidTypeError
            If a parameter has no bounds.
        InvalidValueError
            If there is no parameter, or bounds are not two finite numbers in rising order.
        """
        if len(parameter_names) == 0:
            raise InvalidValueError("An optimizer needs at least one parameter, but found none.")
        pairs = calc_bounds(parameter_names, **bounds)
        problems = Problems()
        for name, pair in zip(parameter_names, pairs, strict=True):
            if not _is_rising_pair(pair):
                problems.add(
                    InvalidValueError(
                        f"The bounds of parameter '{name}' must be two finite numbers "
                        f"[low, high] with low < high, but are {pair!r}."
                    )
                )
        problems.raise_if_any()
        limits = np.array(pairs, dtype=float)
        return SearchBox(names=tuple(parameter_names), low=limits[:, 0], high=limits[:, 1])

    def __len__(self) -> int:
        return len(self.names)

    def from_unit(
        self, unit: Float[np.ndarray, "n_samples n_parameters"]
    ) -> Float[np.ndarray, "n_samples n_parameters"]:
        """Map unit coordinates into the box; what lies outside is clipped to the bounds."""
        samples: np.ndarray = np.clip(self.low + unit * (self.high - self.low), self.low, self.high)
        return samples

    def to_unit(
        self, samples: Float[np.ndarray, "n_samples n_parameters"]
    ) -> Float[np.ndarray, "n_samples n_parameters"]:
        """Map samples to unit coordinates; what lies outside the bounds is clipped."""
        unit: np.ndarray = np.clip((samples - self.low) / (self.high - self.low), 0.0, 1.0)
        return unit

    def _row(self, sample: Any) -> Any:
        """Return the values of a sample in the order of the parameters."""
        if not isinstance(sample, Mapping):
            return sample
        lacking = [name for name in self.names if name not in sample]
        if lacking:
            raise InvalidValueError(f"A sample in `parameters` lacks the parameter '{lacking[0]}'.")
        return [sample[name] for name in self.names]

    def read(self, parameters: Any) -> Float[np.ndarray, "n_samples n_parameters"]:
        """Return samples as an array, given as an array, a list of sequences or of dictionaries.

        Raises
        ------
        InvalidValueError
            If they do not have one value per parameter.
        """
        if isinstance(parameters, np.ndarray) and parameters.shape[1:] == (len(self),):
            return si_array("parameters", parameters, DIMENSIONLESS)
        check_instance("parameters", parameters, (list, tuple, np.ndarray), "the samples asked for")
        if isinstance(parameters, np.ndarray) and parameters.ndim == 0:
            raise InvalidTypeError("`parameters` must be the samples asked for, but is one number.")
        rows = [self._row(sample) for sample in parameters]
        if not rows:
            return np.empty((0, len(self)))
        samples = si_array("parameters", rows, DIMENSIONLESS)
        if samples.shape != (len(rows), len(self)):
            raise InvalidValueError(
                f"Expected samples of {len(self)} parameters {self.names}, an array of shape "
                f"(n_samples, {len(self)}), but found one of shape {samples.shape}."
            )
        return samples


def stratified(
    n_samples: int, n_parameters: int, generator: np.random.Generator
) -> Float[np.ndarray, "n_samples n_parameters"]:
    """Return a Latin hypercube: in every coordinate, each of `n_samples` equal slices has one.

    References
    ----------
    McKay, Beckman & Conover (1979), Technometrics 21:239, doi 10.2307/1268522.
    """
    slices = generator.permuted(np.tile(np.arange(n_samples), (n_parameters, 1)), axis=1).T
    return (slices + generator.random((n_samples, n_parameters))) / n_samples


def _check_names(parameter_names: Any) -> None:
    if isinstance(parameter_names, list | tuple) and all(
        isinstance(name, str) for name in parameter_names
    ):
        return
    raise InvalidTypeError(
        f"`parameter_names` must be a list of names, but is {parameter_names!r}."
    )


def read_errors(errors: Any, n_samples: int) -> Float[np.ndarray, " n_samples"]:
    """Return errors as an array in which nan has become inf.

    Raises
    ------
    InvalidValueError
        If there is not one error per sample.
    """
    values = si_array("errors", errors, DIMENSIONLESS).reshape(-1)
    if len(values) != n_samples:
        raise InvalidValueError(
            f"Expected one error per sample, that is {n_samples}, but {len(values)} were told."
        )
    return np.where(np.isnan(values), np.inf, values)


def _is_rising_pair(pair: Any) -> bool:
    try:
        low, high = (float(limit) for limit in pair)
    except (TypeError, ValueError):
        return False
    return bool(np.isfinite(low) and np.isfinite(high) and low < high)
