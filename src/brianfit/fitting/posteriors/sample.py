"""Sample the posterior of a fit."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike
from typing import Any, final

import numpy as np

from brianfit._foundation.arguments import check_choice, check_instance, check_positive_integer
from brianfit._foundation.errors import InvalidValueError
from brianfit._foundation.plain import to_plain
from brianfit.fitting.posteriors.batch_file import ledger_in
from brianfit.fitting.posteriors.fitted_density import FittedDensity
from brianfit.fitting.posteriors.posterior import Posterior
from brianfit.fitting.posteriors.prior_space import prior_space, prior_words
from brianfit.fitting.posteriors.strategies import METHODS, Order, Outcome
from brianfit.fitting.search.session import FitSession
from brianfit.fitting.uncertainty.likelihood import Likelihood
from brianfit.fitting.uncertainty.likelihood_of_fit import best_of, likelihood_of
from brianfit.results.store.arrays import array_name

N_DRAWS = 8000
_FEWEST_DRAWS = 100


@final
@dataclass(frozen=True, kw_only=True)
class SampleArguments:
    """The arguments of `fitter.sample`, as the user gave them."""

    method: Any
    n_draws: Any
    seed: Any
    store: Any
    noise: Any


def sample_posterior(session: FitSession, arguments: SampleArguments) -> Posterior:
    """Return draws of the posterior of the free parameters of a fit.

    Raises
    ------
    FitStateError
        Before the first fit.
    BrianfitError
        If what is compared has no likelihood, or an argument is wrong.
    """
    check_choice("method", arguments.method, METHODS)
    n_draws = check_positive_integer("n_draws", arguments.n_draws, minimum=_FEWEST_DRAWS)
    seed = session.require_search().seed if arguments.seed is None else arguments.seed
    seed = check_positive_integer("seed", seed, minimum=0)
    if arguments.store is not None:
        check_instance("store", arguments.store, (str, PathLike), "the path of a file")
    likelihood = likelihood_of(session, arguments.noise)
    space = prior_space(likelihood.simulated.task.parameters)
    best = best_of(session).values
    density = FittedDensity(likelihood=likelihood, space=space)
    fields = _fields(likelihood, best, arguments.method, n_draws, seed)
    with ledger_in(arguments.store, fields) as ledger:
        order = Order(
            density=density,
            has_derivatives=likelihood.simulated.has_derivatives,
            best=space.to_points(best[np.newaxis])[0],
            n_draws=n_draws,
            seed=seed,
            ledger=ledger,
        )
        outcome = METHODS[arguments.method](order)
    return _posterior(density, outcome, seed)


def _posterior(density: FittedDensity, outcome: Outcome, seed: int) -> Posterior:
    task = density.likelihood.simulated.task
    n_chains, _, n_parameters = outcome.draws.points.shape
    values = density.space.to_values(outcome.draws.points.reshape(-1, n_parameters))
    log_likelihood = outcome.draws.log_likelihood.ravel()
    if not np.any(np.isfinite(log_likelihood) & (outcome.weights > 0)):
        raise InvalidValueError(
            "No draw could be simulated, so nothing is known of the posterior. Fit again, or give "
            "narrower bounds."
        )
    return Posterior(
        names=density.likelihood.names,
        dimensions=dict(
            zip(task.parameters.space.names, task.parameters.space.dimensions, strict=True)
        ),
        draws=values,
        weights=outcome.weights,
        log_likelihood=log_likelihood,
        n_chains=n_chains,
        method=outcome.method,
        k_hat=outcome.k_hat,
        log_evidence=outcome.log_evidence,
        priors=prior_words(task.parameters),
        notes=outcome.notes,
        seed=seed,
        space=density.space,
        likelihood=density.likelihood,
    )


def _fields(
    likelihood: Likelihood, best: np.ndarray, method: str, n_draws: int, seed: int
) -> dict[str, Any]:
    """Return everything on which the draws depend, as JSON can hold it; arrays by their content."""
    told = {
        **likelihood.simulated.task.record(),
        "best": best,
        "noise": {name: repr(noise) for name, noise in likelihood.noises.items()},
        "method": method,
        "n_draws": n_draws,
        "seed": seed,
    }
    return {name: to_plain(value, array_name) for name, value in told.items()}
