"""Fit traces of one or several variables."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import Any, final

from brianfit._foundation.errors import InvalidTypeError
from brianfit.data import RecordingSet
from brianfit.engines import AbstractEngine
from brianfit.executors import AbstractExecutor
from brianfit.fitting.fitters._base import AbstractFitter
from brianfit.fitting.fitters.opened_session import SessionOptions, open_session
from brianfit.fitting.polish.trace_refinement import Gradient, RefineRequest, refine
from brianfit.fitting.problem.fit_arguments import FitRequest, all_parameters
from brianfit.fitting.problem.fitter_arguments import FitterArguments
from brianfit.fitting.problem.namespaces import Namespace, calling_frame
from brianfit.fitting.problem.parameter_values import GENERATE_ITERATION
from brianfit.fitting.search.storage import keep_result
from brianfit.objective import MEMORY_LIMIT, SPIKES


@final
class TraceFitter(AbstractFitter):
    """Fit a model to recorded traces.

    The arguments are explained in `AbstractFitter`.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - the arguments that users know
        self,
        model: Any,
        input: Any = None,
        output: Any = None,
        dt: Any = None,
        n_samples: int = 60,
        input_var: Any = None,
        output_var: Any = None,
        method: str | None = None,
        reset: str | None = None,
        refractory: Any = False,
        threshold: str | None = None,
        param_init: Mapping[str, Any] | None = None,
        penalty: str | None = None,
        use_units: bool = True,
        *,
        recording_dt: Any = None,
        namespace: Namespace | None = None,
        engine: AbstractEngine | None = None,
        memory_limit: int = MEMORY_LIMIT,
    ) -> None:
        self._namespace = namespace
        self._session = open_session(
            FitterArguments(
                model=model,
                input=input,
                output=output,
                dt=dt,
                recording_dt=recording_dt,
                input_var=input_var,
                output_var=output_var,
                threshold=threshold,
                reset=reset,
                refractory=refractory,
                method=method,
                param_init=param_init,
            ),
            SessionOptions(
                n_samples=n_samples,
                use_units=use_units,
                penalty=penalty,
                engine=engine,
                memory_limit=memory_limit,
            ),
        )
        if SPIKES in self._session.problem.output_names:
            raise InvalidTypeError(
                "TraceFitter fits traces. For spikes use SpikeFitter; for both together, Fitter."
            )

    def fit(  # noqa: PLR0913, PLR0917 - the arguments that users know
        self,
        optimizer: Any = None,
        metric: Any = None,
        n_rounds: int = 1,
        callback: Any = "text",
        restart: bool = False,
        start_iteration: int | None = None,
        penalty: str | None = None,
        level: int = 0,
        *,
        params: Mapping[str, Any] | None = None,
        seed: int | None = None,
        stop: Any = None,
        weights: Mapping[str, Any] | None = None,
        executor: AbstractExecutor | None = None,
        namespace: Namespace | None = None,
        store: str | PathLike[str] | None = None,
        validation: RecordingSet | None = None,
        n_repeats: int | None = None,
        **bounds: Any,
    ) -> tuple[Any, Any]:
        """Search for the parameters with the lowest error; called again, go on.

        The arguments are explained in `FitRequest`; `metric` is a `TraceMetric` for all outputs, or
        ``{output: metric}``.

        Returns
        -------
        best_params : dict
        best_error : Quantity or float
            Both None if no sample was evaluated or none could be scored.

        Raises
        ------
        BrianfitError
            If anything does not fit together; all problems are listed.
        FitStateError
            If something changed that cannot, without `restart`.
        """
        frame = calling_frame(level)
        given = all_parameters(bounds, params)
        request = FitRequest(
            parameters=given,
            optimizer=optimizer,
            metric=metric,
            n_rounds=n_rounds,
            callback=callback,
            restart=restart,
            start_iteration=start_iteration,
            penalty=penalty,
            seed=seed,
            stop=stop,
            weights=weights,
            executor=executor,
            store=store,
            validation=validation,
            n_repeats=n_repeats,
        )
        return self._session.fit(request, self._resolve(frame, namespace, given.values()))

    def generate_traces(
        self,
        params: Mapping[str, Any] | None = None,
        param_init: Mapping[str, Any] | None = None,
        iteration: int | float = GENERATE_ITERATION,
        level: int = 0,
        *,
        namespace: Namespace | None = None,
    ) -> Any:
        """Simulate the outputs for one set of parameters; see `generate`."""
        frame = calling_frame(level)
        return self._generate(None, params, param_init, iteration, frame, namespace)

    def refine(  # noqa: PLR0917 - the arguments that users know
        self,
        params: Mapping[str, Any] | None = None,
        metric: Any = None,
        callback: Any = "text",
        calc_gradient: bool | Gradient = Gradient.AUTOMATIC,
        optimize: bool = True,
        iteration: int | float = GENERATE_ITERATION,
        level: int = 0,
        *,
        namespace: Namespace | None = None,
        **kwds: Any,
    ) -> tuple[dict[str, Any], Any]:
        """Polish parameters by least squares, on the same error as `fit`.

        The search runs in the coordinates of the fit, with exact derivatives of what is
        simulated, through threshold and reset. The best sample of the fit is replaced if the
        polished one is better.

        Parameters
        ----------
        params
            Where to start; the best sample unless told.
        metric
            An `MSEMetric`; that of the fit unless told.
        callback
            As for `fit`; its ``params`` is one dictionary, its ``errors`` a list of one error.
        calc_gradient
            Unless told, derivatives come from the engine where it has them, elsewhere from finite
            differences. False: central differences, all simulated at once. True: no differences;
            an engine without derivatives simulates sensitivity equations, whose variables are
            called ``S_<variable>_<parameter>``, for models without reset.
        optimize
            Whether sensitivity equations that stay zero are left out.
        iteration
            Value of the model's ``iteration``.
        level
            How many frames further up the external constants are looked for.
        namespace
            External constants, instead of looking for them.
        **kwds
            ``name=[low, high]`` for parameters, instead of the bounds of the fit; all others are
            options of `scipy.optimize.least_squares` (``maxfev`` is another name for
            ``max_nfev``).

        Returns
        -------
        params : dict
        result : scipy.optimize.OptimizeResult
            ``x`` in coordinates [0, 1], ``cost`` half of the error, ``message`` why it ended;
            ``standard_errors`` by parameter and ``correlations`` between them, both None where
            they cannot be had; ``uncertainty`` then says why.

        Raises
        ------
        InvalidTypeError
            Without parameters to start from, without bounds, or with another metric.
        """
        frame = calling_frame(level)
        request = RefineRequest(
            params=params,
            metric=metric,
            callback=callback,
            calc_gradient=calc_gradient,
            optimize=optimize,
            iteration=iteration,
            others=kwds,
        )
        found = refine(self._session, request, self._resolve(frame, namespace, kwds.values()))
        keep_result(self._session.storage, self._session.search)
        return found
