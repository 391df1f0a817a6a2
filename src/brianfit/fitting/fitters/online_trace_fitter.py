"""Fit one trace with an error that is summed during the simulation."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import Any, final

from brianfit._foundation.units import SECOND, from_si
from brianfit.data import RecordingSet
from brianfit.engines import AbstractEngine
from brianfit.executors import AbstractExecutor
from brianfit.fitting.fitters._base import AbstractFitter
from brianfit.fitting.fitters.opened_session import SessionOptions, open_session
from brianfit.fitting.problem.fit_arguments import FitRequest, all_parameters
from brianfit.fitting.problem.fitter_arguments import FitterArguments
from brianfit.fitting.problem.namespaces import Namespace, calling_frame
from brianfit.fitting.problem.parameter_values import GENERATE_ITERATION
from brianfit.metrics import MSEMetric
from brianfit.objective import MEMORY_LIMIT


@final
class OnlineTraceFitter(AbstractFitter):
    """Fit a model to a recorded trace, with the mean squared error summed as the model runs.

    No trace is kept, so the memory needed does not grow with the length of the recording. The
    arguments are explained in `AbstractFitter`; what happens before `t_start` does not count.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - the arguments that users know
        self,
        model: Any,
        input_var: Any = None,
        input: Any = None,
        output_var: Any = None,
        output: Any = None,
        dt: Any = None,
        n_samples: int = 30,
        method: str | None = None,
        reset: str | None = None,
        refractory: Any = False,
        threshold: str | None = None,
        param_init: Mapping[str, Any] | None = None,
        t_start: Any = 0.0,
        penalty: str | None = None,
        use_units: bool = True,
        *,
        recording_dt: Any = None,
        namespace: Namespace | None = None,
        engine: AbstractEngine | None = None,
        memory_limit: int = MEMORY_LIMIT,
    ) -> None:
        self._metric = MSEMetric(t_start=t_start)
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

    @property
    def t_start(self) -> Any:
        """What happens before this time does not count."""
        return from_si(self._metric.t_start, SECOND)

    def fit(  # noqa: PLR0913, PLR0917 - the arguments that users know
        self,
        optimizer: Any = None,
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

        The arguments are explained in `FitRequest`.

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
            metric=self._metric,
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
        level: int = 0,
        *,
        iteration: int | float = GENERATE_ITERATION,
        namespace: Namespace | None = None,
    ) -> Any:
        """Simulate the outputs for one set of parameters; see `generate`."""
        frame = calling_frame(level)
        return self._generate(None, params, param_init, iteration, frame, namespace)
