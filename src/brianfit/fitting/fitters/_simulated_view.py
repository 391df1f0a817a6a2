"""What the model of a fitter yields for one set of parameters, as its users ask for it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from types import FrameType
from typing import Any, TypeAlias

from brianfit._foundation.arguments import check_instance
from brianfit._foundation.errors import FitStateError
from brianfit._foundation.types import QuantityLike
from brianfit._foundation.units import Quantity
from brianfit.data import RecordingSet
from brianfit.fitting.after.generate import GenerateRequest, generate, output_names
from brianfit.fitting.after.score import score
from brianfit.fitting.fitters._result_view import AbstractResultView
from brianfit.fitting.problem.argument_types import MetricLike
from brianfit.fitting.problem.fit_arguments import FitArguments
from brianfit.fitting.problem.fitter_arguments import needed_names, target_names
from brianfit.fitting.problem.namespaces import Namespace, calling_frame, resolve_namespace
from brianfit.fitting.problem.parameter_values import GENERATE_ITERATION, checked_iteration
from brianfit.fitting.problem.problem import Problem, on_recordings
from brianfit.model import Parameter
from brianfit.model.tied import tied_names
from brianfit.results import Score
from brianfit.results.differences import differences

_logger = logging.getLogger(__name__)

Generated: TypeAlias = Quantity
"""Traces; or a list of spike trains; or several of these by name. Which, the caller knows."""


class AbstractSimulatedView(AbstractResultView):
    """What one set of parameters yields, and how good that is."""

    _namespace: Namespace | None

    def generate(
        self,
        output_var: str | Sequence[str] | None = None,
        params: Mapping[str, QuantityLike] | None = None,
        param_init: Mapping[str, QuantityLike | str] | None = None,
        iteration: int | float = GENERATE_ITERATION,
        level: int = 0,
        *,
        namespace: Namespace | None = None,
    ) -> Generated:
        """Simulate one set of parameters on all traces.

        Parameters
        ----------
        output_var
            A variable of the model (parameters too), ``'spikes'``, or a list of names; the outputs
            of the fit unless told.
        params
            Values of the parameters; those of the best sample unless told.
        param_init
            Initial values that replace those given to the fitter, variable by variable.
        iteration
            Value of the model's ``iteration``.
        level
            How many frames further up the external constants are looked for.
        namespace
            External constants, instead of looking for them.

        Returns
        -------
        Quantity, list or dict
            Traces of shape (n_traces, n_steps), nan where a trace has ended; for ``'spikes'`` a
            list of arrays of times, one per trace; a dictionary by name where several were asked
            for.

        Raises
        ------
        BrianfitError
            If a name or a value is wrong; all problems are listed.
        FitStateError
            Without parameters.
        """
        names, is_single = output_names(output_var, self.output_var)
        initial = {} if param_init is None else param_init
        check_instance("param_init", initial, Mapping, "a dictionary {variable: value}")
        problem = self._problem_at(
            calling_frame(level), namespace, initial.values(), of_best=params is None
        )
        request = GenerateRequest(
            names=names,
            params=self._params_or_best(params),
            param_init=param_init,
            iteration=checked_iteration(iteration),
            seed=self._session.seed,
        )
        traces = generate(problem, request, self._session.engine)
        return traces[names[0]] if is_single else traces

    def evaluate(
        self,
        recordings: RecordingSet | None = None,
        params: Mapping[str, QuantityLike] | None = None,
        *,
        metric: MetricLike | None = None,
        level: int = 0,
        namespace: Namespace | None = None,
    ) -> Score:
        """Score one set of parameters, on the recordings of the fit or on others.

        Weights and penalty are those in force: of the last fit, or of the constructor.

        Parameters
        ----------
        recordings
            With the inputs and outputs of the fit; may have other sweeps, lengths and repeats.
        params
            Values of the parameters; those of the best sample unless told.
        metric
            As for `fit`; the one in force unless told.
        level, namespace
            As for `generate`.

        Returns
        -------
        Score
            The error, by output and by trace.

        Raises
        ------
        BrianfitError
            If recordings, parameters or metric do not fit the model.
        """
        session = self._session
        problem = self._problem_at(calling_frame(level), namespace, of_best=params is None)
        problem = session.repeated(problem)
        if recordings is not None:
            problem = on_recordings(problem, "recordings", recordings)
        return score(
            problem,
            session.scoring_of(problem, FitArguments(parameters={}, metric=metric)),
            self._params_or_best(params),
            engine=session.engine,
            seed=session.seed,
            memory_limit=session.memory_limit,
        )

    def external_constants(self, *others: str | Parameter, level: int = 0) -> dict[str, object]:
        """Return the external constants that the model needs, as found in the calling script.

        Parameters
        ----------
        others
            Expressions, and parameters tied by one, that may need further constants.
        level
            How many frames further up to look.
        """
        return self._resolve(calling_frame(level), None, others)

    def _params_or_best(
        self, params: Mapping[str, QuantityLike] | None
    ) -> Mapping[str, QuantityLike]:
        chosen = self.best_params if params is None else params
        if chosen is None and self.parameter_names:
            raise FitStateError(
                "There are no best parameters yet: call fit() first, or give `params`."
            )
        return {} if chosen is None else chosen

    def _problem_at(
        self,
        frame: FrameType | None,
        namespace: Namespace | None,
        others: Iterable[object] = (),
        *,
        of_best: bool,
    ) -> Problem:
        """Return the problem with the constants that the calling script now has.

        Parameters
        ----------
        of_best
            Whether the best sample of the fit is meant; other constants than those of the fit are
            then told of.
        """
        found = self._resolve(frame, namespace, others)
        search = self._session.search
        if of_best and search is not None:
            known = {name: found[name] for name in found if name in search.task.constants}
            before = {name: search.task.constants[name] for name in known}
            changed = differences({"constants": before}, {"constants": known})
            if changed:
                _logger.warning(
                    "This is the best sample of a fit with other constants: %s.",
                    "; ".join(changed),
                )
        return self._session.problem.with_namespace(found)

    def _resolve(
        self,
        frame: FrameType | None,
        namespace: Namespace | None,
        others: Iterable[object] = (),
    ) -> dict[str, Any]:
        """Return the external constants that the model, and the expressions `others`, need."""
        problem, search = self._session.problem, self._session.search
        names = set(needed_names(problem.model))
        given = () if search is None else search.task.parameters.given.values()
        for text in (*others, *given, *self._session.default_parameters.values()):
            expression = text.tied if isinstance(text, Parameter) else text
            if isinstance(expression, str):
                names |= tied_names(expression)
        names -= set(problem.recordings.input_names) | set(target_names(problem))
        names -= set(problem.model.variable_names)
        explicit = self._namespace if namespace is None else namespace
        return resolve_namespace(names, explicit, frame)
