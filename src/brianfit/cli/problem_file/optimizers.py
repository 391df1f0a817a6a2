"""The optimizers that a problem file may name, and their arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from brianfit import optimizers as ready
from brianfit.cli.problem_file.document import Document
from brianfit.cli.problem_file.parts import kinds_of, read_part
from brianfit.cli.problem_file.values import one_of, text
from brianfit.optimizers import AbstractOptimizer

AUTO = "auto"
OPTIMIZERS = kinds_of(ready, AbstractOptimizer)
_kind = one_of((AUTO, *OPTIMIZERS))
_PLACE = ("fit", "optimizer")


def optimizer_entry(value: Any) -> Mapping[str, Any]:
    """Return the entry `optimizer`: the name of a kind, or a table with `kind` and arguments."""
    given = value if isinstance(value, Mapping) else {"kind": text(value)}
    return {**given, "kind": _kind(given.get("kind", AUTO))}


def read_optimizer(document: Document, given: Mapping[str, Any] | None) -> AbstractOptimizer | None:
    """Return the optimizer of an entry; None: it is chosen by what the problem is like.

    Problems are noted in the document.
    """
    name = AUTO if given is None else given["kind"]
    arguments = {key: value for key, value in (given or {}).items() if key != "kind"}
    if name != AUTO:
        made = read_part(document, _PLACE, OPTIMIZERS, name, arguments)
        return made if isinstance(made, AbstractOptimizer) else None
    for key in arguments:
        document.complain((*_PLACE, key), "does not belong to 'auto'; name a kind.")
    return None
