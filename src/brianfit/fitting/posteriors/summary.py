"""Draws of parameters in a table: means, quantiles, effective draws, R-hat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit.sampling import ess_bulk, ess_tail, r_hat, weighted_ess, weighted_quantiles

if TYPE_CHECKING:
    import pandas as pd

_LEVELS = {"low_95": 0.025, "low_68": 0.16, "median": 0.5, "high_68": 0.84, "high_95": 0.975}
_TAILS = (0.05, 0.95)


def summary_table(
    names: Sequence[str],
    chains: Float[np.ndarray, "n_chains n_draws n_parameters"],
    weights: Float[np.ndarray, " n_all"] | None,
) -> pd.DataFrame:
    """Return a row a parameter.

    Parameters
    ----------
    weights
        Of the draws, chain after chain; None: all count the same.
    """
    import pandas as pd

    draws = chains.reshape(-1, chains.shape[2])
    counted = np.full(len(draws), 1 / len(draws)) if weights is None else weights
    mean = counted @ draws
    table = {"mean": mean, "sd": np.sqrt(counted @ (draws - mean) ** 2)}
    quantiles = weighted_quantiles(draws, counted, np.array(list(_LEVELS.values())))
    table.update(zip(_LEVELS, quantiles, strict=True))
    if weights is None:
        table["ess_bulk"], table["ess_tail"] = ess_bulk(chains), ess_tail(chains)
        table["r_hat"] = r_hat(chains)
    else:
        table["ess_bulk"] = weighted_ess(draws, weights)
        table["ess_tail"] = _weighted_tail(draws, weights)
        table["r_hat"] = np.full(len(names), np.nan)
    return pd.DataFrame(table, index=pd.Index(list(names), name="parameter"))


def _weighted_tail(draws: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the effective draws for the 5 % and the 95 % quantile, the smaller one."""
    quantiles = weighted_quantiles(draws, weights, np.array(_TAILS))
    below = [(draws <= quantile).astype(np.float64) for quantile in quantiles]
    return np.asarray(np.minimum(*(weighted_ess(one, weights) for one in below)))
