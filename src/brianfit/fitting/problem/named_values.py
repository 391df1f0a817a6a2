"""The two ways to spell inputs and outputs: by name, or values and name apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from brianfit._foundation.errors import InvalidTypeError, InvalidValueError, UnknownNameError


def named_inputs(given: Any, input_var: Any) -> dict[str, Any]:
    """Return ``{name: values}`` for ``input={'I': x}`` and for ``input=x, input_var='I'``.

    Raises
    ------
    InvalidTypeError
        If values come without a name.
    InvalidValueError
        If both spellings are mixed and disagree.
    UnknownNameError
        If a name is not a name.
    """
    named = _named("input", given, "input_var", input_var)
    for name in named:
        _check_name("input", name)
    return named


def named_outputs(given: Any, output_var: Any) -> dict[str, Any]:
    """Return ``{name: values}`` for ``output={'v': y}`` and for ``output=y, output_var='v'``.

    With several names, ``output=[y, z], output_var=['v', 'w']`` are taken in order.
    """
    if isinstance(output_var, list | tuple) and not isinstance(given, Mapping):
        if len(output_var) == 1:
            values = given if _is_list_of_one(given) else [given]
        else:
            values = list(given)
        if len(values) != len(output_var):
            raise InvalidValueError(
                f"`output_var` names {len(output_var)} outputs, but `output` has {len(values)}."
            )
        named = dict(zip(output_var, values, strict=True))
    else:
        named = _named("output", given, "output_var", output_var)
    for name in named:
        _check_name("output", name)
    return named


def _is_list_of_one(given: Any) -> bool:
    return isinstance(given, list | tuple) and len(given) == 1


def _named(argument: str, given: Any, name_argument: str, name: Any) -> dict[str, Any]:
    if isinstance(given, Mapping):
        for key in given:
            _check_name(argument, key)
        names = [name] if isinstance(name, str) else list(name) if name is not None else None
        if names is not None and sorted(names) != sorted(given):
            raise InvalidValueError(
                f"`{argument}` gives the names {sorted(given)}, but `{name_argument}` is {name!r}. "
                f"Leave `{name_argument}` out."
            )
        if not given:
            raise InvalidValueError(f"`{argument}` is an empty dictionary.")
        return dict(given)
    if given is None:
        raise InvalidTypeError(f"`{argument}` is missing: give {{'name': values}}.")
    if name is None:
        raise InvalidTypeError(
            f"`{argument}` must be a dictionary {{'name': values}}, or `{name_argument}` must name "
            "the variable."
        )
    return {name: given}


def _check_name(argument: str, name: Any) -> None:
    if argument == "output" and isinstance(name, int):
        raise InvalidTypeError(
            "`output` is a dictionary with numbers as keys. Outputs have names, ``{'v': values}``; "
            "spike times are a list: of a `SpikeMonitor` of one neuron give `[monitor.t]`, of "
            "several the values of `monitor.spike_trains()` as a list."
        )
    if not isinstance(name, str) or not name.isidentifier():
        raise UnknownNameError(f"`{argument}` is given for {name!r}, which is not a valid name.")
