"""Look at fits while they run: in a terminal, in a browser, from a script. Brian is not needed."""

from brianfit.watching.frame import Course, Frame, ParameterRow
from brianfit.watching.store_view import State
from brianfit.watching.watched import Watched, stores_below

__all__ = ["Course", "Frame", "ParameterRow", "State", "Watched", "stores_below"]
