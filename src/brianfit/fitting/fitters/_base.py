"""What all fitters do: search, refine, differentiate; and simulate, see the views below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from brianfit._foundation.arguments import check_positive_integer
from brianfit._foundation.types import QuantityLike
from brianfit._foundation.units import Quantity
from brianfit.fitting.fitters._posterior_view import AbstractPosteriorView
from brianfit.fitting.polish.fisher_information import FisherInformation
from brianfit.fitting.polish.refine import refine
from brianfit.fitting.polish.refine_arguments import Gradient, RefineArguments
from brianfit.fitting.polish.sensitivities import fisher_information_of, sensitivities_of
from brianfit.fitting.problem.argument_types import Bounds, Callback, MetricLike
from brianfit.fitting.problem.fit_arguments import FitArguments
from brianfit.fitting.problem.namespaces import Namespace, calling_frame
from brianfit.fitting.problem.parameter_values import GENERATE_ITERATION
from brianfit.fitting.search.callbacks import live_callback


class AbstractFitter(AbstractPosteriorView):
    """A model, recordings, and the search for parameters that reproduce them.

    Fitters differ in how their arguments are spelt; what they do stands here and in the views, and
    the work is done by a `FitSession`.
    """

    def refine(  # noqa: PLR0913, PLR0917 - the arguments that users know
        self,
        params: Mapping[str, QuantityLike] | None = None,
        metric: MetricLike | None = None,
        callback: Callback = "text",
        calc_gradient: bool | Gradient = Gradient.AUTOMATIC,
        optimize: bool = True,
        iteration: int | float = GENERATE_ITERATION,
        level: int = 0,
        *,
        window: QuantityLike | None = None,
        namespace: Namespace | None = None,
        **kwds: Bounds,
    ) -> tuple[dict[str, Quantity], Any]:
        """Polish parameters by least squares, in the coordinates of the fit.

        Traces are compared step by step, with exact derivatives of what is simulated, through
        threshold and reset. Spikes are compared by their times: every recorded spike is matched
        with at most one of the model, in order, and steps of several lengths are tried at once.
        Where both are fitted, both are followed, each error over what it is at the start. The
        sample becomes one of the fit, and its best if the error of the fit is lower; by spikes it
        is never worse than the start.

        Parameters
        ----------
        params
            Where to start; the best sample unless told.
        metric
            Means of squares, such as `MSEMetric`, for traces; those in force unless told.
        callback
            As for `fit`; its ``params`` is one dictionary, its ``errors`` a list of one error [s^2
            for spikes].
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
        window
            Spikes further apart than this are no partners; a spike without partner adds half of
            its square. The median interval between recorded spikes unless told.
        namespace
            External constants, instead of looking for them.
        **kwds
            ``name=[low, high]`` for parameters, instead of the bounds of the fit; all others are
            options: for traces those of `scipy.optimize.least_squares` (``maxfev`` is another name
            for ``max_nfev``); for spikes ``max_nfev`` (1000 evaluations), ``ftol`` (1e-3: the part
            by which the error falls in two rounds) and ``xtol`` (1e-7 of the range of a parameter).

        Returns
        -------
        params : dict
        result : scipy.optimize.OptimizeResult
            ``x`` in coordinates [0, 1]; ``fun``, the differences from the recordings at every
            compared step in the unit of the output, so that their mean square is the error (for
            spikes: of the times [s] of all pairs); ``jac``, their derivatives by ``x``; ``cost``,
            half of the error; ``message`` why it ended; ``standard_errors`` by parameter and
            ``correlations`` between them, both None where they cannot be had; ``uncertainty``
            then says why.

        Raises
        ------
        InvalidTypeError
            Without parameters to start from, without bounds, or if a metric of traces is no mean
            of squares.
        NoDerivativesError
            If spikes are fitted and the engine has no derivatives of their times.
        """
        arguments = RefineArguments(
            params=params,
            metric=metric,
            callback=callback,
            calc_gradient=calc_gradient,
            optimize=optimize,
            iteration=iteration,
            window=window,
            others=kwds,
        )
        found = self._resolve(calling_frame(level), namespace, kwds.values())
        return refine(self._session, arguments, found)

    def sensitivities(
        self,
        params: Mapping[str, QuantityLike] | None = None,
        *,
        wanted: Sequence[str] | None = None,
        iteration: int | float = GENERATE_ITERATION,
        level: int = 0,
        namespace: Namespace | None = None,
    ) -> dict[str, dict[str, Quantity | list[Quantity]]]:
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
        problem = self._problem_at(calling_frame(level), namespace, of_best=params is None)
        return sensitivities_of(
            self._session, problem, params, wanted=wanted, iteration=iteration
        ).with_units()

    def fisher_information(
        self,
        params: Mapping[str, QuantityLike] | None = None,
        *,
        noise: QuantityLike | Mapping[str, QuantityLike] | None = None,
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
        problem = self._problem_at(calling_frame(level), namespace, of_best=params is None)
        found = sensitivities_of(self._session, problem, params, wanted=wanted, iteration=iteration)
        return fisher_information_of(found, noise)

    def _search(
        self,
        parameters: Mapping[str, Bounds],
        level: int,
        namespace: Namespace | None,
        **given: Any,
    ) -> tuple[dict[str, Quantity], Quantity]:
        """Fit with further arguments of `FitArguments`."""
        if given.get("callback") == "live":
            n_rounds = check_positive_integer("n_rounds", given["n_rounds"], minimum=0)
            given["callback"] = live_callback(n_rounds, lambda: self.result)
        arguments = FitArguments(parameters=parameters, **given)
        found = self._resolve(calling_frame(level), namespace, parameters.values())
        best: tuple[dict[str, Quantity], Quantity]
        best = self._session.fit(arguments, found)
        return best
