"""How fitters are called: `fit`, `generate_traces`, `generate_spikes`, each written once."""

from __future__ import annotations

from collections.abc import Mapping

from brianfit._foundation.types import PathName, QuantityLike
from brianfit._foundation.units import Quantity
from brianfit.data import RecordingSet
from brianfit.executors import AbstractExecutor
from brianfit.fitting.fitters._base import AbstractFitter
from brianfit.fitting.fitters._explained import FIT, GENERATE, explained
from brianfit.fitting.fitters._simulated_view import Generated
from brianfit.fitting.problem.argument_types import Bounds, Callback, MetricLike, StopRule
from brianfit.fitting.problem.fit_arguments import all_parameters
from brianfit.fitting.problem.namespaces import Namespace
from brianfit.fitting.problem.parameter_values import GENERATE_ITERATION
from brianfit.objective import SPIKES
from brianfit.optimizers import AbstractOptimizer


class AbstractMetricFitter(AbstractFitter):
    """Fitters whose metric is an argument of `fit`."""

    @explained(FIT)
    def fit(  # noqa: PLR0913, PLR0917 - the arguments that users know
        self,
        optimizer: AbstractOptimizer | None = None,
        metric: MetricLike | None = None,
        n_rounds: int = 1,
        callback: Callback = "text",
        restart: bool = False,
        start_iteration: int | None = None,
        penalty: str | None = None,
        level: int = 0,
        *,
        params: Mapping[str, Bounds] | None = None,
        seed: int | None = None,
        stop: StopRule | None = None,
        weights: Mapping[str, QuantityLike] | None = None,
        executor: AbstractExecutor | None = None,
        namespace: Namespace | None = None,
        store: PathName | None = None,
        held_out: RecordingSet | None = None,
        validation: RecordingSet | None = None,
        n_repeats: int | None = None,
        **bounds: Bounds,
    ) -> tuple[dict[str, Quantity], Quantity]:
        """Search for the parameters with the lowest error; called again, go on.

        {arguments}

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
            If something changed that cannot, without `restart`; it is named.
        """
        return self._search(
            all_parameters(bounds, params),
            level,
            namespace,
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
            held_out=validation if held_out is None else held_out,
            n_repeats=n_repeats,
        )


class AbstractOnlineFitter(AbstractFitter):
    """Fitters whose metric is always the same, so that it is no argument of `fit`."""

    @explained(FIT)
    def fit(  # noqa: PLR0913, PLR0917 - the arguments that users know
        self,
        optimizer: AbstractOptimizer | None = None,
        n_rounds: int = 1,
        callback: Callback = "text",
        restart: bool = False,
        start_iteration: int | None = None,
        penalty: str | None = None,
        level: int = 0,
        *,
        params: Mapping[str, Bounds] | None = None,
        seed: int | None = None,
        stop: StopRule | None = None,
        weights: Mapping[str, QuantityLike] | None = None,
        executor: AbstractExecutor | None = None,
        namespace: Namespace | None = None,
        store: PathName | None = None,
        held_out: RecordingSet | None = None,
        validation: RecordingSet | None = None,
        n_repeats: int | None = None,
        **bounds: Bounds,
    ) -> tuple[dict[str, Quantity], Quantity]:
        """Search for the parameters with the lowest error; called again, go on.

        {arguments}

        Returns and raises what `TraceFitter.fit` does.
        """
        return self._search(
            all_parameters(bounds, params),
            level,
            namespace,
            optimizer=optimizer,
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
            held_out=validation if held_out is None else held_out,
            n_repeats=n_repeats,
        )

    @explained(GENERATE)
    def generate_traces(
        self,
        params: Mapping[str, QuantityLike] | None = None,
        param_init: Mapping[str, QuantityLike | str] | None = None,
        level: int = 0,
        *,
        iteration: int | float = GENERATE_ITERATION,
        namespace: Namespace | None = None,
    ) -> Generated:
        """Simulate the outputs for one set of parameters; see `generate`.

        {arguments}
        """
        return self.generate(None, params, param_init, iteration, level, namespace=namespace)


class AbstractTraceGenerator(AbstractFitter):
    """Fitters whose traces can be asked for in one word."""

    @explained(GENERATE)
    def generate_traces(
        self,
        params: Mapping[str, QuantityLike] | None = None,
        param_init: Mapping[str, QuantityLike | str] | None = None,
        iteration: int | float = GENERATE_ITERATION,
        level: int = 0,
        *,
        namespace: Namespace | None = None,
    ) -> Generated:
        """Simulate the outputs for one set of parameters; see `generate`.

        {arguments}
        """
        return self.generate(None, params, param_init, iteration, level, namespace=namespace)


class AbstractSpikeGenerator(AbstractFitter):
    """Fitters whose spikes can be asked for in one word."""

    @explained(GENERATE)
    def generate_spikes(
        self,
        params: Mapping[str, QuantityLike] | None = None,
        param_init: Mapping[str, QuantityLike | str] | None = None,
        iteration: int | float = GENERATE_ITERATION,
        level: int = 0,
        *,
        namespace: Namespace | None = None,
    ) -> Generated:
        """Simulate the spike times for one set of parameters; see `generate`.

        {arguments}
        """
        return self.generate(SPIKES, params, param_init, iteration, level, namespace=namespace)
