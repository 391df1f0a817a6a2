"""What is public, and under which heading of the reference it stands."""

from __future__ import annotations

import importlib
import inspect
from dataclasses import dataclass
from typing import Any, final

import brianfit
from brianfit import library
from brianfit.library import NeuronModel

# The module where a name is written decides its heading; the first line that fits.
_HEADINGS = (
    ("brianfit.fitting.fitters", "Fitters"),
    ("brianfit.fitting.search.stop_rules", "When to stop"),
    ("brianfit.fitting.search.callbacks", "Progress"),
    ("brianfit.fitting.studies", "Many fits"),
    ("brianfit.fitting.uncertainty", "How sure a fit is"),
    ("brianfit.comparison", "Which model, which experiment"),
    ("brianfit.fitting.posteriors", "How sure a fit is"),
    ("brianfit.experiment", "Which model, which experiment"),
    ("brianfit.fitting", "Before and after a fit"),
    ("brianfit.watching", "Watching fits"),
    ("brianfit.results", "Results"),
    ("brianfit.data", "Recordings and stimuli"),
    ("brianfit.metrics", "Metrics"),
    ("brianfit.likelihoods", "Noise and likelihoods"),
    ("brianfit.optimizers", "Optimizers"),
    ("brianfit.model", "Models and parameters"),
    ("brianfit.library", "Models and parameters"),
    ("brianfit.executors", "Who computes"),
    ("brianfit.engines", "Who simulates"),
    ("brianfit.inference", "Posteriors"),
    ("brianfit.analysis", "Reliability"),
    ("brianfit.plots", "Figures"),
    ("brianfit.testing", "Contracts for parts of one's own"),
    ("brianfit._foundation.errors", "Errors and warnings"),
)
_CONTRACTS = ("engines", "metrics", "optimizers", "readers")


@final
@dataclass(frozen=True, kw_only=True)
class PublicName:
    """A name that users import.

    Attributes
    ----------
    module
        What it is imported from.
    name
        As users write it.
    target
        How autodoc finds the object under the name that it was given where it is written.
    value
        The object.
    """

    module: str
    name: str
    target: str
    value: Any

    @property
    def full_name(self) -> str:
        """Return the name with its module, as cross references have it."""
        return f"{self.module}.{self.name}"

    @property
    def is_alias(self) -> bool:
        """Return whether the object is written under another name."""
        return self.target != self.full_name

    @property
    def kind(self) -> str:
        """Return class, exception or function."""
        if inspect.isclass(self.value):
            return "exception" if issubclass(self.value, BaseException) else "class"
        return "function"

    @property
    def heading(self) -> str:
        """Return the part of the reference where it stands."""
        where = self.value.__module__
        found = (text for module, text in _HEADINGS if where.startswith(module))
        return next(found, "Others")

    @property
    def first_line(self) -> str:
        """Return the first sentence of its docstring."""
        return (inspect.getdoc(self.value) or "").partition("\n\n")[0].replace("\n", " ")


def headings() -> list[str]:
    """Return all headings in their order."""
    return [*dict.fromkeys(text for _, text in _HEADINGS), "Others"]


def public_names() -> list[PublicName]:
    """Return classes and functions that users import, from the package and its open folders."""
    found = [_named("brianfit", name) for name in dir(brianfit) if not name.startswith("_")]
    for module in ("brianfit.plots", "brianfit.library", "brianfit.watching"):
        found += [_named(module, name) for name in importlib.import_module(module).__all__]
    for kind in _CONTRACTS:
        module = importlib.import_module(f"brianfit.testing.{kind}")
        names = [name for name in vars(module) if name.endswith("Contract")]
        found += [
            _named(module.__name__, name)
            for name in names
            if vars(module)[name].__module__ == module.__name__
        ]
    return [one for one in found if inspect.isclass(one.value) or inspect.isfunction(one.value)]


def _named(module: str, name: str) -> PublicName:
    value = getattr(importlib.import_module(module), name)
    written = name if inspect.ismodule(value) else getattr(value, "__name__", name)
    target = f"{module}.{name}" if written == name else f"{value.__module__}.{written}"
    return PublicName(module=module, name=name, target=target, value=value)


def library_names() -> dict[str, str]:
    """Return the names by which the models of the library are imported, by their own names."""
    offered = {name: getattr(library, name) for name in library.__all__}  # made when asked for
    return {value.name: name for name, value in offered.items() if isinstance(value, NeuronModel)}
