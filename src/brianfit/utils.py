"""The names of the older toolbox's module `utils`; new scripts take them from `brianfit` itself."""

from brianfit.fitting import ProgressBar, callback_none, callback_setup, callback_text, make_dic

__all__ = ["ProgressBar", "callback_none", "callback_setup", "callback_text", "make_dic"]
