"""What parameters do over the whole box of a fit, and which of them can be determined."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from brianfit.fitting.fitters._likelihood_view import AbstractLikelihoodView
from brianfit.fitting.uncertainty.global_sensitivity import global_sensitivity_of
from brianfit.fitting.uncertainty.identifiability import Identifiability, identifiability_of
from brianfit.sensitivity import GlobalSensitivity, MorrisEffects


class AbstractBoxView(AbstractLikelihoodView):
    """The box of a fit, looked at as a whole."""

    def global_sensitivity(
        self,
        n: int = 1024,
        *,
        method: str = "sobol",
        features: Mapping[str, Callable[[np.ndarray, float], float]] | None = None,
        n_times: int = 200,
        seed: int = 0,
    ) -> GlobalSensitivity | MorrisEffects:
        """Return how much of what varies over the box of the fit each parameter causes.

        Looked at are the error of the fit; mean, lowest and highest value of every trace and the
        number of spikes, each averaged over the sweeps; and the traces themselves, moment by
        moment. ``fit(n_rounds=0, ...)`` is enough to say what the box and the error are.

        Parameters
        ----------
        n
            Points of the design, a power of two; ``n * (n_parameters + 2)`` samples are simulated.
            For elementary effects, about how many samples are simulated.
        method
            'sobol', or 'morris': elementary effects, for many parameters.
        features
            ``{name: function(trace, dt)}``: numbers to look at besides, of every trace [SI].
        n_times
            At so many moments traces are looked at; 0: not at all.
        seed
            Of the points.

        Returns
        -------
        GlobalSensitivity
            ``'sobol'``: first and total indices with intervals, and over time.
        MorrisEffects
            ``'morris'``.

        Raises
        ------
        FitStateError
            Before the first call of `fit`.

        References
        ----------
        .. [1] Saltelli et al. (2010), Computer Physics Communications 181:259-270.
        """
        return global_sensitivity_of(
            self._session, n=n, method=method, features=features, n_times=n_times, seed=seed
        )

    def identifiability(self, n_points: int = 50, *, seed: int = 0) -> Identifiability:
        """Return which parameters recordings of these outputs could determine, in words.

        Derivatives of the outputs at points all over the box of the fit are stacked: a direction
        along which none of them changes anything is one that no recording determines, under these
        stimuli, however little noise it has. ``fit(n_rounds=0, ...)`` is enough to say what the
        box is.

        Parameters
        ----------
        n_points
            Of the box.
        seed
            Of the points.

        Raises
        ------
        FitStateError
            Before the first call of `fit`.
        NoDerivativesError
            If the engine has no derivatives.
        """
        return identifiability_of(self._session, n_points=n_points, seed=seed)
