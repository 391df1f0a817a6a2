"""How the outputs of a model change with its parameters, as users of a fitter ask for it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from types import FrameType
from typing import Any

from brianfit.fitting.fitters._problem_view import AbstractProblemView
from brianfit.fitting.polish.fisher_information import FisherInformation
from brianfit.fitting.polish.sensitivities import fisher_information_of, sensitivities_of
from brianfit.fitting.problem.namespaces import Namespace, calling_frame
from brianfit.fitting.problem.parameter_values import GENERATE_ITERATION


class AbstractDerivativeView(AbstractProblemView):
    """Derivatives of the outputs, and what they say about the parameters."""

    def sensitivities(
        self,
        params: Mapping[str, Any] | None = None,
        *,
        wanted: Sequence[str] | None = None,
        iteration: int | float = GENERATE_ITERATION,
        level: int = 0,
        namespace: Namespace | None = None,
    ) -> dict[str, dict[str, Any]]:
        """Return how the outputs change with the parameters.

        Parameters
        ----------
        params, iteration, level, namespace
            As in `generate`.
        wanted
            The parameters by which to differentiate; unless told, those that are free in the fit,
            or all of `params`.

        Returns
        -------
        dict
            ``{output: {parameter: derivative}}`` with units; traces of shape (n_traces, n_steps),
            for ``'spikes'`` a list with the derivatives of the spike times of every trace.

        Raises
        ------
        NoDerivativesError
            If the engine has no derivatives.
        """
        found = self._resolve(calling_frame(level), namespace)
        problem = self._session.problem.with_namespace(found)
        return sensitivities_of(
            self._session, problem, params, wanted=wanted, iteration=iteration
        ).with_units()

    def fisher_information(
        self,
        params: Mapping[str, Any] | None = None,
        *,
        noise: Any = None,
        wanted: Sequence[str] | None = None,
        iteration: int | float = GENERATE_ITERATION,
        level: int = 0,
        namespace: Namespace | None = None,
    ) -> FisherInformation:
        """Return what the recordings say about the parameters, by directions that have names.

        Parameters
        ----------
        params, wanted, iteration, level, namespace
            As in `sensitivities`.
        noise
            Standard deviation of independent noise at every step, or in every spike time; for
            several outputs ``{output: deviation}``. Unless told, that of the residuals of traces.

        Raises
        ------
        NoDerivativesError
            If the engine has no derivatives.
        """
        found = self._resolve(calling_frame(level), namespace)
        problem = self._session.problem.with_namespace(found)
        sensitivities = sensitivities_of(
            self._session, problem, params, wanted=wanted, iteration=iteration
        )
        return fisher_information_of(sensitivities, noise)

    @abstractmethod
    def _resolve(
        self, frame: FrameType | None, namespace: Namespace | None, extra: Any = ()
    ) -> dict[str, Any]:
        """Return the external constants that the model, and the expressions `extra`, need."""
