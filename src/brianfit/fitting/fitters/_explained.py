"""What the arguments of fitters mean, said once and put into every docstring that needs it."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

Documented = TypeVar("Documented")

PLACE = "{arguments}"
"""Stands in a docstring for the arguments, in the order of the signature."""

CONSTRUCTOR: Mapping[str, str] = {
    "model": """Equations, as a string or an `Equations` object; free parameters are declared as
        constants, ``g_na : siemens (constant)``. Or a model of `brianfit.library`, which also says
        threshold, reset, refractory, method, initial values and bounds, unless they are given. Or
        a `Model`.""",
    "input": """``{name: values}`` for variables that the equations use without defining them;
        values of shape (n_traces, n_steps), or a list of arrays of different length. Or values
        alone, named by `input_var`. Or a `RecordingSet`, which holds the output as well.""",
    "output": """``{name: values}`` for variables of the model, in the shape of the input; nan, or
        masked, where nothing was measured. ``'spikes'`` stands for the spike times: for every trace
        an array [s], or a list of arrays where the stimulus was repeated. Or values alone, named
        by `output_var`. With a `RecordingSet` as input: names of what is compared; all unless
        told.""",
    "dt": "Simulation step.",
    "n_samples": "Samples per round.",
    "input_var": "Name of the input, where `input` is values alone.",
    "output_var": "Name of the output, or list of names, where `output` is values alone.",
    "method": """Integration method, by name; None: Brian chooses, and for a `SpikeFitter` it is
        'exponential_euler'.""",
    "reset": "What happens after a spike, as for `brian2.NeuronGroup`.",
    "refractory": "Refractory period or condition, as for `brian2.NeuronGroup`.",
    "threshold": "The condition of a spike, as for `brian2.NeuronGroup`.",
    "param_init": """Initial values of variables and parameters: quantities, numbers (SI), or
        expressions as strings, which may use parameters.""",
    "t_start": "What happens before this time does not count.",
    "metric": """One metric for all outputs or ``{output: metric}``. It is in force for `fit`,
        `evaluate` and `refine` unless these are given another one.""",
    "weights": "``{output: factor of its error}``; in force like `metric`.",
    "penalty": """Name of a variable whose value at the end of the run is added to the error; in
        force unless `fit` is given another one.""",
    "use_units": "Whether results carry units, and bounds must.",
    "recording_dt": "Sampling step of input and output, where it is not `dt`.",
    "namespace": """External constants of the equations; unless given, they are looked for in the
        script that calls `fit`, `generate`, `evaluate` or `refine`.""",
    "engine": "Who simulates; unless given, the fastest engine that can run the model.",
    "memory_limit": "Bytes that recorded traces may take at a time.",
}
"""The arguments of the constructors."""

FIT: Mapping[str, str] = {
    "optimizer": """An `Optimizer`; None: the one in use, or the best method for the problem, which
        the result names with the reason.""",
    "metric": """One metric for all outputs or ``{output: metric}``; None: the one in use, that of
        the constructor, or the mean squared error for traces and the Gamma factor for spikes.""",
    "n_rounds": """Rounds of `n_samples` samples each. With 0, everything is checked and made
        ready.""",
    "callback": """'text' prints a line a round, 'progressbar' shows a bar, 'live' keeps a display
        of a notebook up to date (elsewhere it is the bar), None says nothing. Or a function
        ``f(params, errors, best_params, best_error, index, additional_info)``, called after every
        round, that returns True to stop: the samples as dictionaries, their errors, the best so
        far, the number of the round, and a dictionary of errors by output.""",
    "restart": """Forget what was found and start anew; optimizer, metric, bounds and constants may
        then change, and what is not given stays as it was.""",
    "start_iteration": "Value of the model's ``iteration`` in the first round of this call.",
    "penalty": "As for the constructor; replaces it.",
    "level": "How many frames further up the external constants are looked for.",
    "params": """The same as the keywords ``name=...``, for parameters whose names are also
        arguments.""",
    "seed": """A whole number; the same seed gives the same numbers. None: a new one, which is in
        the result.""",
    "stop": """A stop rule such as `TargetError`, a function of the history that returns True or a
        reason, or a list of these.""",
    "weights": "``{output: factor of its error}``; None: those in use.",
    "executor": "Where samples are evaluated, such as a `ProcessExecutor`; None: the one in use.",
    "namespace": "External constants, instead of looking for them.",
    "store": """Path of a file that keeps every finished round. If it exists, the fit goes on from
        it: the rounds that it holds count as done.""",
    "held_out": """Recordings that are held out: after every round the best sample is scored on
        them too, which callbacks and the result tell. None: those in use, if any.""",
    "validation": "The older name of `held_out`.",
    "n_repeats": """How often a stochastic model is simulated on every trace, with other noise each
        time. A metric of sets sees all trains; other errors are means. None: as before, or 1.""",
    "bounds": """``name=[low, high]``, or ``name=Parameter(...)`` for a scale, a start, a fixed or a
        tied value, for every parameter of the model.""",
}
"""The arguments of `fit`."""

GENERATE: Mapping[str, str] = {
    "params": "Values of the parameters; those of the best sample unless told.",
    "param_init": """Initial values that replace those given to the fitter, variable by
        variable.""",
    "iteration": "Value of the model's ``iteration``.",
    "level": "How many frames further up the external constants are looked for.",
    "namespace": "External constants, instead of looking for them.",
}
"""The arguments that all simulations of one sample share."""


def explained(words: Mapping[str, str]) -> Callable[[Documented], Documented]:
    """Return a decorator that puts the meaning of all arguments into a docstring.

    Parameters
    ----------
    words
        By name of the argument; every argument of the signature must be there.
    """

    def explain(target: Documented) -> Documented:
        if target.__doc__ is not None:
            text = inspect.cleandoc(target.__doc__)
            target.__doc__ = text.replace(PLACE, _section(target, words))
        return target

    return explain


def _section(target: Any, words: Mapping[str, str]) -> str:
    signature = inspect.signature(target)
    lines = ["Parameters", "----------"]
    for name, parameter in signature.parameters.items():
        if name == "self":
            continue
        stars = "**" if parameter.kind is inspect.Parameter.VAR_KEYWORD else ""
        meaning = " ".join(words[name].split())
        lines += [
            stars + name,
            textwrap.fill(meaning, 96, initial_indent="    ", subsequent_indent="    "),
        ]
    return "\n".join(lines)
