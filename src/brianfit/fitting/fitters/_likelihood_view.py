"""How likely the recordings of a fitter are, and how sure it is of its parameters."""

from __future__ import annotations

from brianfit.fitting.fitters._simulated_view import AbstractSimulatedView
from brianfit.fitting.uncertainty.estimate import estimated_uncertainty
from brianfit.fitting.uncertainty.likelihood import Likelihood
from brianfit.fitting.uncertainty.likelihood_of_fit import NoiseLike, likelihood_of
from brianfit.results import Uncertainty


class AbstractLikelihoodView(AbstractSimulatedView):
    """The likelihood of samples, and the uncertainty of the best one."""

    def likelihood(self, noise: NoiseLike = None) -> Likelihood:
        """Return how likely the recordings are, as a function of the free parameters.

        It compares the steps that the metrics of the fit compare, every step alike; weights,
        normalization and penalty do not count.

        Parameters
        ----------
        noise
            How recordings scatter around the model: `AutocorrelatedGaussian`, `Gaussian`,
            `StudentT`, or for a hazard `EscapeNoise`; for several outputs ``{output: noise}``,
            whose likelihoods are multiplied. Unless told, `AutocorrelatedGaussian` for traces,
            `EscapeNoise` for the metric `EscapeRateLikelihood`. What of the noise is not given is
            learnt from the best sample of the fit.

        Raises
        ------
        FitStateError
            Before the first fit.
        InvalidTypeError
            If what is compared has no likelihood, such as a distance of spike trains.
        """
        return likelihood_of(self._session, noise)

    def uncertainty(self, method: str = "auto") -> Uncertainty:
        """Return how sure the parameters are: an interval for each, and what it is worth.

        The best sample is polished first. Residuals that follow each other count for as many as
        they are independent, and how well that is known is accounted for. There are no intervals,
        but a reason in words, where the fit is not good. The result of the fit, its report and its
        JSON tell of it from then on.

        Parameters
        ----------
        method
            'profile': the error along every parameter, all others fitted anew; a better sample
            found on the way becomes the best of the fit. 'laplace': the error taken for a parabola.
            'sweeps': how far the parameters differ between sweeps that are fitted alone.
            'bootstrap': blocks of residuals drawn anew. 'auto': profiles where the engine has
            derivatives, elsewhere Laplace's approximation. For spikes by chance the intervals
            follow from the likelihood, whatever the method.

        Raises
        ------
        FitStateError
            Before the first fit.
        InvalidTypeError
            If what is compared has no likelihood, such as a distance of spike trains.
        """
        found = estimated_uncertainty(self._session, lambda: self.result, method)
        self._uncertainty, self._uncertain_best = found, self._session.require_search().best
        return found
