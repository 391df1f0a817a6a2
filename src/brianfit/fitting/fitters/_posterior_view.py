"""Which parameters of a fitter are likely."""

from __future__ import annotations

from brianfit._foundation.types import PathName
from brianfit.fitting.fitters._box_view import AbstractBoxView
from brianfit.fitting.posteriors.posterior import Posterior
from brianfit.fitting.posteriors.sample import N_DRAWS, SampleArguments, sample_posterior
from brianfit.fitting.uncertainty.likelihood_of_fit import NoiseLike


class AbstractPosteriorView(AbstractBoxView):
    """The posterior of the free parameters."""

    def sample(
        self,
        method: str = "auto",
        *,
        n_draws: int = N_DRAWS,
        seed: int | None = None,
        store: PathName | None = None,
        noise: NoiseLike = None,
    ) -> Posterior:
        """Draw parameters that are likely, given the recordings and the priors of the parameters.

        Parameters
        ----------
        method
            'laplace': a normal approximation around the top, put right by importance weights;
            'hmc': 32 Hamiltonian chains; 'smc': particles from the prior to the posterior, which
            find several modes and tell the evidence; 'demcz': chains that need no derivatives;
            'emcee': the walkers of that package. 'auto' takes 'laplace'; where its weights are bad,
            'hmc'; where the posterior has several tops, 'smc'; without derivatives, 'demcz'.
        n_draws
            How many draws are wanted; chains are of one length, so that there may be a few more.
        seed
            Of everything random; that of the fit unless told.
        store
            Path of a file that keeps every batch of draws, other than that of the fit. The same
            call with the same file goes on where it was stopped, with the same draws.
        noise
            As in `likelihood`.

        Returns
        -------
        Posterior
            Its `advice` says whether to believe the draws.

        Raises
        ------
        FitStateError
            Before the first fit.
        InvalidTypeError
            If what is compared has no likelihood, such as a distance of spike trains.
        StoreError
            If the file is none of posteriors, or cannot be written.
        """
        arguments = SampleArguments(
            method=method, n_draws=n_draws, seed=seed, store=store, noise=noise
        )
        return sample_posterior(self._session, arguments)
