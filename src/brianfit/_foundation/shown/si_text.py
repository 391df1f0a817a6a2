"""SI numbers as a person writes them, without Brian: for whoever must start at once.

`readable` of `_foundation/units` asks Brian for the unit; both write the same.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

Powers = tuple[float, ...]
"""Powers of m, kg, s, A, K, mol, cd."""

_BASE = ("m", "kg", "s", "A", "K", "mol", "cd")
_NAMED: Mapping[Powers, str] = {
    (1, 0, 0, 0, 0, 0, 0): "m",
    (0, 0, 1, 0, 0, 0, 0): "s",
    (0, 0, 0, 1, 0, 0, 0): "A",
    (0, 0, 0, 0, 1, 0, 0): "K",
    (0, 0, 0, 0, 0, 1, 0): "mol",
    (0, 0, -1, 0, 0, 0, 0): "Hz",
    (2, 1, -3, -1, 0, 0, 0): "V",
    (2, 1, -3, -2, 0, 0, 0): "ohm",
    (-2, -1, 3, 2, 0, 0, 0): "S",
    (-2, -1, 4, 2, 0, 0, 0): "F",
    (0, 0, 1, 1, 0, 0, 0): "C",
    (2, 1, -2, 0, 0, 0, 0): "J",
    (2, 1, -3, 0, 0, 0, 0): "W",
}
_PREFIXES = {
    -24: "y", -21: "z", -18: "a", -15: "f", -12: "p", -9: "n", -6: "u", -3: "m", 0: "", 3: "k",
    6: "M", 9: "G", 12: "T", 15: "P", 18: "E", 21: "Z", 24: "Y",
}  # fmt: skip
_WITHOUT_PREFIX = frozenset({"", "K"})


def si_text(value: float, powers: Sequence[float], *, digits: int = 6) -> str:
    """Return an SI number with a fitting unit, such as ``-69.998 mV`` or ``2885.13 uV^2``."""
    size, unit = unit_for(value, powers)
    return f"{value / size:.{digits}g} {unit}".rstrip()


def unit_for(value: float, powers: Sequence[float]) -> tuple[float, str]:
    """Return how large the unit is that suits a value [SI], and its name."""
    name, power = _named(tuple(float(one) for one in powers))
    if name is None:
        return 1.0, _product(powers)
    if not math.isfinite(value):
        return 1.0, ""
    exponent = 0 if name in _WITHOUT_PREFIX else _exponent(value, power)
    raised = "" if power == 1 else f"^{power}"
    return 10.0 ** (exponent * power), f"{_PREFIXES[exponent]}{name}{raised}"


def _named(powers: Powers) -> tuple[str | None, int]:
    """Return a unit and the power of it that has these powers of base units."""
    if not any(powers):
        return "", 1
    for power in (1, 2):
        root = tuple(one / power for one in powers)
        if root in _NAMED:
            return _NAMED[root], power
    return None, 1


def _exponent(value: float, power: int) -> int:
    """Return the power of ten of the prefix with which a value is closest to ten, as Brian does."""
    if value == 0:
        return 0
    size = math.log10(abs(value))
    return min(_PREFIXES, key=lambda exponent: abs(size - exponent * power - 1))


def _product(powers: Sequence[float]) -> str:
    return " ".join(
        base if power == 1 else f"{base}^{power:g}"
        for base, power in zip(_BASE, powers, strict=True)
        if power
    )
