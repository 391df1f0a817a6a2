"""What a notebook shows in the place of a result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Protocol, runtime_checkable

from brianfit._foundation.units import readable
from brianfit.results.tables import Dimensions

_HEADS = ("parameter", "value", "standard error", "bounds", "")


@runtime_checkable
class Summarised(Protocol):
    """What of a result is shown; a `FitResult` has it, and explains it."""

    @property
    def best_values(self) -> Mapping[str, float]: ...
    @property
    def dimensions(self) -> Dimensions: ...
    @property
    def at_bound(self) -> Mapping[str, str]: ...
    @property
    def bounds(self) -> Mapping[str, tuple[float, float]]: ...
    @property
    def standard_errors(self) -> Mapping[str, float]: ...
    @property
    def raw_output_errors(self) -> Mapping[str, float]: ...


def summary_html(headline: Sequence[str], result: Summarised) -> str:
    """Return lines of words, a table of parameters and the errors; every text is escaped."""
    words = "<br>".join(escape(line.strip()) for line in headline)
    heads = "".join(f"<th>{head}</th>" for head in _HEADS)
    rows = "".join(_row(cells) for cells in _parameters(result))
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>" if rows else ""
    errors = "; ".join(
        f"{name}: {readable(error, result.dimensions.raw_output_errors[name])}"
        for name, error in result.raw_output_errors.items()
    )
    told = f"<p>errors: {escape(errors)}</p>" if errors else ""
    return f"<p>{words}</p>{table}{told}"


def _row(cells: Sequence[str]) -> str:
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"


def _parameters(result: Summarised) -> Iterator[Sequence[str]]:
    for name, value in result.best_values.items():
        dimension = result.dimensions.parameters[name]
        error = result.standard_errors.get(name)
        bounds = result.bounds.get(name)
        yield (
            name,
            readable(value, dimension),
            "" if error is None else f"± {readable(error, dimension)}",
            "fixed or tied"
            if bounds is None
            else " to ".join(readable(bound, dimension) for bound in bounds),
            f"at its {result.at_bound[name]} bound" if name in result.at_bound else "",
        )
