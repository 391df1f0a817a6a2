"""The names of the older toolbox's module `fitter`; new scripts take them from `brianfit`."""

from brianfit.fitting import Fitter, OnlineTraceFitter, SpikeFitter, TraceFitter

__all__ = ["Fitter", "OnlineTraceFitter", "SpikeFitter", "TraceFitter"]
