"""Which of several models describes a cell, judged on what they were not fitted to."""

from brianfit.comparison.cells import CellsComparison
from brianfit.comparison.compare import compare
from brianfit.comparison.model_scores import Explained, ModelScores
from brianfit.comparison.outcome import Comparison

__all__ = ["CellsComparison", "Comparison", "Explained", "ModelScores", "compare"]
