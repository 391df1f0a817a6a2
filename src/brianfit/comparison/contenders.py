"""The models that are compared, as users name them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, final

from brianfit import library
from brianfit._foundation.errors import BrianfitError, InvalidTypeError, InvalidValueError
from brianfit.data import RecordingSet, estimate_cell
from brianfit.fitting import parameters_near
from brianfit.library import NeuronModel
from brianfit.model import Model

_FORMS = (
    "a name of the library, a model of the library, or {name: (model, {parameter: bounds})} for "
    "equations of your own"
)


@final
@dataclass(frozen=True, kw_only=True)
class Contender:
    """A model that is compared with others.

    Attributes
    ----------
    model
        What a fitter takes.
    bounds
        How its parameters are treated, where that is not taken from the recording or the library.
    """

    name: str
    model: NeuronModel | Model | str
    bounds: Mapping[str, Any] = field(default_factory=dict)

    def parameters_for(self, recordings: RecordingSet) -> dict[str, Any]:
        """Return bounds for a fit of these recordings; around what they say about the cell."""
        return {**self._near(recordings), **self.bounds}

    def _near(self, recordings: RecordingSet) -> dict[str, Any]:
        if not isinstance(self.model, NeuronModel):
            return {}
        try:
            return dict(parameters_near(self.model, estimate_cell(recordings)))
        except BrianfitError:  # nothing is said about this model
            return {}


def read_contenders(models: Any) -> tuple[Contender, ...]:
    """Return the models to be compared.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If one is no model, has no name, or two have the same.
    """
    if isinstance(models, Mapping):
        found = [_named(str(name), given) for name, given in models.items()]
    elif isinstance(models, Sequence) and not isinstance(models, str | bytes):
        found = [_unnamed(given) for given in models]
    else:
        raise InvalidTypeError(
            f"`models` must be a list or a dictionary of models, but is of type "
            f"{type(models).__name__}. A model is {_FORMS}."
        )
    names = [contender.name for contender in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidValueError(
            f"`models` has several models called {', '.join(map(repr, twice))}; give them as a "
            "dictionary {name: model}."
        )
    if not found:
        raise InvalidValueError("`models` is empty: there is nothing to compare.")
    return tuple(found)


def _unnamed(given: Any) -> Contender:
    if isinstance(given, str) and given in library.names():
        return Contender(name=given, model=library.get(given))
    if isinstance(given, NeuronModel):
        return Contender(name=given.name, model=given)
    if isinstance(given, str) and "\n" not in given and "=" not in given:
        library.get(given)  # says which names there are
    raise InvalidTypeError(f"Each of `models` must be {_FORMS}, but one is {_short(given)}.")


def _named(name: str, given: Any) -> Contender:
    if isinstance(given, str) and given in library.names():
        return Contender(name=name, model=library.get(given))
    if isinstance(given, NeuronModel):
        return Contender(name=name, model=given)
    if isinstance(given, tuple) and len(given) == 2:
        model, bounds = given
        if isinstance(model, str) and model in library.names():
            model = library.get(model)
        if isinstance(model, NeuronModel | Model | str) and isinstance(bounds, Mapping):
            return Contender(name=name, model=model, bounds=dict(bounds))
    raise InvalidTypeError(f"models[{name!r}] must be {_FORMS}, but is {_short(given)}.")


def _short(given: Any) -> str:
    text = repr(given)
    return f"{text if len(text) <= 60 else text[:57] + '...'} (of type {type(given).__name__})"
