"""One page that shows a fit: self-contained HTML, for a browser without a network."""

from brianfit.plots.report.writer import write_report

__all__ = ["write_report"]
