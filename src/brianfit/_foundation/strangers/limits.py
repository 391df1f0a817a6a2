"""How much a file may ask for: limits with a name, a default, and a way to raise them.

What a stranger's file says decides how much memory and time reading it takes. Each limit stands
here once. An environment variable raises one: ``BRIANFIT_STORE_TEXT_BYTES=100000000``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import final

from brianfit._foundation.errors import InvalidValueError


@final
@dataclass(frozen=True, kw_only=True)
class Limit:
    """The most that a file may ask for of something.

    Attributes
    ----------
    name
        In lower case; the environment variable has it in upper case after ``BRIANFIT_``.
    default
        Where the variable is not set.
    unit
        Of what, such as "bytes".
    """

    name: str
    default: int
    unit: str

    @property
    def variable(self) -> str:
        """The environment variable that replaces the default."""
        return f"BRIANFIT_{self.name.upper()}"

    @property
    def value(self) -> int:
        """The limit that is in force.

        Raises
        ------
        InvalidValueError
            If the environment variable is no whole number above zero.
        """
        text = os.environ.get(self.variable, "").strip()
        if not text:
            return self.default
        if not (text.isascii() and text.isdecimal() and len(text) < 19 and int(text) > 0):
            raise InvalidValueError(
                f"The environment variable {self.variable} must be a whole number above zero, but "
                f"is {text[:40]!r}."
            )
        return int(text)

    def exceeded(self, what: str, found: int | str) -> str:
        """Return a sentence that says that `what` asks for too much, and how to allow it."""
        return (
            f"{what} has {found} {self.unit}, but at most {self.value} are read. If you trust the "
            f"file, raise the limit: {self.variable}=..."
        )


STORE_VALUE_BYTES = Limit(name="store_value_bytes", default=256 * 2**20, unit="bytes")
"""Longest array or text of a store."""

STORE_TEXT_BYTES = Limit(name="store_text_bytes", default=8 * 2**20, unit="bytes")
"""Longest text of a store that is parsed: a problem, a summary, a table's definition."""

STORE_SECONDS = Limit(name="store_seconds", default=5, unit="seconds")
"""Longest time that a store may take to give its next row."""

EXPRESSION_CHARACTERS = Limit(name="expression_characters", default=20_000, unit="characters")
"""Longest expression or statements."""

EXPRESSION_DEPTH = Limit(name="expression_depth", default=150, unit="levels of nesting")
"""Terms within terms; a sum of many terms has as many levels."""

EXPRESSION_DEGREE = Limit(name="expression_degree", default=1000, unit="as the largest power")
"""Powers within powers count by their product."""

PROBLEM_FILE_BYTES = Limit(name="problem_file_bytes", default=2**20, unit="bytes")
"""Longest problem file, or file of equations; they have a few thousand."""

SAMPLES = Limit(name="samples", default=1_000_000, unit="samples a round")
"""Most samples in a round that a problem file or a store may ask for."""

ROUNDS = Limit(name="rounds", default=10_000_000, unit="rounds")
"""Most rounds that a problem file may ask for."""
