"""Fit traces and spikes together."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import Any, final

from brianfit.data import RecordingSet
from brianfit.engines import AbstractEngine
from brianfit.executors import AbstractExecutor
from brianfit.fitting.fitters._base import AbstractFitter
from brianfit.fitting.fitters.opened_session import SessionOptions, open_session
from brianfit.fitting.problem.fit_arguments import FitRequest, all_parameters
from brianfit.fitting.problem.fitter_arguments import FitterArguments
from brianfit.fitting.problem.namespaces import Namespace, calling_frame
from brianfit.fitting.problem.parameter_values import GENERATE_ITERATION
from brianfit.objective import MEMORY_LIMIT, SPIKES


@final
class Fitter(AbstractFitter):
    """Fit a model to any outputs: traces of several variables, spike times, or both.

    The arguments are explained in `AbstractFitter`; in `output`, ``'spikes'`` names the spike
    times. `metric` and `weights` are ``{output: ...}`` and stand for every `fit` that is not given
    others.
    """

    def __init__(  # noqa: PLR0913 - the arguments that users know
        self,
        model: Any,
        input: Any = None,
        output: Any = None,
        dt: Any = None,
        *,
        metric: Any = None,
        weights: Mapping[str, Any] | None = None,
        n_samples: int = 60,
        method: str | None = None,
        reset: str | None = None,
        refractory: Any = False,
        threshold: str | None = None,
        param_init: Mapping[str, Any] | None = None,
        penalty: str | None = None,
        use_units: bool = True,
        recording_dt: Any = None,
        namespace: Namespace | None = None,
        engine: AbstractEngine | None = None,
        memory_limit: int = MEMORY_LIMIT,
    ) -> None:
        self._metric = metric
        self._weights = weights
        self._namespace = namespace
        self._session = open_session(
            FitterArguments(
                model=model,
                input=input,
                output=output,
                dt=dt,
                recording_dt=recording_dt,
                input_var=None,
                output_var=None,
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

        The arguments are explained in `FitRequest`; `metric` is one metric for all outputs, or
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
            metric=self._metric if metric is None else metric,
            n_rounds=n_rounds,
            callback=callback,
            restart=restart,
            start_iteration=start_iteration,
            penalty=penalty,
            seed=seed,
            stop=stop,
            weights=self._weights if weights is None else weights,
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

    def generate_spikes(
        self,
        params: Mapping[str, Any] | None = None,
        param_init: Mapping[str, Any] | None = None,
        iteration: int | float = GENERATE_ITERATION,
        level: int = 0,
        *,
        namespace: Namespace | None = None,
    ) -> Any:
        """Simulate the spike times for one set of parameters; see `generate`."""
        frame = calling_frame(level)
        return self._generate(SPIKES, params, param_init, iteration, frame, namespace)
