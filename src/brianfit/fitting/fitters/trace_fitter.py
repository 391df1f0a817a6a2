"""Fit traces of one or several variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import final

from brianfit._foundation.types import QuantityLike
from brianfit.engines import AbstractEngine
from brianfit.fitting.fitters._doors import AbstractMetricFitter, AbstractTraceGenerator
from brianfit.fitting.fitters._explained import CONSTRUCTOR, explained
from brianfit.fitting.fitters.opened_session import open_session
from brianfit.fitting.problem.argument_types import InputLike, ModelLike, OutputLike
from brianfit.fitting.problem.fitter_arguments import FitterArguments
from brianfit.fitting.problem.namespaces import Namespace
from brianfit.objective import MEMORY_LIMIT


@final
@explained(CONSTRUCTOR)
class TraceFitter(AbstractMetricFitter, AbstractTraceGenerator):
    """Fit a model to recorded traces.

    {arguments}

    Raises
    ------
    BrianfitError
        If anything does not fit together; all problems are listed.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - the arguments that users know
        self,
        model: ModelLike,
        input: InputLike | None = None,
        output: OutputLike | None = None,
        dt: QuantityLike | None = None,
        n_samples: int = 60,
        input_var: str | None = None,
        output_var: str | list[str] | None = None,
        method: str | None = None,
        reset: str | None = None,
        refractory: bool | str | QuantityLike = False,
        threshold: str | None = None,
        param_init: Mapping[str, QuantityLike | str] | None = None,
        penalty: str | None = None,
        use_units: bool = True,
        *,
        recording_dt: QuantityLike | None = None,
        namespace: Namespace | None = None,
        engine: AbstractEngine | None = None,
        memory_limit: int = MEMORY_LIMIT,
    ) -> None:
        self._namespace = namespace
        self._session = open_session(
            FitterArguments(
                kind="traces",
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
            n_samples=n_samples,
            use_units=use_units,
            engine=engine,
            memory_limit=memory_limit,
            in_force={"penalty": penalty},
        )
