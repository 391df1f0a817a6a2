"""What a fitter has found so far, as its users read it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from brianfit._foundation.arguments import check_instance
from brianfit._foundation.telling import warn
from brianfit._foundation.units import Quantity, from_si
from brianfit.engines import AbstractSimulation
from brianfit.fitting.after.predict import predict
from brianfit.fitting.fitters._problem_view import AbstractProblemView
from brianfit.metrics import AbstractMetric
from brianfit.optimizers import AbstractOptimizer
from brianfit.results import FitResult, Uncertainty, results_table

if TYPE_CHECKING:
    import pandas as pd


class AbstractResultView(AbstractProblemView):
    """Properties that show the search of a fitter and what it found."""

    _uncertainty: Uncertainty | None = None
    _uncertain_best: object = None

    @property
    def best_params(self) -> dict[str, Quantity] | None:
        """The best sample so far; None before the first fit."""
        return self._session.best_params

    @property
    def best_error(self) -> Quantity | float | None:
        """Its error; None before the first fit."""
        return self._session.best_error

    @property
    def best_objective_errors(self) -> dict[str, Quantity] | None:
        """Its error by output, without normalization; None before the first fit."""
        return self._session.objective_errors(normalized=False)

    @property
    def best_objective_errors_normalized(self) -> dict[str, Quantity] | None:
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
        best = self._session.require_search().best
        known = self._uncertainty if best is not None and self._uncertain_best is best else None
        return replace(self._session.result(), simulate=predict, uncertainty=known)

    @property
    def optimizer(self) -> AbstractOptimizer | None:
        """The optimizer in use; None before the first fit."""
        search = self._session.search
        return None if search is None else search.optimizer

    @property
    def metric(self) -> list[AbstractMetric] | None:
        """The metric of every output; None before the first fit."""
        search = self._session.search
        if search is None:
            return None
        return [search.task.scoring.metrics[name] for name in self.output_var]

    @property
    def bounds(self) -> dict[str, list[Quantity | float]] | None:
        """The bounds of the free parameters; None before the first fit."""
        search = self._session.search
        if search is None:
            return None
        space = search.task.parameters.space
        return {
            name: [from_si(low, dim), from_si(high, dim)] if self.use_units else [low, high]
            for name, low, high, dim in zip(
                space.names, space.low.tolist(), space.high.tolist(), space.dimensions, strict=True
            )
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

    def results(
        self, format: str = "list", use_units: bool | None = None
    ) -> list[dict[str, object]] | dict[str, object] | pd.DataFrame:
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
        if use_units is not None:
            check_instance("use_units", use_units, bool, "True or False")
        units = self.use_units if use_units is None else use_units
        if format == "dataframe" and use_units:
            warn("A dataframe holds plain SI numbers; `use_units` has no effect on it.")
        table: list[dict[str, object]] | dict[str, object] | pd.DataFrame = results_table(
            search.history, search.task.dimensions, format, use_units=units
        )
        return table
