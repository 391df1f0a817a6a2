"""Who simulates, under the name of the older toolbox's module `simulator`.

Its classes were set up by the fitters, never by scripts, and have no counterpart. Who simulates a
fit is the argument ``engine`` of a fitter; Brian's `set_device` chooses between its run time and
its C++ standalone mode, as before.
"""

from brianfit.engines import AbstractEngine, DefaultEngine, ReferenceEngine

__all__ = ["AbstractEngine", "DefaultEngine", "ReferenceEngine"]
