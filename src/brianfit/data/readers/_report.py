"""What reading a file had to do to its signals, and what users must be alerted to."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, final


@final
@dataclass(kw_only=True)
class Report:
    """What had to be done to the signals, and what users must be alerted to; once each."""

    notes: dict[str, None] = field(default_factory=dict)
    told: dict[str, list[str]] = field(default_factory=dict)
    warnings: dict[str, list[str]] = field(default_factory=dict)
    digest: Any = field(default_factory=hashlib.sha256)

    def note(self, text: str) -> None:
        """Keep a sentence for the history."""
        self.notes[text] = None

    def warn(self, label: str, text: str) -> None:
        """Keep a warning about a sweep; `text` follows the names of all sweeps it holds for."""
        self.warnings.setdefault(text, []).append(label)

    def tell(self, told: Mapping[str, str]) -> None:
        """Keep what the file says of a sweep."""
        for key, text in told.items():
            self.told.setdefault(key, []).append(text)

    @property
    def metadata(self) -> dict[str, str]:
        """What the file says of the sweeps; once where it says the same of all."""
        return {key: ", ".join(_same(texts)) for key, texts in self.told.items()}

    @property
    def sentences(self) -> list[str]:
        """The warnings, with the sweeps that they hold for."""
        return [f"{_several(labels)}: {text}" for text, labels in self.warnings.items()]


def _same(texts: Sequence[str]) -> Sequence[str]:
    return texts[:1] if len(set(texts)) == 1 else texts


def _several(labels: Sequence[str]) -> str:
    shown = ", ".join(labels[:3])
    return shown if len(labels) <= 3 else f"{shown} and {len(labels) - 3} more sweeps"
