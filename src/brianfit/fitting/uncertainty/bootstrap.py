"""Block bootstrap: every replicate is one Gauss-Newton step from the best sample.

Blocks of residuals that are longer than the residuals follow each other are drawn with replacement.
What an estimate would be with them needs no simulation: the sums of every block are known.

References
----------
Kuensch (1989), The jackknife and the bootstrap for general stationary observations. Annals of
Statistics 17(3), 1217-1241.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from brianfit._foundation.shapes import Float
from brianfit.fitting.uncertainty.simulated_outputs import SimulatedOutputs
from brianfit.likelihoods import OutputTraces
from brianfit.likelihoods.slow_noise import SlowNoise

N_REPLICATES = 2000

LENGTH = 5.0
"""Of a block, in time constants of the slow noise."""


def replicates(
    simulated: SimulatedOutputs,
    traces: Mapping[str, OutputTraces],
    weights: Mapping[str, Float[np.ndarray, "n_traces n_steps"]],
    noises: Mapping[str, SlowNoise],
    slopes: Float[np.ndarray, " n_parameters"],
) -> tuple[Float[np.ndarray, "n_replicates n_parameters"], int]:
    """Return how far estimates are from the best sample, in coordinates; number of blocks."""
    dt = simulated.task.problem.dt
    constant = max(
        float(noise.mean(noise.time_constants * (noise.slow_shares > 0.01)))
        for noise in noises.values()
    )
    length = max(1, round(LENGTH * constant / dt))
    gradients, matrices = [], []
    n_traces, n_steps = next(iter(weights.values())).shape
    for trace in range(n_traces):
        for first in range(0, n_steps, length):
            steps = slice(first, first + length)
            if not any((weight[trace, steps] > 0).any() for weight in weights.values()):
                continue
            gradient, matrix = np.zeros(slopes.size), np.zeros((slopes.size, slopes.size))
            for name, weight in weights.items():
                factors = weight[trace, steps]
                data = simulated.compared[name].data[trace, steps]
                rest = (traces[name].values[0, trace, steps] - data) * factors
                own = traces[name].slopes[:, 0, trace, steps] * factors * slopes[:, np.newaxis]
                gradient += own @ rest
                matrix += own @ own.T
            gradients.append(gradient)
            matrices.append(matrix)
    n_blocks = len(gradients)
    drawn = np.random.default_rng(0).multinomial(
        n_blocks, np.full(n_blocks, 1.0 / n_blocks), N_REPLICATES
    )
    sums = drawn @ np.array(gradients)
    normal = np.einsum("rb,bpq->rpq", drawn, np.array(matrices))
    inverses = np.linalg.pinv(normal, rcond=1e-10, hermitian=True)
    return -np.einsum("rpq,rq->rp", inverses, sums), n_blocks
