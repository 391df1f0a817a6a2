"""What all fitters have in common."""

from __future__ import annotations

from collections.abc import Mapping
from types import FrameType
from typing import Any

from brianfit._foundation.errors import FitStateError
from brianfit._foundation.telling import warn
from brianfit._foundation.units import Dimension, from_si
from brianfit.data import RecordingSet
from brianfit.engines import AbstractSimulation
from brianfit.fitting.after.generate import GenerateRequest, generate, output_names
from brianfit.fitting.after.score import EvaluateRequest, evaluate
from brianfit.fitting.fitters._derivative_view import AbstractDerivativeView
from brianfit.fitting.polish.trace_refinement import DEFAULT_SEED
from brianfit.fitting.problem.fitter_arguments import needed_names, target_names
from brianfit.fitting.problem.namespaces import Namespace, calling_frame, resolve_namespace
from brianfit.fitting.problem.parameter_values import GENERATE_ITERATION
from brianfit.fitting.search.session import FitSession
from brianfit.model import Parameter
from brianfit.model.tied import tied_names
from brianfit.optimizers import AbstractOptimizer
from brianfit.results import FitResult, Score, results_table


class AbstractFitter(AbstractDerivativeView):
    """A model, recordings, and the search for parameters that reproduce them.

    Fitters differ in their arguments only; the work is done by a `FitSession`.

    Parameters
    ----------
    model
        Equations, as a string or an `Equations` object; free parameters are declared as constants,
        ``g_na : siemens (constant)``. Or a model of `brianfit.library`, which also says threshold,
        reset, refractory, method, initial values and bounds, unless they are given.
    input
        ``{name: values}`` for variables that the equations use without defining them; values of
        shape (n_traces, n_steps), or a list of arrays of different length. Or values alone, named
        by `input_var`. Or a `RecordingSet`, which holds the output as well.
    output
        ``{name: values}`` for variables of the model, in the shape of the input; nan where nothing
        was measured. Or values alone, named by `output_var`.
    dt
        Simulation step.
    n_samples
        Samples per round.
    input_var, output_var
        Names, where `input` and `output` are values alone.
    method
        Integration method, by name; None: Brian chooses.
    reset, refractory, threshold
        As for `brian2.NeuronGroup`.
    param_init
        Initial values of variables and parameters: quantities, numbers (SI), or expressions as
        strings, which may use parameters.
    penalty
        Name of a variable whose value at the end of the run is added to the error.
    use_units
        Whether results carry units, and bounds must.
    recording_dt
        Sampling step of input and output, where it is not `dt`.
    namespace
        External constants of the equations; unless given, they are looked for in the script that
        calls `fit`, `generate` or `refine`.
    engine
        Who simulates; unless given, the fastest engine that can run the model.
    memory_limit
        Bytes that recorded traces may take at a time.

    Raises
    ------
    BrianfitError
        If anything does not fit together; all problems are listed.
    """

    _namespace: Namespace | None

    # What was found -------------------------------------------------------------------------

    @property
    def best_params(self) -> dict[str, Any] | None:
        """The best sample so far; None before the first fit."""
        return self._session.best_params

    @property
    def best_error(self) -> Any:
        """Its error; None before the first fit."""
        return self._session.best_error

    @property
    def best_objective_errors(self) -> dict[str, Any] | None:
        """Its error by output, without normalization; None before the first fit."""
        return self._session.objective_errors(normalized=False)

    @property
    def best_objective_errors_normalized(self) -> dict[str, Any] | None:
        """Its error by output, with normalization; None before the first fit."""
        return self._session.objective_errors(normalized=True)

    @property
    def result(self) -> FitResult:
        """Everything that the fit left behind; print it for a summary.

        Raises
        ------
        FitStateError
            Before the first fit.
        """
        return self._session.result()

    @property
    def optimizer(self) -> AbstractOptimizer | None:
        """The optimizer in use; None before the first fit."""
        search = self._session.search
        return None if search is None else search.optimizer

    @property
    def metric(self) -> list[Any] | None:
        """The metric of every output; None before the first fit."""
        search = self._session.search
        if search is None:
            return None
        return [search.scoring.metrics[name] for name in self.output_var]

    @property
    def bounds(self) -> dict[str, Any] | None:
        """The bounds of the free parameters; None before the first fit."""
        if self._session.search is None:
            return None
        return {
            name: [from_si(low, dim), from_si(high, dim)] if self.use_units else [low, high]
            for name, low, high, dim in self._bounds_of(self._session)
        }

    @property
    def iteration(self) -> int:
        """The number of the next round."""
        search = self._session.search
        return 0 if search is None else search.iteration

    @property
    def simulation(self) -> AbstractSimulation:
        """The simulation of the fit; its `source` shows the code that is run.

        Raises
        ------
        FitStateError
            Before the first fit.
        """
        return self._session.require_search().objective.simulation

    @property
    def simulator(self) -> AbstractSimulation | None:
        """The simulation of the fit, as `simulation`; None before the first fit."""
        search = self._session.search
        return None if search is None else search.objective.simulation

    def results(self, format: str = "list", use_units: bool | None = None) -> Any:
        """Return every sample and its errors.

        Parameters
        ----------
        format
            'list', 'dict' or 'dataframe'; see `results_table`.
        use_units
            Whether values carry their unit; as the fitter does, unless told. A table never does.

        Raises
        ------
        FitStateError
            Before the first fit.
        """
        search = self._session.require_search()
        units = self.use_units if use_units is None else use_units
        if format == "dataframe" and use_units:
            warn("A dataframe holds plain SI numbers; `use_units` has no effect on it.")
        return results_table(search.history, search.dimensions, format, use_units=units)

    def generate(
        self,
        output_var: Any = None,
        params: Mapping[str, Any] | None = None,
        param_init: Mapping[str, Any] | None = None,
        iteration: int | float = GENERATE_ITERATION,
        level: int = 0,
        *,
        namespace: Namespace | None = None,
    ) -> Any:
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
        """
        frame = calling_frame(level)
        return self._generate(output_var, params, param_init, iteration, frame, namespace)

    def evaluate(
        self,
        recordings: RecordingSet | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        metric: Any = None,
        level: int = 0,
        namespace: Namespace | None = None,
    ) -> Score:
        """Score one set of parameters, on the recordings of the fit or on others.

        Parameters
        ----------
        recordings
            With the inputs and outputs of the fit; may have other sweeps, lengths and repeats.
        params
            Values of the parameters; those of the best sample unless told.
        metric
            As for `fit`; that of the fit unless told.
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
        frame = calling_frame(level)
        session = self._session
        request = EvaluateRequest(
            recordings=recordings,
            params=self._params_or_best(params),
            metric=metric,
            scoring=None if session.search is None else session.search.scoring,
            seed=self._seed(),
            memory_limit=session.memory_limit,
        )
        problem = session.problem.with_namespace(self._resolve(frame, namespace))
        if session.search is not None:
            problem = problem.with_repeats(session.search.problem.repeats)
        return evaluate(problem, request, session.engine)

    def _generate(  # noqa: PLR0917 - the arguments of `generate`, in its order
        self,
        output_var: Any,
        params: Mapping[str, Any] | None,
        param_init: Mapping[str, Any] | None,
        iteration: int | float,
        frame: FrameType | None,
        namespace: Namespace | None,
    ) -> Any:
        session = self._session
        chosen = self._params_or_best(params)
        names, is_single = output_names(output_var, self.output_var)
        found = self._resolve(frame, namespace, extra=(param_init or {}).values())
        request = GenerateRequest(
            names=names,
            params=chosen,
            param_init=param_init,
            iteration=int(iteration),
            seed=self._seed(),
        )
        traces = generate(session.problem.with_namespace(found), request, session.engine)
        return traces[names[0]] if is_single else traces

    def external_constants(self, *others: Any, level: int = 0) -> dict[str, Any]:
        """Return the external constants that the model needs, as found in the calling script.

        Parameters
        ----------
        others
            Expressions, and parameters tied by one, that may need further constants.
        level
            How many frames further up to look.
        """
        return self._resolve(calling_frame(level), None, extra=others)

    def _params_or_best(self, params: Mapping[str, Any] | None) -> Mapping[str, Any]:
        chosen = self.best_params if params is None else params
        if chosen is None and self.parameter_names:
            raise FitStateError(
                "There are no best parameters yet: call fit() first, or give `params`."
            )
        return {} if chosen is None else chosen

    def _seed(self) -> int:
        search = self._session.search
        return DEFAULT_SEED if search is None else search.seed

    def _resolve(
        self, frame: FrameType | None, namespace: Namespace | None, extra: Any = ()
    ) -> dict[str, Any]:
        """Return the external constants that the model, and the expressions `extra`, need."""
        problem = self._session.problem
        names = set(needed_names(problem.model))
        for text in extra:
            expression = text.tied if isinstance(text, Parameter) else text
            if isinstance(expression, str):
                names |= tied_names(expression)
        names -= set(problem.recordings.input_names) | set(target_names(problem))
        names -= set(problem.model.variable_names)
        explicit = self._namespace if namespace is None else namespace
        return resolve_namespace(names, explicit, frame)

    @staticmethod
    def _bounds_of(session: FitSession) -> list[tuple[str, float, float, Dimension]]:
        space = session.require_search().parameters.space
        return list(
            zip(space.names, space.low.tolist(), space.high.tolist(), space.dimensions, strict=True)
        )
