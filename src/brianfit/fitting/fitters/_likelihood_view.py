"""How likely the recordings of a fitter are, and how sure it is of its parameters."""

from __future__ import annotations

from brianfit.fitting.fitters._simulated_view import AbstractSimulatedView
from brianfit.fitting.uncertainty.likelihood import Likelihood
from brianfit.fitting.uncertainty.likelihood_of_fit import NoiseLike, likelihood_of


class AbstractLikelihoodView(AbstractSimulatedView):
    """The likelihood of samples."""

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
