"""Numbers with units, written without Brian as with it."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import (
    amp,
    coulomb,
    farad,
    hertz,
    joule,
    kelvin,
    metre,
    mole,
    ohm,
    second,
    siemens,
    volt,
    watt,
)

from brianfit._foundation.shown.si_text import si_text
from brianfit._foundation.units import DIMENSIONLESS, powers_of, readable

UNITS = [
    *(amp, coulomb, farad, hertz, joule, kelvin, metre, mole, ohm, second, siemens, volt, watt),
    *(volt**2, second**2, amp**2),
]


@pytest.mark.parametrize("unit", UNITS)
def test_a_number_is_written_as_brian_chooses_the_unit(unit: object) -> None:
    dimensions = unit.dim  # type: ignore[attr-defined]
    generator = np.random.default_rng(1)
    values = 10.0 ** generator.uniform(-18, 15, 50) * generator.choice([-1, 1], 50)

    written = [si_text(value, powers_of(dimensions)) for value in values.tolist()]

    assert written == [readable(value, dimensions) for value in values.tolist()]


def test_plain_numbers_and_units_without_a_name_are_written() -> None:
    assert si_text(2.5, powers_of(DIMENSIONLESS)) == "2.5"
    assert si_text(float("inf"), powers_of(volt.dim)) == "inf"
    assert si_text(0.0, powers_of(volt.dim)) == "0 V"
    assert si_text(3.0, powers_of((volt / second).dim)) == "3 m^2 kg s^-4 A^-1"
