"""An optimizer that proposes what it was told to, so that a test knows every number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from brianfit import Optimizer


class ScriptedOptimizer(Optimizer):
    """Propose the given coordinates, round after round the same, and note what is told."""

    def __init__(self, coordinates: Any) -> None:
        self.coordinates = np.asarray(coordinates, dtype=float)
        self.told: list[np.ndarray] = []
        self.rounds: int | None = None

    def initialize(
        self, parameter_names: Sequence[str], popsize: int, rounds: int, /, **bounds: Any
    ) -> int:
        self.rounds = rounds
        self.told = []
        return len(self.coordinates)

    def ask(self, n_samples: int) -> np.ndarray:
        return self.coordinates

    def tell(self, parameters: Any, errors: Any) -> None:
        self.told.append(np.asarray(errors))

    def recommend(self) -> np.ndarray:
        return self.coordinates[0]


class OldStyleOptimizer(Optimizer):
    """An optimizer as written for the older toolbox: dictionaries, and no arrays."""

    def initialize(
        self, parameter_names: Sequence[str], popsize: int, rounds: int, **bounds: Any
    ) -> int:
        self.bounds = bounds
        self.tested_parameters: list[Any] = []
        self.errors: list[float] = []
        return popsize

    def ask(self, n_samples: int) -> list[dict[str, float]]:
        return [
            {
                name: float(self.generator.uniform(low, high))
                for name, (low, high) in self.bounds.items()
            }
            for _ in range(n_samples)
        ]

    def tell(self, parameters: Any, errors: Any) -> None:
        self.tested_parameters += list(parameters)
        self.errors += list(errors)

    def recommend(self) -> Any:
        return self.tested_parameters[int(np.argmin(self.errors))]
