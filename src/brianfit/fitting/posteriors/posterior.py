"""A posterior: draws of the parameters that are likely, given the recordings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, final

import numpy as np

from brianfit._foundation.arguments import check_positive_integer
from brianfit._foundation.shapes import Float
from brianfit._foundation.shown.notebook import as_html, html_table, text_table
from brianfit._foundation.units import Dimension, readable
from brianfit.data import RecordingSet
from brianfit.fitting.posteriors.advice import Diagnosis, advice_on
from brianfit.fitting.posteriors.predicted_draws import PredictedDraws, predict_draws
from brianfit.fitting.posteriors.summary import summary_table
from brianfit.fitting.posteriors.to_arviz import inference_data
from brianfit.fitting.uncertainty.likelihood import Likelihood
from brianfit.sampling import UnboundedSpace

if TYPE_CHECKING:
    import pandas as pd


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class Posterior:
    """Draws of parameters, as likely as the recordings and the priors make them.

    `fitter.sample` makes one. All arrays are SI numbers.

    Attributes
    ----------
    names
        The free parameters: the columns of `draws`.
    dimensions
        Of the parameters, by name.
    draws
        One a row; those of a chain follow one another.
    weights
        How much each draw counts; they sum to 1.
    log_likelihood
        Of every draw.
    n_chains
        Chains that the draws come from.
    method
        'laplace', 'hmc', 'demcz', 'smc' or 'emcee'.
    k_hat
        Shape of the tail of the importance weights, where there were any: above 0.7 they are not to
        be believed.
    log_evidence
        Log of the probability of the recordings under model and priors; None where the method does
        not tell.
    priors
        In words, by name.
    notes
        Numbers that the sampler tells: part of the steps accepted, chains that diverged, ...
    seed
        Of everything random.
    """

    names: tuple[str, ...]
    dimensions: Mapping[str, Dimension]
    draws: Float[np.ndarray, "n_draws n_parameters"]
    weights: Float[np.ndarray, " n_draws"]
    log_likelihood: Float[np.ndarray, " n_draws"]
    n_chains: int
    method: str
    k_hat: float | None
    log_evidence: float | None
    priors: Mapping[str, str]
    notes: Mapping[str, float]
    seed: int
    space: UnboundedSpace = field(repr=False)
    likelihood: Likelihood = field(repr=False)

    def __str__(self) -> str:
        headline, header, rows = self._table()
        lines = [headline, *(f"  {line}" for line in text_table(header, rows)), self.advice]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<Posterior: {self._table()[0]}>"

    def _repr_html_(self) -> str:
        headline, header, rows = self._table()
        return as_html(f"{headline}. {self.advice}", html_table(header, rows))

    @property
    def chains(self) -> Float[np.ndarray, "n_chains n_draws n_parameters"]:
        """The draws of every chain, in the order in which they were made."""
        return self.draws.reshape(self.n_chains, -1, len(self.names))

    @property
    def is_weighted(self) -> bool:
        """Whether draws count differently."""
        return bool(np.ptp(self.weights) > 0)

    @cached_property
    def log_likelihood_by_sweep(self) -> Float[np.ndarray, "n_draws n_sweeps"]:
        """Log likelihood of every draw and sweep; it is simulated when it is first asked for."""
        return self.likelihood.by_sweep(self.draws)

    @property
    def advice(self) -> str:
        """Whether to believe the draws, and if not, what to do."""
        return advice_on(self._diagnosis)

    @property
    def is_trustworthy(self) -> bool:
        """Whether nothing speaks against the draws."""
        return self._diagnosis.complaint is None

    def summary(self) -> pd.DataFrame:
        """Return a row a parameter: mean, sd, quantiles [SI], effective draws and R-hat.

        The columns are ``mean, sd, low_95, low_68, median, high_68, high_95, ess_bulk, ess_tail,
        r_hat``. R-hat is nan for draws with importance weights, which are no chains: there k-hat
        tells whether to believe them.
        """
        return self._summary.copy()

    def resampled(
        self, n_draws: int, *, seed: int = 0
    ) -> Float[np.ndarray, "n_draws n_parameters"]:
        """Return draws that all count the same, each drawn as often as its weight says.

        Parameters
        ----------
        seed
            Which draws are taken.
        """
        n_draws = check_positive_integer("n_draws", n_draws)
        generator = np.random.default_rng([self.seed, seed])
        places = (np.arange(n_draws) + generator.uniform()) / n_draws
        rows = np.searchsorted(np.cumsum(self.weights), places)
        rows = np.minimum(rows, self.weights.size - 1)
        return np.asarray(self.draws[generator.permutation(rows)])

    def predict(
        self, recordings: RecordingSet | None = None, *, n_draws: int = 100, seed: int = 0
    ) -> PredictedDraws:
        """Return what the model yields with some of the draws.

        It is the model alone: the noise of the recordings is not added.

        Parameters
        ----------
        recordings
            With the inputs of the model; those of the fit unless told.
        n_draws
            How many draws are simulated.
        seed
            Which draws are taken.

        Raises
        ------
        BrianfitError
            If `recordings` do not suit the model.
        """
        samples = self.resampled(n_draws, seed=seed)
        return predict_draws(self.likelihood, samples, recordings)

    def to_dataframe(self) -> pd.DataFrame:
        """Return the draws, one a row, with ``chain``, ``weight`` and ``log_likelihood``."""
        import pandas as pd

        table = pd.DataFrame(self.draws, columns=list(self.names))
        table.insert(0, "chain", np.repeat(np.arange(self.n_chains), len(table) // self.n_chains))
        table["weight"] = self.weights
        table["log_likelihood"] = self.log_likelihood
        return table

    def to_arviz(self) -> Any:
        """Return the draws for the package ArviZ: a DataTree of its version 1, InferenceData of 0.

        Draws with weights are drawn anew, each as often as its weight says, since ArviZ knows no
        weights.

        Raises
        ------
        MissingPackageError
            If ArviZ is not installed.
        """
        draws = self.resampled(len(self.draws))[np.newaxis] if self.is_weighted else self.chains
        return inference_data(dict(zip(self.names, np.moveaxis(draws, 2, 0), strict=True)))

    @cached_property
    def _summary(self) -> pd.DataFrame:
        return summary_table(self.names, self.chains, self.weights if self.is_weighted else None)

    @cached_property
    def _diagnosis(self) -> Diagnosis:
        table = self._summary
        return Diagnosis(
            method=self.method,
            n_draws=len(self.draws),
            k_hat=self.k_hat,
            is_weighted=self.is_weighted,
            r_hat=dict(table["r_hat"]),
            ess=dict(table[["ess_bulk", "ess_tail"]].min(axis=1)),
            n_divergent=int(self.notes.get("n_divergent", 0)),
            n_tops=int(self.notes.get("n_tops", 1)),
        )

    def _table(self) -> tuple[str, list[str], list[list[str]]]:
        header = ["parameter", "median", "68 %", "95 %", "ess", "R-hat"]
        rows = []
        for name, row in self._summary.iterrows():
            key = str(name)
            rows.append(
                [
                    key,
                    self._words(key, row["median"]),
                    *(self._interval(key, row, level) for level in ("68", "95")),
                    f"{min(row['ess_bulk'], row['ess_tail']):.0f}",
                    "-" if np.isnan(row["r_hat"]) else f"{row['r_hat']:.3f}",
                ]
            )
        return (
            f"{len(self.draws)} draws of {len(self.names)} parameters ({self.method})",
            header,
            rows,
        )

    def _interval(self, name: str, row: Mapping[str, float] | pd.Series, level: str) -> str:
        ends: Sequence[float] = (row[f"low_{level}"], row[f"high_{level}"])
        return " to ".join(self._words(name, end) for end in ends)

    def _words(self, name: str, value: float) -> str:
        return readable(float(f"{value:.4g}"), self.dimensions[name])
