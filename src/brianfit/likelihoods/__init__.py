"""How recordings scatter around a model: noise, from which follow likelihoods of samples."""

from brianfit.likelihoods._base import AbstractNoise, Compared, Density, OutputTraces, Terms
from brianfit.likelihoods._quadratic import QuadraticSums, SupportsSums
from brianfit.likelihoods.autocorrelated_gaussian import AutocorrelatedGaussian
from brianfit.likelihoods.escape_noise import EscapeNoise
from brianfit.likelihoods.gaussian import Gaussian
from brianfit.likelihoods.student_t import StudentT

__all__ = [
    "AbstractNoise",
    "AutocorrelatedGaussian",
    "Compared",
    "Density",
    "EscapeNoise",
    "Gaussian",
    "OutputTraces",
    "QuadraticSums",
    "StudentT",
    "SupportsSums",
    "Terms",
]
