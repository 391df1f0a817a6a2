"""Features by name: those of eFEL, and functions of the user."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit._foundation.shapes import Float
from brianfit.metrics._voltages.efel import VoltagePiece, check_efel_names, efel_values

Feature = Callable[[np.ndarray, float], Any]


@final
@dataclass(frozen=True, kw_only=True)
class FeatureSet:
    """What is computed from a trace.

    Attributes
    ----------
    features
        By name, in the order given: None for a feature of eFEL, or the function.
    """

    features: Mapping[str, Feature | None]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all features."""
        return tuple(self.features)

    @property
    def efel_names(self) -> tuple[str, ...]:
        """The names of those that eFEL computes."""
        return tuple(name for name, function in self.features.items() if function is None)

    def values(
        self, pieces: Sequence[VoltagePiece], *, processes: int, many_is_error: bool
    ) -> Float[np.ndarray, "n_features n_pieces"]:
        """Return every feature of every piece; nan where a piece does not have it.

        Parameters
        ----------
        many_is_error
            Whether a feature of eFEL with several values is an error; else it counts as missing.
        """
        found = np.full((len(self.features), len(pieces)), np.nan)
        computed = (
            efel_values(pieces, self.efel_names, processes=processes) if self.efel_names else None
        )
        for row, (name, function) in enumerate(self.features.items()):
            for column, piece in enumerate(pieces):
                if function is not None:
                    found[row, column] = _number_of(name, function(piece.values, piece.dt))
                elif computed is not None:
                    values = computed[column][name]
                    found[row, column] = _single(name, values, many_is_error=many_is_error)
        return found

    def check_single_values(self) -> None:
        """Check on an example with spikes that no feature of eFEL has a value for each of them.

        Raises
        ------
        InvalidValueError
            If one has.
        """
        if not self.efel_names:
            return
        (values,) = efel_values([_example()], self.efel_names, processes=0)
        for name in self.efel_names:
            _single(name, values[name], many_is_error=True)


def feature_set(feat_list: Any) -> FeatureSet:
    """Read names of eFEL features, functions ``f(trace, dt)`` and dictionaries of functions.

    Raises
    ------
    InvalidTypeError
        If there is something else.
    InvalidValueError
        If a name comes twice or eFEL does not have it, or there are no features.
    MissingPackageError
        If features of eFEL are named and it is not installed.
    """
    entries = [feat_list] if isinstance(feat_list, str | Mapping) else feat_list
    is_single = isinstance(entries, np.ndarray) and entries.ndim == 0
    if is_single or not isinstance(entries, Iterable):
        raise InvalidTypeError(_expected(feat_list))
    features: dict[str, Feature | None] = {}
    for name, function in _entries(entries):
        if name in features:
            raise InvalidValueError(
                f"`feat_list` has two features called {name!r}. Name functions in a dictionary: "
                "{'name': function}."
            )
        features[name] = function
    if not features:
        raise InvalidValueError("`feat_list` must name at least one feature, but is empty.")
    result = FeatureSet(features=features)
    if result.efel_names:
        check_efel_names(result.efel_names, purpose=f"The feature {result.efel_names[0]!r}")
    return result


def _entries(entries: Iterable[Any]) -> Iterator[tuple[str, Feature | None]]:
    for entry in entries:
        if isinstance(entry, str):
            yield entry, None
        elif isinstance(entry, Mapping):
            for name, function in entry.items():
                if not callable(function):
                    raise InvalidTypeError(_expected(function))
                yield str(name), function
        elif callable(entry):
            yield getattr(entry, "__name__", type(entry).__name__), entry
        else:
            raise InvalidTypeError(_expected(entry))


def _expected(found: object) -> str:
    return (
        "`feat_list` must hold names of eFEL features, functions f(trace, dt) -> number, or "
        f"dictionaries {{name: function}}, but has {found!r} (of type {type(found).__name__})."
    )


def _single(name: str, values: np.ndarray | None, *, many_is_error: bool) -> float:
    if values is None or len(values) == 0:
        return np.nan
    if len(values) > 1:
        if many_is_error:
            raise InvalidValueError(
                f"The feature {name!r} has many values, such as one for every spike; only "
                "features with a single value can be compared. Choose one such as "
                "'mean_AP_amplitude', or give a function: {'name': f} with f(trace, dt) -> number."
            )
        return np.nan
    return float(values[0])


def _number_of(name: str, value: Any) -> float:
    if value is None:
        return np.nan
    array = np.asarray(value, dtype=np.float64)
    if array.size != 1:
        raise InvalidValueError(
            f"The feature {name!r} must be a single number, or None where a trace does not have "
            f"it, but its function returned an array of shape {array.shape}."
        )
    return float(array.reshape(()))


def _example() -> VoltagePiece:
    """Return a neuron that rests at -70 mV and fires six spikes of 2 ms during a step of 0.5 s."""
    dt = 1e-4
    times = np.arange(0.0, 0.8, dt)
    voltage = np.where((times >= 0.1) & (times < 0.6), -0.060, -0.070)
    for spike in (0.13, 0.19, 0.26, 0.34, 0.43, 0.53):
        since = times - spike
        voltage = np.maximum(voltage, -0.060 + 0.090 * (1 - np.abs(since) / 1e-3))
        after = (since >= 1e-3) & (since < 6e-3)
        voltage[after] -= 0.008 * np.exp(-(since[after] - 1e-3) / 2e-3)
    return VoltagePiece(values=voltage, start=0.0, dt=dt, stimulus=(0.1, 0.6))
