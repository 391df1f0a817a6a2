"""Fit spike times."""

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
from brianfit.fitting.polish.spike_refinement import SpikeRefineRequest, refine_spikes
from brianfit.fitting.problem.fit_arguments import FitRequest, all_parameters
from brianfit.fitting.problem.fitter_arguments import FitterArguments
from brianfit.fitting.problem.library_models import method_for_spikes
from brianfit.fitting.problem.namespaces import Namespace, calling_frame
from brianfit.fitting.problem.parameter_values import GENERATE_ITERATION
from brianfit.objective import MEMORY_LIMIT, SPIKES


@final
class SpikeFitter(AbstractFitter):
    """Fit a model to recorded spike times.

    The arguments are explained in `AbstractFitter`; `output` is a list with the spike times of
    every trace (seconds, or with unit): an array, or a list of arrays where the stimulus was
    repeated. The method is 'exponential_euler' unless the argument or a model of the library says
    otherwise.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - the arguments that users know
        self,
        model: Any,
        input: Any = None,
        output: Any = None,
        dt: Any = None,
        reset: str | None = None,
        threshold: str | None = None,
        input_var: str = "I",
        refractory: Any = False,
        n_samples: int = 30,
        method: str | None = None,
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
                output=_by_name(output),
                dt=dt,
                recording_dt=recording_dt,
                input_var=None if isinstance(input, Mapping) else input_var,
                output_var=None,
                threshold=threshold,
                reset=reset,
                refractory=refractory,
                method=method_for_spikes(model, method),
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
        if self._session.problem.output_names != (SPIKES,):
            raise InvalidTypeError(
                "SpikeFitter fits spike times. For traces use TraceFitter; for both, Fitter."
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

        The arguments are explained in `FitRequest`; `metric` is a `SpikeMetric`.

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

    def refine(
        self,
        params: Mapping[str, Any] | None = None,
        window: Any = None,
        callback: Any = "text",
        iteration: int | float = GENERATE_ITERATION,
        level: int = 0,
        *,
        namespace: Namespace | None = None,
        **kwds: Any,
    ) -> tuple[dict[str, Any], Any]:
        """Polish parameters by least squares on the times of matched spikes.

        Every recorded spike is matched with at most one of the model, in order, and the mean
        square of their differences is minimised, with derivatives of the spike times. Each round
        tries steps of several lengths at once. What is returned is never worse than the start by
        the metric of the fit; if it is better, it becomes the best sample of the fit.

        Parameters
        ----------
        params
            Where to start; the best sample unless told.
        window
            Spikes further apart than this are no partners; a spike without partner adds half of
            its square. The median interval between recorded spikes unless told.
        callback
            As for `fit`; its ``params`` is one dictionary, its ``errors`` a list of one error, in
            seconds squared.
        iteration, level, namespace
            As in `generate`.
        **kwds
            ``name=[low, high]`` for parameters, instead of the bounds of the fit; ``max_nfev``
            (1000 evaluations), ``ftol`` (1e-3: the part by which the error falls in two rounds)
            and ``xtol`` (1e-7 of the range of a parameter).

        Returns
        -------
        params : dict
        result : scipy.optimize.OptimizeResult
            As from `TraceFitter.refine`; ``cost`` is half of the mean square [s^2], with what
            spikes without partner add, and ``message`` says what came out.

        Raises
        ------
        NoDerivativesError
            If the engine has no derivatives of spike times.
        """
        frame = calling_frame(level)
        request = SpikeRefineRequest(
            params=params, window=window, callback=callback, iteration=iteration, others=kwds
        )
        found = self._resolve(frame, namespace, kwds.values())
        return refine_spikes(self._session, request, found)


def _by_name(output: Any) -> Any:
    """Return spike trains given alone under the name of the output that they are."""
    return output if output is None or isinstance(output, Mapping) else {SPIKES: output}
