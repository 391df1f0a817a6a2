"""A membrane that is linear in its parameters, so that its posterior is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from brian2 import Mohm, amp, ms, mV, volt

from brianfit import Gaussian, Normal, Parameter, TraceFitter

EQUATIONS = """
dv/dt = (E + R*I - v)/(10*ms) : volt
E : volt (constant)
R : ohm (constant)
"""
SIGMA = 1e-3
NOISE = Gaussian(sigma=1 * mV)
PRIORS = {"E": (-60e-3, 2e-3), "R": (150e6, 40e6)}
TRUTH = np.array([-65e-3, 100e6])
DT, N_STEPS, START = 0.5e-3, 100, -70e-3


def current() -> np.ndarray:
    steps = np.zeros((2, N_STEPS))
    steps[0, 20:60], steps[1, 30:] = 1e-10, -5e-11
    return steps


def responses() -> tuple[np.ndarray, np.ndarray]:
    """Return what v is for E = R = 0, and its derivatives by E and R."""
    decay = np.exp(-DT / 10e-3)
    start, slopes = np.zeros((2, N_STEPS)), np.zeros((2, 2, N_STEPS))
    start[:, 0] = START
    drive = np.stack([np.ones((2, N_STEPS)), current()])
    for step in range(N_STEPS - 1):
        start[:, step + 1] = decay * start[:, step]
        slopes[..., step + 1] = decay * slopes[..., step] + (1 - decay) * drive[..., step]
    return start, slopes


def recorded(seed: int, truth: np.ndarray = TRUTH) -> np.ndarray:
    start, slopes = responses()
    noise = SIGMA * np.random.default_rng(seed).normal(size=start.shape)
    return np.asarray(start + np.einsum("p,pts->ts", truth, slopes) + noise)


@dataclass
class KnownPosterior:
    """Mean and covariance, and the log of the probability of the recordings."""

    mean: np.ndarray
    covariance: np.ndarray
    log_evidence: float


def known_posterior(v: np.ndarray) -> KnownPosterior:
    """Return the posterior of normal priors, which are too narrow to be cut off by the bounds."""
    start, slopes = responses()
    mean, sd = np.array(list(PRIORS.values())).T
    design = slopes.reshape(2, -1).T * sd / SIGMA  # in units of prior and noise
    apart = (v - start - np.einsum("p,pts->ts", mean, slopes)).ravel() / SIGMA
    covariance = np.linalg.inv(design.T @ design + np.eye(2))
    centre = covariance @ design.T @ apart
    log_evidence = (
        0.5 * np.linalg.slogdet(covariance)[1]
        - 0.5 * apart @ apart
        + 0.5 * centre @ design.T @ apart
        - apart.size * np.log(SIGMA * np.sqrt(2 * np.pi))
    )
    return KnownPosterior(mean + sd * centre, covariance * np.outer(sd, sd), float(log_evidence))


def fitted(v: np.ndarray, **parameters: Any) -> TraceFitter:
    """Return a fitter after a short fit."""
    given = {
        "E": Parameter(-100 * mV, -20 * mV, prior=Normal(-60 * mV, 2 * mV)),
        "R": Parameter(-500 * Mohm, 800 * Mohm, prior=Normal(150 * Mohm, 40 * Mohm)),
        **parameters,
    }
    fitter = TraceFitter(
        EQUATIONS,
        {"I": current() * amp},
        {"v": v * volt},
        dt=0.5 * ms,
        method="exact",
        param_init={"v": -70 * mV},
    )
    fitter.fit(n_rounds=2, callback=None, seed=3, params=given)
    return fitter
