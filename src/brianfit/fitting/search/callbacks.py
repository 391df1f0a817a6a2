"""Tell the user, or the user's function, how a fit goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, TypeVar, final

import numpy as np

from brianfit._foundation.arguments import check_positive_integer, checked
from brianfit._foundation.errors import InvalidTypeError, InvalidValueError
from brianfit._foundation.types import QuantityLike
from brianfit._foundation.units import readable
from brianfit._foundation.user_code import belongs_to, name_of
from brianfit.results import FitResult, Round, ValidationCourse
from brianfit.results.live_display import LiveDisplay, notebook_display

Value = TypeVar("Value")

Callback = Callable[[Any, Any, Any, Any, int, Mapping[str, Any]], Any]
"""f(params, errors, best_params, best_error, index, additional_info) -> True to stop.

params
    The samples of the round: a list of dictionaries ``{name: value}``, SI numbers.
errors
    Their errors, shape (n_samples,).
best_params, best_error
    The best so far, with units if the fitter uses them.
index
    The number of the round within this call, from 0.
additional_info
    ``'objective_errors'`` and ``'objective_errors_normalized'``: lists with the errors of each
    output, by sample; ``'output_var'``: names of the outputs; ``'validation_error'``: that of
    the best sample on held-out recordings, None without any [SI].
"""


KEPT = "What was computed until then is kept; to go on, mend it and call again."
"""What to do when a function of the user raised during a fit."""


def callback_text(
    params: object,
    errors: object,
    best_params: Mapping[str, QuantityLike] | None,
    best_error: QuantityLike | None,
    index: int,
    additional_info: Mapping[str, Any],
) -> None:
    """Print the best sample after every round."""
    if not best_params:
        print(f"Round {index}: no sample could be scored yet")
        return
    values = ", ".join(f"{name}={readable(value)}" for name, value in best_params.items())
    detail = _per_output(additional_info) + _held_out(additional_info)
    print(f"Round {index}: best error {readable(best_error)}{detail} with {values}")


def callback_none(
    params: object,
    errors: object,
    best_params: Mapping[str, QuantityLike] | None,
    best_error: QuantityLike | None,
    index: int,
    additional_info: Mapping[str, Any],
) -> None:
    """Say nothing."""


@final
class ProgressBar:
    """A bar that shows rounds, time left, and the best error.

    Parameters
    ----------
    total
        Number of rounds, if known.
    **options
        Passed on to tqdm.
    """

    def __init__(self, total: int | None = None, **options: object) -> None:
        from tqdm.auto import tqdm

        if total is not None:
            total = check_positive_integer("total", total, minimum=0)
        self._bar = tqdm(total=total, unit="round", **options)

    def __call__(
        self,
        params: object,
        errors: object,
        best_params: Mapping[str, QuantityLike] | None,
        best_error: QuantityLike | None,
        index: int,
        additional_info: Mapping[str, Any],
    ) -> None:
        """Show one round more."""
        shown = "no sample scored yet" if best_error is None else f"error {readable(best_error)}"
        self._bar.set_postfix_str(shown, refresh=False)
        self._bar.update(1)

    def close(self) -> None:
        """Leave the bar as it is."""
        self._bar.close()


def callback_setup(set_type: object, n_rounds: int | None = None) -> Callback:
    """Return the callback that is meant by the argument `callback`.

    Parameters
    ----------
    set_type
        ``'text'``, ``'progressbar'``, ``'live'``, None, or anything that can be called.
    n_rounds
        Number of rounds, for the bar.

    Raises
    ------
    InvalidTypeError
        If it is none of these.
    """
    if set_type is None:
        return callback_none
    if isinstance(set_type, str):
        if set_type == "text":
            return callback_text
        if set_type == "progressbar":
            return ProgressBar(n_rounds)
        if set_type == "live":
            return live_callback(n_rounds)
    elif isinstance(set_type, ProgressBar | LiveDisplay):
        return set_type
    elif callable(set_type):
        return _named(set_type)
    raise InvalidTypeError(
        "`callback` must be 'text', 'progressbar', 'live', None, or a function, but is "
        f"{set_type!r} (of type {type(set_type).__name__})."
    )


def live_callback(
    n_rounds: int | None = None, result: Callable[[], FitResult] | None = None
) -> LiveDisplay | ProgressBar:
    """Return a display that a notebook keeps up to date; elsewhere a bar.

    Parameters
    ----------
    n_rounds
        Of the fit, if known.
    result
        Returns the result so far; without it there are no traces.
    """
    display = notebook_display()
    if display is None:
        return ProgressBar(n_rounds)
    return LiveDisplay(display, n_rounds, result)


def _named(function: Callback) -> Callback:
    """Return the function of a user, so that whatever it raises is told with its name."""
    whose = f"The callback '{name_of(function)}'"

    @wraps(function)
    def call(*arguments: Any) -> Any:
        with belongs_to(whose, KEPT):
            return function(*arguments)

    return call


@checked
def make_dic(names: Sequence[str], values: Sequence[Value]) -> dict[str, Value]:
    """Return ``{name: value}`` from names and values in the same order.

    Raises
    ------
    InvalidValueError
        If there are not as many values as names.
    """
    if len(names) != len(values):
        raise InvalidValueError(
            f"`values` must have one value for each of the {len(names)} names, but has "
            f"{len(values)}."
        )
    return dict(zip(names, values, strict=True))


def samples_as_dictionaries(names: Sequence[str], values: np.ndarray) -> list[dict[str, float]]:
    """Return the rows of an array as dictionaries by name."""
    return [make_dic(names, [float(value) for value in row]) for row in values]


def round_information(
    done: Round,
    output_names: list[str],
    best_errors: Mapping[str, Any] | None,
    held_out: ValidationCourse | None,
) -> dict[str, Any]:
    """Return what a callback is told of a round besides samples and errors."""
    return {
        "objective_errors": done.raw_output_errors.tolist(),
        "objective_errors_normalized": done.output_errors.tolist(),
        "best_objective_errors": best_errors,
        "output_var": output_names,
        "validation_error": None if held_out is None else float(held_out.test[-1]),
    }


def _held_out(additional_info: Mapping[str, Any]) -> str:
    error = additional_info.get("validation_error")
    return "" if error is None else f" (held out: {error:.4g})"


def _per_output(additional_info: Mapping[str, Any]) -> str:
    names = additional_info.get("output_var", ())
    best = additional_info.get("best_objective_errors")
    if best is None or len(names) < 2:
        return ""
    return " (" + ", ".join(f"{name}: {readable(best[name])}" for name in names) + ")"
